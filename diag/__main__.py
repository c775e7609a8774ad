"""`python -m diag` is the same as `diag`."""

from diag.start import entry

entry()
