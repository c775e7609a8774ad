"""`internet`: is there an internet behind the router, and does it want a sign-in first?

Two vendors' well-known pages, over plain HTTP on purpose: what comes back instead of them is what
stands in between. Two public addresses besides, since names may be what fails.
"""

from __future__ import annotations

from checks.internet.collect import collect
from checks.internet.facts import InternetFact, LandmarkConnect, ProbeAnswer
from checks.internet.rules import PROBLEMS, judge
from diag.model import Check

__all__ = ["CHECK", "InternetFact", "LandmarkConnect", "ProbeAnswer"]

CHECK = Check(
    name="internet",
    fact=InternetFact,
    collect=collect,
    judge=judge,
    problems=PROBLEMS,
    uses_network=True,
    timeout_s=6.0,
)
