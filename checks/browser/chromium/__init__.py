"""Chromium and what is made of it: Chrome, Edge, Brave, Vivaldi, Opera."""
