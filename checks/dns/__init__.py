"""`dns`: do names resolve, and if not, is it the configured name servers?"""

from __future__ import annotations

from checks.dns.collect import (
    NEUTRAL_NAME,
    ConfiguredServer,
    DnsFact,
    NameAsked,
    SystemAsked,
    collect,
)
from checks.dns.rules import PROBLEMS, judge
from diag.model import Check

__all__ = ["CHECK", "NEUTRAL_NAME", "ConfiguredServer", "DnsFact", "NameAsked", "SystemAsked"]

CHECK = Check(
    name="dns",
    fact=DnsFact,
    collect=collect,
    judge=judge,
    problems=PROBLEMS,
    uses_network=True,
    timeout_s=8.0,
)
