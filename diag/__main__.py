"""`python -m diag` is the same as `diag`."""

from diag.cli import entry

entry()
