"""`dns.forgery`: do the names that login needs lead where they should?"""

from __future__ import annotations

from checks.endpoint import EndpointFact
from checks.forgery.collect import ForgeryFact, HostNames, collect
from checks.forgery.rules import PROBLEMS, judge
from diag.model import Check

__all__ = ["CHECK", "ForgeryFact", "HostNames"]

CHECK = Check(
    name="dns.forgery",
    fact=ForgeryFact,
    collect=collect,
    judge=judge,
    problems=PROBLEMS,
    needs=(EndpointFact,),
    uses_network=True,
    timeout_s=3.0,
)
