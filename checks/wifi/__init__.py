"""`wifi`: what Wi-Fi is this, who else is on it, and does its signal suffice?"""

from __future__ import annotations

from importlib import import_module

from checks.wifi.facts import WifiFact
from checks.wifi.problems import PROBLEMS
from checks.wifi.recognise import network_of, recognised, remember
from checks.wifi.rules import judge
from diag.host import Host
from diag.model import Check, Context, Failed

HAND_IN_S = 0.3

SYSTEMS = ("linux", "macos", "windows")


def collect(host: Host, context: Context) -> WifiFact:
    """Raises Failed if there is Wi-Fi and nobody tells of it."""
    if host.family not in SYSTEMS:
        raise Failed("unsupported", "wifi")
    system = import_module(f"checks.wifi.{host.family}")
    fact: WifiFact = system.collect(host, context.deadline.sooner(HAND_IN_S))
    return recognised(host, context, fact)


CHECK = Check(
    name="wifi",
    fact=WifiFact,
    collect=collect,
    judge=judge,
    problems=PROBLEMS,
    timeout_s=7.0,
    network=network_of,
    remember=remember,
)
