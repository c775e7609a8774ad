"""`internet.filter`: who answers in place of the hosts that login needs?

A second look, only at hosts that did not prove who they are. Filters and portals that break a
secure connection usually have a page of their own for a plain one: it says who they are.
"""

from __future__ import annotations

from checks.endpoint import EndpointFact
from checks.filter.collect import collect
from checks.filter.facts import FilterFact, PlainAnswer
from checks.filter.rules import PROBLEMS, judge
from checks.internet import InternetFact
from diag.model import Check

__all__ = ["CHECK", "FilterFact", "PlainAnswer"]

CHECK = Check(
    name="internet.filter",
    fact=FilterFact,
    collect=collect,
    judge=judge,
    problems=PROBLEMS,
    needs=(InternetFact, EndpointFact),
    uses_network=True,
    timeout_s=3.0,
)
