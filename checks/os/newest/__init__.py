"""`os.newest`: has Apple published fixes that this Mac has not been offered yet, and how far can
this model go? Microsoft and the distributions tell their devices themselves.
"""

from __future__ import annotations

from checks.os.facts import OsFact
from checks.os.newest.collect import NewestFact, collect
from checks.os.newest.rules import BEHIND, MODEL_ENDS, judge
from checks.proxy import ProxyFact
from diag.model import Check

CHECK = Check(
    name="os.newest",
    fact=NewestFact,
    collect=collect,
    judge=judge,
    problems=(BEHIND, MODEL_ENDS),
    needs=(OsFact, ProxyFact),
    uses_network=True,
    timeout_s=6.0,
)
