"""When a schedule runs: crontab(5)'s five fields, and the easier ways to say them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
"""In cron's order: Sunday is 0, and 7 as well."""

SPREAD_MIN = 5
"""A time of day is moved by less than this, so that not all devices ask at the same moment."""

HORIZON_DAYS = 366 * 8 + 1
"""A 29 February is at most eight years away."""

EVERY_MINUTES = (5, 10, 15, 20, 30)
EVERY_HOURS = (1, 2, 3, 4, 6, 8, 12)


class BadTime(ValueError):
    """A time that cannot be; the message says what can."""


class Field(Struct, frozen=True):
    """One field: its numbers, and whether it begins with a star (crontab(5) treats that apart)."""

    numbers: tuple[int, ...]
    star: bool
    full: bool


class When(Struct, frozen=True):
    """Local times at which to run. `weekday`: 0 is Sunday."""

    minute: Field
    hour: Field
    day: Field
    month: Field
    weekday: Field

    @property
    def every_day(self) -> bool:
        return self.day.full and self.month.full and self.weekday.full

    @property
    def either(self) -> bool:
        """Whether a day of the month or a day of the week is enough (crontab(5))."""
        return not self.day.star and not self.weekday.star

    def times(self) -> list[time]:
        return [time(hour, minute) for hour in self.hour.numbers for minute in self.minute.numbers]

    def on(self, day: date) -> bool:
        if day.month not in self.month.numbers:
            return False
        by_day = day.day in self.day.numbers
        by_weekday = day.isoweekday() % 7 in self.weekday.numbers
        return (by_day or by_weekday) if self.either else (by_day and by_weekday)

    def next_after(self, after: datetime, zone: ZoneInfo) -> datetime | None:
        """The next run after an instant, in UTC; None if there is none."""
        start = after.astimezone(zone).date()
        for ahead in range(HORIZON_DAYS):
            for each in self._on_day(start + timedelta(days=ahead), zone):
                if each > after:
                    return each
        return None

    def last_before(self, before: datetime, zone: ZoneInfo) -> datetime | None:
        """The last run before an instant, in UTC; None if there was none."""
        start = before.astimezone(zone).date()
        for back in range(HORIZON_DAYS):
            for each in reversed(list(self._on_day(start - timedelta(days=back), zone))):
                if each < before:
                    return each
        return None

    def _on_day(self, day: date, zone: ZoneInfo) -> Iterator[datetime]:
        if self.on(day):
            for each in self.times():
                yield datetime.combine(day, each, zone).astimezone(UTC)


def from_cron(text: str) -> When:
    """Five fields as in crontab(5), or one of its nicknames. Raises BadTime."""
    text = NICKNAMES.get(text.strip().lower(), text)
    fields = text.split()
    if len(fields) != 5:
        raise BadTime(f"'{text}': a cron time has five fields, such as '30 8 * * mon-fri'.")
    minute, hour, day, month, weekday = fields
    when = When(
        _field(minute, 0, 59),
        _field(hour, 0, 23),
        _field(day, 1, 31),
        _field(month, 1, 12, MONTHS, 1),
        _field(weekday, 0, 7, WEEKDAYS),
    )
    if when.next_after(datetime(2024, 1, 1, tzinfo=UTC), ZoneInfo("UTC")) is None:
        raise BadTime(f"'{text}': there is no such day.")
    return when


NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


def _field(text: str, low: int, high: int, names: tuple[str, ...] = (), first: int = 0) -> Field:
    numbers: set[int] = set()
    for part in text.lower().split(","):
        match = re.fullmatch(r"(\*|(\w+)(?:-(\w+))?)(?:/(\d+))?", part)
        if match is None:
            raise BadTime(f"'{text}' is no field of a cron time.")
        step = int(match[4] or 1)
        if match[1] == "*":
            begin, end = low, high
        else:
            begin = _number(match[2], low, high, names, first)
            single = begin if match[4] is None else high
            end = single if match[3] is None else _number(match[3], low, high, names, first)
        if step < 1 or begin > end:
            raise BadTime(f"'{part}' is no range of a cron time.")
        numbers |= set(range(begin, end + 1, step))
    if high == 7:  # days of the week
        numbers = {number % 7 for number in numbers}
        high = 6
    return Field(tuple(sorted(numbers)), text[0] == "*", len(numbers) == high - low + 1)


def _number(text: str, low: int, high: int, names: tuple[str, ...], first: int) -> int:
    if text in names:
        return names.index(text) + first
    if not text.isdecimal() or not low <= int(text) <= high:
        raise BadTime(f"'{text}' is not from {low} to {high}.")
    return int(text)


def from_every(text: str, now: datetime, chance: int) -> str:
    """`30m`, `1h`, `1d` as five fields; `chance` chooses the minute. Raises BadTime."""
    match = re.fullmatch(r"(\d+) ?(m|min|h|d)", text.strip().lower())
    number, unit = (int(match[1]), match[2][0]) if match else (0, "")
    if unit == "m" and number == 60:
        number, unit = 1, "h"
    if unit == "h" and number == 24:
        number, unit = 1, "d"
    if unit == "m" and number in EVERY_MINUTES:
        return f"{_listed(range(chance % number, 60, number))} * * * *"
    if unit == "h" and number == 1:
        return f"{chance % 60} * * * *"
    if unit == "h" and number in EVERY_HOURS:
        return f"{chance % 60} {_listed(range(now.hour % number, 24, number))} * * *"
    if unit == "d" and number == 1:
        return f"{chance % 60} {now.hour} * * *"
    minutes = ", ".join(f"{each}m" for each in EVERY_MINUTES)
    hours = ", ".join(f"{each}h" for each in EVERY_HOURS)
    raise BadTime(f"'{text}' is not possible here; use one of {minutes}, {hours}, 1d, or --cron.")


def from_at(text: str, chance: int) -> str:
    """`08:30` as five fields, up to four minutes later. Raises BadTime."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text.strip())
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise BadTime(f"'{text}' is no time of day; write one from 00:00 to 23:59.")
    minutes = (int(match[1]) * 60 + int(match[2]) + chance % SPREAD_MIN) % (24 * 60)
    return f"{minutes % 60} {minutes // 60} * * *"


def _listed(numbers: range) -> str:
    return ",".join(map(str, numbers))
