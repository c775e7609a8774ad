"""The budgets for speed, measured side by side and printed as ratios: `make bench`."""
