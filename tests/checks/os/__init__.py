"""Tests of `os`."""
