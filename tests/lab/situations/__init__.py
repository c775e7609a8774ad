"""The lab's situations, by what they break. A new module here is found by itself."""
