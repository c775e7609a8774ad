"""One module for each kind of status page: where its documents stand, and what they say.

A module's `KIND` is all that the rest of the check needs; `checks.status.adapters` lists them.
"""
