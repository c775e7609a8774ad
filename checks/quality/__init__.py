"""`internet.line`: does the line lose packets, is it slow, does it swallow large ones?

A second look, only where the first one met silence, delay or a complaint about slowness.
"""

from __future__ import annotations

from checks.endpoint import EndpointFact
from checks.internet import InternetFact
from checks.quality.collect import collect
from checks.quality.facts import LineFact
from checks.quality.rules import PROBLEMS, judge
from diag.model import Check

__all__ = ["CHECK", "LineFact"]

CHECK = Check(
    name="internet.line",
    fact=LineFact,
    collect=collect,
    judge=judge,
    problems=PROBLEMS,
    needs=(InternetFact, EndpointFact),
    uses_network=True,
    timeout_s=3.4,
)
