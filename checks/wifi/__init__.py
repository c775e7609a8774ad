"""`wifi`: what Wi-Fi is this, who else is on it, and does its signal suffice?"""

from __future__ import annotations

from importlib import import_module

from checks.wifi.facts import WifiFact
from checks.wifi.problems import PROBLEMS
from checks.wifi.rules import judge
from diag.host import Host
from diag.model import Check, Context, Failed

HAND_IN_S = 0.3


def collect(host: Host, context: Context) -> WifiFact:
    systems = {"linux": "linux", "windows": "windows", "macos": "macos"}
    if host.family not in systems:
        raise Failed("unsupported", "wifi")
    module = import_module(f"checks.wifi.{systems[host.family]}")
    fact: WifiFact = module.collect(host, context.deadline.sooner(HAND_IN_S))
    return fact


CHECK = Check(
    name="wifi",
    fact=WifiFact,
    collect=collect,
    judge=judge,
    problems=PROBLEMS,
    timeout_s=7.0,
)
