"""The built-in checks: one module (or small package) each, found through `diag.checks`."""
