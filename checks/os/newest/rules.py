"""What it means that Apple has published something newer.

What this Mac has been offered already is `os.updates_pending`, and said there. This is about what
it has not heard of: it does not look, its look does not get through, or the update reaches it late.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from checks.device import DeviceFact
from checks.os.facts import OsFact
from checks.os.newest.collect import NewestFact
from checks.os.problems import ASK_ADMIN, BACK_UP, LOOK_FOR_UPDATES
from checks.remedies import on_unmanaged_device
from diag.model import (
    DEVICE,
    Args,
    Finding,
    Judgement,
    Layer,
    Problem,
    Remedy,
    Severity,
    View,
)

REACHES = timedelta(days=14)
"""Apple hands an update out over about two weeks; the Mac installs it in one of its nights."""
LATE = timedelta(days=35)
"""From here on it is no delay any more."""
DEFERRED = timedelta(days=90)
"""So long an organisation may hold an update back from its Macs."""


REPLACE = Remedy(code="os.replace_mac", minutes=60, applies=on_unmanaged_device)

BEHIND = Problem(
    code="os.behind",
    severity="warning",
    where="device",
    layer=Layer.DEVICE,
    remedies=(LOOK_FOR_UPDATES, ASK_ADMIN),
)
MODEL_ENDS = Problem(
    code="os.model_end_of_life",
    severity="warning",
    where="device",
    layer=Layer.DEVICE,
    explains=("os.end_of_life",),
    remedies=(BACK_UP, REPLACE, ASK_ADMIN),
)


def judge(fact: NewestFact, view: View) -> Iterator[Judgement]:
    here = view.find(OsFact)
    if fact.stuck:
        yield Finding(code=MODEL_ENDS.code, subject=DEVICE, args={"installed": fact.installed})
        return
    told = here is not None and here.patches is not None and bool(here.patches.security)
    if told:
        return
    if fact.missed and fact.since is not None:
        age = view.taken_at.date() - fact.since
        if age >= REACHES:
            late_from = DEFERRED if _managed(view) else LATE
            late: Severity | None = None if fact.exploited or age >= late_from else "info"
            yield Finding(code=BEHIND.code, subject=DEVICE, severity=late, args=_args(fact, age))
    elif fact.extra > fact.extra_installed:
        args = _args(fact, timedelta(0)) | {"extra": f"{fact.installed} {fact.extra}"}
        yield Finding(code=BEHIND.code, subject=DEVICE, severity="info", args=args)


def _managed(view: View) -> bool:
    device = view.find(DeviceFact)
    return device is not None and device.managed is True


def _args(fact: NewestFact, age: timedelta) -> Args:
    return {
        "installed": f"{fact.installed} {fact.extra_installed}".strip(),
        "newest": fact.newest if fact.missed else None,
        "released": fact.released.isoformat() if fact.released and fact.missed else None,
        "since": fact.since.isoformat() if fact.since else None,
        "days": age.days or None,
        "missed": fact.missed or None,
        "exploited": fact.exploited or None,
        "extra": None,
    }
