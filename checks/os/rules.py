"""What the facts of `os` mean."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from checks.device import DeviceFact
from checks.os.end_of_life import OLD
from checks.os.facts import OsFact
from checks.os.patch import Patches
from checks.os.problems import (
    APPS_LATE,
    DATES_OLD,
    END_OF_LIFE,
    LISTS_OLD,
    RESTART_PENDING,
    SOURCES_BROKEN,
    UPDATES_OFF,
    UPDATES_PAUSED,
    UPDATES_PENDING,
    UPDATES_STALLED,
)
from checks.os.support.facts import SupportFact, Today
from diag.model import DEVICE, Args, Finding, Judgement, Unmeasured, View

LISTS_STALE = timedelta(days=14)
"""Older lists do not tell that nothing is pending; what they show to be pending still is."""

UNCHECKED = {
    "apk": timedelta(days=30),
    "rpm-ostree": timedelta(days=45),
    "bootc": timedelta(days=45),
}
"""Where the date is the day on which the maker last published something, not that of the last
look: some publish every other week only.
"""

SECURITY_LISTS_EXPECTED = ("debian", "ubuntu")
"""Without a security archive among their lists, nothing pending means little."""

STORE_LATE = {"snap": timedelta(days=30), "flatpak": timedelta(days=90)}
"""snap looks for updates four times a day; of Flatpak only is known when one came last."""

STALLED = timedelta(days=65)
LONGEST_PAUSE = timedelta(days=36)
"""Windows lets people put updates off for 35 days; who wants more changes the registry."""

COMMANDS = {
    "apt": "sudo apt update && sudo apt upgrade",
    "dnf": "sudo dnf upgrade",
    "dnf5": "sudo dnf upgrade",
    "zypper": "sudo zypper refresh && sudo zypper update",
    "pacman": "sudo pacman -Syu",
    "apk": "sudo apk update && sudo apk upgrade",
    "rpm-ostree": "rpm-ostree upgrade",
    "bootc": "sudo bootc upgrade",
}
"""What installs updates on a terminal, by the package manager."""


def judge(fact: OsFact, view: View) -> Iterator[Judgement]:
    support = view.find(SupportFact)
    yield from _end_of_life(fact, support.today if support else None, view.taken_at.date())
    if fact.patches is not None:
        yield from _updates(fact, fact.patches, view.taken_at)
    elif fact.patches_failure is not None:
        for code in (UPDATES_PENDING.code, LISTS_OLD.code):
            yield Unmeasured(code=code, subject=DEVICE, reason=fact.patches_failure.code)
    if fact.broken_source:
        args: Args = {"file": fact.broken_source}
        yield Finding(code=SOURCES_BROKEN.code, subject=DEVICE, args=args)
    yield from _paused(fact, view.taken_at)
    yield from _stalled(fact, view.taken_at)
    device = view.find(DeviceFact)
    if fact.switched_off and not (device is not None and device.managed):
        # An organisation that hands updates out by a way of its own switches this one off.
        service = "Windows Update" if fact.switched_off == "service" else None
        how: Args = {
            "how": fact.switched_off,
            "service": service,
            "installed": _iso(fact.installed),
        }
        yield Finding(code=UPDATES_OFF.code, subject=DEVICE, args=how)
    yield from _restart(fact)
    yield from _app_stores(fact, view.taken_at)


def _end_of_life(fact: OsFact, asked: Today | None, today: date) -> Iterator[Judgement]:
    """The later of both dates counts: makers prolong, and neither source follows at once."""
    if fact.rolling:
        return
    life, as_of = fact.life, fact.table_date
    if asked is not None and (asked.life is not None or life is None):
        life, as_of = asked.life, asked.as_of
    if asked is None and today - as_of > OLD:
        age: Args = {"days": (today - as_of).days, "table_date": as_of.isoformat()}
        yield Finding(code=DATES_OLD.code, subject=DEVICE, args=age)
    if life is not None and life.ends is None:
        return
    ends = max(filter(None, (fact.support_ends, life.ends if life else None)), default=None)
    if ends is None:
        yield Unmeasured(code=END_OF_LIFE.code, subject=DEVICE, reason="needs_missing")
    elif today > ends:
        extended = life.extended if life and life.extended and life.extended >= today else None
        if extended and fact.extended_on:
            return
        unsure = extended is not None and fact.extended_on is None
        yield Finding(
            code=END_OF_LIFE.code,
            subject=DEVICE,
            args={
                "name": fact.name or fact.id,
                "ended": ends.isoformat(),
                "extended": extended.isoformat() if extended and unsure else None,
                "offered": extended.isoformat() if extended and not unsure else None,
                "windows_esu": extended.isoformat() if extended and fact.id == "windows" else None,
                "table_date": as_of.isoformat(),
            },
            confidence="likely" if unsure else "certain",
        )


def _updates(fact: OsFact, patches: Patches, now: datetime) -> Iterator[Judgement]:
    stale = patches.listed is None or now - patches.listed > LISTS_STALE
    blind = patches.security is None and fact.id in SECURITY_LISTS_EXPECTED
    if patches.pending:
        yield Finding(
            code=UPDATES_PENDING.code,
            subject=DEVICE,
            severity=None if patches.security else "info",
            args=_update_args(patches, now) | {"failed": fact.failed or None},
        )
    elif stale or blind or patches.unlisted:
        yield Unmeasured(code=UPDATES_PENDING.code, subject=DEVICE, reason="needs_missing")
    if patches.listed is None:
        yield Unmeasured(code=LISTS_OLD.code, subject=DEVICE, reason="needs_missing")
    elif now - patches.listed > UNCHECKED.get(patches.manager, LISTS_STALE):
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
        "updates_deferred": patches.deferred or None,
        "sources_unlisted": patches.unlisted or None,
        "automatic": patches.automatic,
        "command": COMMANDS.get(patches.manager),
    }


def _paused(fact: OsFact, now: datetime) -> Iterator[Judgement]:
    """A pause of some days is everybody's right, and worth a word only while something waits."""
    until = fact.paused_until
    if until is None or until <= now:
        return
    long = until - now > LONGEST_PAUSE
    waits = fact.patches is not None and bool(fact.patches.security)
    if long or waits:
        yield Finding(
            code=UPDATES_PAUSED.code,
            subject=DEVICE,
            severity=None if long else "info",
            args={
                "until": until.isoformat(),
                "days": _days(until - now),
                "installed": _iso(fact.installed),
            },
        )


def _stalled(fact: OsFact, now: datetime) -> Iterator[Judgement]:
    """Windows has security updates for every month: who has had none for two gets none, whatever
    the device believes to be pending. What is known to be missing, or out of service, is said as
    such."""
    known = fact.patches is not None and bool(fact.patches.security)
    ended = fact.life is not None and fact.life.ends is not None and fact.life.ends < now.date()
    if fact.installed is None or known or (ended and not fact.extended_on):
        return
    age = now - fact.installed
    if age > STALLED:
        args: Args = {
            "days": _days(age),
            "installed": fact.installed.isoformat(),
            "failed": fact.failed or None,
        }
        yield Finding(code=UPDATES_STALLED.code, subject=DEVICE, args=args)


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _restart(fact: OsFact) -> Iterator[Judgement]:
    restart = fact.restart
    if restart.pending is None:
        yield Unmeasured(code=RESTART_PENDING.code, subject=DEVICE, reason="unsupported")
    elif restart.pending:
        named = restart.because in ("kernel", "image")
        yield Finding(
            code=RESTART_PENDING.code,
            subject=DEVICE,
            confidence="likely" if restart.because in ("kernel", "libraries") else "certain",
            args={
                "sign": restart.signs[0] if restart.signs else None,
                "packages": list(restart.packages) or None,
                "running": restart.running or None if named else None,
                "newest": restart.newest or None if named else None,
                "programs": list(restart.programs) or None,
            },
        )


def _app_stores(fact: OsFact, now: datetime) -> Iterator[Judgement]:
    """One is enough: the remedy is the same for all."""
    stores = fact.app_stores
    held = [each for each in stores if each.held_until and each.held_until > now]
    late = [each for each in stores if each.last and now - each.last > STORE_LATE[each.store]]
    for each in (*held, *late)[:1]:
        args: Args = {
            "store": each.store,
            "last": _iso(each.last),
            "days": _days(now - each.last) if each.last else None,
            "held": each.store if held else None,
        }
        yield Finding(code=APPS_LATE.code, subject=DEVICE, args=args)


def _days(age: timedelta) -> int:
    return max(age, timedelta(0)).days
