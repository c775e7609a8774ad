"""`wifi`: what Wi-Fi is this, who else is on it, and does its signal suffice?"""

from __future__ import annotations

from checks.wifi.facts import WifiFact
from checks.wifi.problems import PROBLEMS
from checks.wifi.rules import judge
from diag.host import Host
from diag.model import Check, Context, Failed

HAND_IN_S = 0.3


def collect(host: Host, context: Context) -> WifiFact:
    if host.family != "linux":
        raise Failed("unsupported", "wifi")
    from checks.wifi import linux

    return linux.collect(host, context.deadline.sooner(HAND_IN_S))


CHECK = Check(
    name="wifi",
    fact=WifiFact,
    collect=collect,
    judge=judge,
    problems=PROBLEMS,
    timeout_s=4.0,
)
