"""`app.permissions`: does the system let the app do what it needs?"""

from __future__ import annotations

from checks.permissions.collect import collect
from checks.permissions.facts import PermissionsFact
from checks.permissions.problems import PROBLEMS
from checks.permissions.rules import judge
from diag.model import Check

CHECK = Check(
    name="app.permissions",
    fact=PermissionsFact,
    collect=collect,
    judge=judge,
    problems=PROBLEMS,
    timeout_s=4.0,
)
