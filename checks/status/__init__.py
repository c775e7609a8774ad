"""`status`: what does the vendor itself say of its service, now and planned?"""

from __future__ import annotations

from checks.proxy import ProxyFact
from checks.status.describe import describe
from checks.status.observe import StatusFact, collect
from checks.status.problems import (
    DEGRADED,
    ELSEWHERE,
    MAINTENANCE,
    OUTAGE,
    PAGE_BEHIND,
    PAGE_UNAVAILABLE,
    PLANNED,
)
from checks.status.rules import judge
from diag.model import Check

CHECK = Check(
    name="status",
    fact=StatusFact,
    collect=collect,
    judge=judge,
    describe=describe,
    problems=(
        MAINTENANCE,
        OUTAGE,
        DEGRADED,
        PLANNED,
        ELSEWHERE,
        PAGE_BEHIND,
        PAGE_UNAVAILABLE,
    ),
    needs=(ProxyFact,),
    uses_network=True,
    timeout_s=6.0,
)
