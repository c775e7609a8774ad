"""`device.health`: room on the disks, memory, and settings that everything else rests on."""

from __future__ import annotations

from checks.health.collect import collect
from checks.health.facts import HealthFact, HeldVolume, Pressure
from checks.health.rules import PROBLEMS, judge
from diag.model import Check

__all__ = ["CHECK", "HealthFact", "HeldVolume", "Pressure"]

CHECK = Check(
    name="device.health",
    fact=HealthFact,
    collect=collect,
    judge=judge,
    problems=PROBLEMS,
    timeout_s=4.0,
)
