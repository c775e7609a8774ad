"""Linux: the release, pending updates by the package manager, and the restart that is due."""
