"""Tests of the endpoint check."""
