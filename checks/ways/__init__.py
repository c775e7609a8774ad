"""`gateway.ways`: where the way in use brings nothing, is there another, and who shut this one?

A second look: it probes only when the internet check got no answer at all.
"""

from __future__ import annotations

from checks.gateway import GatewayFact
from checks.internet import InternetFact
from checks.ways.collect import collect
from checks.ways.facts import Way, WaysFact
from checks.ways.rules import PROBLEMS, judge
from diag.model import Check

__all__ = ["CHECK", "Way", "WaysFact"]

CHECK = Check(
    name="gateway.ways",
    fact=WaysFact,
    collect=collect,
    judge=judge,
    problems=PROBLEMS,
    needs=(GatewayFact, InternetFact),
    uses_network=True,
    timeout_s=4.0,
)
