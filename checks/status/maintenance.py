"""Planned maintenance windows of a profile: which one runs now, and when the next one starts.

A window recurs on days in the vendor's zone. Local times are turned into instants with the zone's
rules: a time that the clocks skip counts as the same distance behind the skip, and of a time that
comes twice a window starts with the first and ends with the second. Pure, but for the zone data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from diag.app_profile import MaintenanceWindow

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

HORIZON_DAYS = 120
"""How far ahead a next window is looked for: two fifth Mondays are at most 98 days apart."""

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")
_DAY_MINUTES = 24 * 60


class Slot(Struct, frozen=True, order=True):
    """One occurrence, from `start` up to, not including, `end`. UTC."""

    start: datetime
    end: datetime


def slots(windows: Iterable[MaintenanceWindow], now: datetime) -> tuple[Slot, ...]:
    """Occurrences that have not ended at `now`, in order; those that touch are one.

    Raises ValueError for a window whose days, times or zone cannot be read.
    """
    found = sorted(
        slot for window in windows for slot in _occurrences(window, now) if slot.end > now
    )
    return tuple(_joined(found))


def _joined(ordered: Iterable[Slot]) -> Iterator[Slot]:
    open_slot: Slot | None = None
    for slot in ordered:
        if open_slot is None:
            open_slot = slot
        elif slot.start <= open_slot.end:
            open_slot = Slot(open_slot.start, max(open_slot.end, slot.end))
        else:
            yield open_slot
            open_slot = slot
    if open_slot is not None:
        yield open_slot


def _occurrences(window: MaintenanceWindow, now: datetime) -> Iterator[Slot]:
    zone = _zone(window.timezone)
    start, end = _minutes(window.start), _minutes(window.end)
    if start == _DAY_MINUTES:
        raise ValueError("a window cannot start at 24:00")
    if end <= start:
        end += _DAY_MINUTES
    rules = [_day_rule(day) for day in window.days]
    today = now.astimezone(zone).date()
    for offset in range(-2, HORIZON_DAYS):
        day = today + timedelta(days=offset)
        if rules and not any(_falls_on(day, *rule) for rule in rules):
            continue
        slot = Slot(_instant(day, start, zone), _instant(day, end, zone, last=True))
        if slot.start < slot.end:
            yield slot


def _zone(name: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"no such time zone: {name}") from error


def _minutes(text: str) -> int:
    if not _TIME.fullmatch(text):
        raise ValueError(f"no time of day: {text}")
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _day_rule(text: str) -> tuple[int, int | None]:
    """(which of the month, 0 for every, -1 for the last; weekday or None for any day)."""
    words = text.casefold().split()
    if words == ["daily"]:
        return 0, None
    ordinal = 0
    if len(words) == 2 and words[0] in _ORDINALS:
        ordinal = _ORDINALS[words[0]]
        words = words[1:]
    if len(words) != 1 or words[0] not in _WEEKDAYS:
        raise ValueError(f"no day: {text}")
    return ordinal, _WEEKDAYS.index(words[0])


def _falls_on(day: date, ordinal: int, weekday: int | None) -> bool:
    if weekday is None:
        return True
    if day.weekday() != weekday:
        return False
    if ordinal == -1:
        return (day + timedelta(days=7)).month != day.month
    return ordinal in (0, (day.day - 1) // 7 + 1)


def _instant(day: date, minutes: int, zone: ZoneInfo, last: bool = False) -> datetime:
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if not last:
        return first
    return max(first, wall.replace(tzinfo=zone, fold=1).astimezone(UTC))
