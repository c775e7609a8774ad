"""Running by itself: when, by which of the device's schedulers, and what is written there."""
