"""Tests of `diag`, mirroring its tree."""
