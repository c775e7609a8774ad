"""`diag`: why can I not log in, and what do I do about it?"""

__version__ = "0.1.0"
