"""Firefox, its fast and its slow channel."""
