"""macOS: its release and its updates, and what Apple has published since."""
