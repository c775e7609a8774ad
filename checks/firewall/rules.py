"""A firewall that is off, and a rule of it that shuts the app in.

What a rule does to an endpoint is judged where the endpoint is: `firewall.host_blocked`.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.firewall.facts import FirewallFact
from checks.remedies import ASK_ADMIN, on_unmanaged_device
from diag.model import (
    DEVICE,
    Finding,
    Judgement,
    Layer,
    Problem,
    Remedy,
    Unmeasured,
    View,
)

SWITCH_ON = Remedy(code="firewall.switch_on", minutes=2, applies=on_unmanaged_device)
ALLOW_APP = Remedy(code="firewall.allow_app", minutes=5, risk="low", applies=on_unmanaged_device)

OFF = Problem(
    code="firewall.off",
    severity="warning",
    where="device",
    layer=Layer.DEVICE,
    remedies=(SWITCH_ON, ASK_ADMIN),
)
APP_BLOCKED = Problem(
    code="firewall.app_blocked",
    severity="warning",
    where="device",
    layer=Layer.FIREWALL,
    suspect=True,
    remedies=(ALLOW_APP, ASK_ADMIN),
)

PROBLEMS = (OFF, APP_BLOCKED)


def judge(fact: FirewallFact, view: View) -> Iterator[Judgement]:
    yield from _off(fact, view)
    unseen = fact.rules or fact.app_unseen
    if fact.app_rule is not None:
        yield Finding(
            code=APP_BLOCKED.code,
            subject=DEVICE,
            args={"rule": fact.app_rule},
            # That the program is this app's is told by its name alone.
            severity="problem" if fact.app_itself else "warning",
            confidence="likely" if fact.app_itself else "possible",
        )
    elif unseen is not None:
        yield Unmeasured(code=APP_BLOCKED.code, subject=DEVICE, reason=unseen.code)


def _off(fact: FirewallFact, view: View) -> Iterator[Judgement]:
    """A domain's own profile is its administrators' affair. Macs come with theirs switched off."""
    profiles = [profile for profile in fact.off if profile != "domain"]
    if view.os.family == "windows" and profiles and not fact.others:
        yield Finding(code=OFF.code, subject=DEVICE, args={"networks": profiles})
    elif view.os.family == "macos" and fact.on is False:
        yield Finding(code=OFF.code, subject=DEVICE, args={"networks": None}, severity="info")
