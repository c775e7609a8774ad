"""`os.support`: is this release still served, where the shipped table may be out of date?

It is asked only where the answer could change something; what it says is judged by `os`.
"""

from __future__ import annotations

from checks.os.facts import OsFact
from checks.os.support.collect import collect
from checks.os.support.facts import SupportFact
from checks.proxy import ProxyFact
from diag.model import Check, Judgement, View


def judge(fact: SupportFact, view: View) -> tuple[Judgement, ...]:  # noqa: ARG001 - one form
    """Nothing by itself: `os` takes these dates instead of the shipped ones."""
    return ()


CHECK = Check(
    name="os.support",
    fact=SupportFact,
    collect=collect,
    judge=judge,
    problems=(),
    needs=(OsFact, ProxyFact),
    uses_network=True,
    timeout_s=6.0,
)
