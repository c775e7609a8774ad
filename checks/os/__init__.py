"""`os`: does the operating system still get security updates, and are they installed?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from checks.os.facts import OsFact
from checks.os.patch import Patches
from checks.remedies import on_unmanaged_device
from diag.host import Host
from diag.model import (
    DEVICE,
    Args,
    Check,
    Context,
    Failed,
    Finding,
    Judgement,
    Layer,
    Problem,
    Remedy,
    Unmeasured,
    View,
)

LISTS_STALE = timedelta(days=14)
"""Older lists do not tell that nothing is pending; what they show to be pending still is."""

SECURITY_LISTS_EXPECTED = ("debian", "ubuntu")
"""Without a security archive among their lists, nothing pending means little."""

COMMANDS = {
    "apt": "sudo apt update && sudo apt upgrade",
    "dnf": "sudo dnf upgrade",
    "dnf5": "sudo dnf upgrade",
}
"""What installs updates on a terminal, by the package manager."""

INSTALL_UPDATES = Remedy(code="os.install_updates", minutes=30, applies=on_unmanaged_device)
ASK_ADMIN = Remedy(
    code="os.ask_admin", who="admin", minutes=10, applies=lambda context: context.managed is True
)
RESTART = Remedy(code="os.restart", minutes=5, risk="low")
BACK_UP = Remedy(code="os.back_up", minutes=30)
UPGRADE = Remedy(code="os.upgrade_release", minutes=120, risk="medium", applies=on_unmanaged_device)
LOOK_FOR_UPDATES = Remedy(code="os.look_for_updates", minutes=5, applies=on_unmanaged_device)

END_OF_LIFE = Problem(
    code="os.end_of_life",
    severity="warning",
    where="device",
    layer=Layer.DEVICE,
    remedies=(BACK_UP, UPGRADE, ASK_ADMIN),
)
UPDATES_PENDING = Problem(
    code="os.updates_pending",
    severity="warning",
    where="device",
    layer=Layer.DEVICE,
    remedies=(INSTALL_UPDATES, ASK_ADMIN),
)
LISTS_OLD = Problem(
    code="os.updates_unchecked",
    severity="info",
    where="device",
    layer=Layer.DEVICE,
    remedies=(LOOK_FOR_UPDATES, ASK_ADMIN),
)
RESTART_PENDING = Problem(
    code="os.restart_pending",
    severity="info",
    where="device",
    layer=Layer.DEVICE,
    remedies=(RESTART,),
)


def collect(host: Host, ctx: Context) -> OsFact:
    """Raises Failed(unsupported) where Windows and macOS are not served yet."""
    if host.family != "linux":
        raise Failed("unsupported", "patch level")
    from checks.os.linux.collect import collect as collect_linux

    return collect_linux(host, ctx)


def judge(fact: OsFact, view: View) -> Iterator[Judgement]:
    yield from _end_of_life(fact, view.taken_at.date())
    if fact.patches is not None:
        yield from _updates(fact, fact.patches, view.taken_at)
    elif fact.patches_failure is not None:
        for code in (UPDATES_PENDING.code, LISTS_OLD.code):
            yield Unmeasured(code=code, subject=DEVICE, reason=fact.patches_failure.code)
    yield from _restart(fact)


def _end_of_life(fact: OsFact, today: date) -> Iterator[Judgement]:
    """The later of both dates counts: makers prolong, and neither source follows at once."""
    if fact.rolling:
        return
    life = fact.life
    if life is not None and life.ends is None:
        return
    ends = max(filter(None, (fact.support_ends, life.ends if life else None)), default=None)
    if ends is None:
        yield Unmeasured(code=END_OF_LIFE.code, subject=DEVICE, reason="needs_missing")
    elif today > ends:
        extended = life.extended if life and life.extended and life.extended >= today else None
        yield Finding(
            code=END_OF_LIFE.code,
            subject=DEVICE,
            args={
                "name": fact.name or fact.id,
                "ended": ends.isoformat(),
                "extended": extended.isoformat() if extended else None,
                "table_date": fact.table_date.isoformat(),
            },
            confidence="likely" if extended else "certain",
        )


def _updates(fact: OsFact, patches: Patches, now: datetime) -> Iterator[Judgement]:
    stale = patches.listed is None or now - patches.listed > LISTS_STALE
    blind = patches.security is None and fact.id in SECURITY_LISTS_EXPECTED
    if patches.pending:
        yield Finding(
            code=UPDATES_PENDING.code,
            subject=DEVICE,
            severity=None if patches.security else "info",
            args=_update_args(patches, now),
        )
    elif stale or blind:
        yield Unmeasured(code=UPDATES_PENDING.code, subject=DEVICE, reason="needs_missing")
    if patches.listed is None:
        yield Unmeasured(code=LISTS_OLD.code, subject=DEVICE, reason="needs_missing")
    elif stale:
        args: Args = {
            "lists_age_days": _days(now - patches.listed),
            "checked": patches.listed.isoformat(),
        }
        yield Finding(code=LISTS_OLD.code, subject=DEVICE, args=args)


def _update_args(patches: Patches, now: datetime) -> Args:
    oldest = _days(now - patches.oldest_security) if patches.oldest_security else 0
    return {
        "updates_pending": patches.pending,
        "security_updates_pending": patches.security or None,
        "oldest_days": oldest or None,
        "lists_age_days": None if patches.listed is None else _days(now - patches.listed),
        "updates_held": patches.held or None,
        "command": COMMANDS.get(patches.manager),
    }


def _restart(fact: OsFact) -> Iterator[Judgement]:
    restart = fact.restart
    if restart.pending is None:
        yield Unmeasured(code=RESTART_PENDING.code, subject=DEVICE, reason="unsupported")
    elif restart.pending:
        kernel = restart.because == "kernel"
        yield Finding(
            code=RESTART_PENDING.code,
            subject=DEVICE,
            confidence="likely" if kernel else "certain",
            args={
                "packages": list(restart.packages) or None,
                "running": restart.running if kernel else None,
                "newest": restart.newest if kernel else None,
            },
        )


def _days(age: timedelta) -> int:
    return max(age, timedelta(0)).days


CHECK = Check(
    name="os",
    fact=OsFact,
    collect=collect,
    judge=judge,
    problems=(END_OF_LIFE, UPDATES_PENDING, LISTS_OLD, RESTART_PENDING),
)
