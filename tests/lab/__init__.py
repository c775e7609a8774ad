"""The lab: a device, a router and an internet as network namespaces, with real servers and faults.

`python -m tests.lab` runs every situation and prints the confusion table; see docs/lab.md.
"""
