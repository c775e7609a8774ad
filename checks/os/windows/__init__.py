"""Windows: its release, its updates and the restart that is due."""
