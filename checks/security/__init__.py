"""`device.security`: is it safe to log in on this device?

Virus protection, disk encryption, the start and the lock of the screen, programs for remote control
that run now, and those that read encrypted web traffic. Each is named with the one setting that is
missing; nothing here ever advises to switch a protection off.
"""

from __future__ import annotations

from checks.security.collect import collect
from checks.security.facts import SecurityFact
from checks.security.rules import PROBLEMS, judge
from diag.model import Check

__all__ = ["CHECK", "SecurityFact"]

CHECK = Check(
    name="device.security",
    fact=SecurityFact,
    collect=collect,
    judge=judge,
    problems=PROBLEMS,
    timeout_s=6.5,
)
