"""Times as people write them in notices: `11月22日(日) 23:00~翌6:00`, `2026/11/22 0:00-24:00`.

Japanese notices mean Japan's time (no summer time) unless they say otherwise; English ones are read
only if they name their zone. Hours up to 29 count on from midnight, as broadcasters write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

from msgspec import Struct

JAPAN = timezone(timedelta(hours=9))
LONGEST = timedelta(days=14)
"""A maintenance is not longer; what is, was misread."""

_ZONES = {"JST": 9, "UTC": 0, "GMT": 0, "Z": 0, "KST": 9, "PST": -8, "PDT": -7, "EST": -5,
          "EDT": -4, "CET": 1, "CEST": 2}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_DATE = (
    r"(?:(?P<y{n}>20\d\d)(?:年|[/.-]))? ?(?P<m{n}>1[0-2]|0?[1-9])(?:月|[/.-]) ?"
    r"(?P<d{n}>3[01]|[12]\d|0?[1-9])(?!\d)日? ?"
    r"(?:[(\[](?:[月火水木金土日]|[A-Za-z]{{3}})(?:曜日?)?(?:[・,]?祝日?)?[)\]])? ?"
)
_TIME = (
    r"(?P<half{n}>午前|午後|AM|PM|深夜|早朝|朝|夜)? ?(?P<h{n}>[0-2]?\d)"
    r"(?::(?P<min{n}>[0-5]\d)(?::[0-5]\d)?|時 ?(?:(?P<mn{n}>[0-5]?\d)分|(?P<semi{n}>半))?)"
    r"(?P<ampm{n}> ?[ap]\.?m\b\.?)?"
)
_TO = r" ?(?:頃|ごろ)? ?(?:~|〜|～|-|–|—|―|から|より|to|until|till) ?"
_JAPANESE_SPAN = re.compile(
    _DATE.format(n=1)
    + r"(?:の|,)? ?"
    + _TIME.format(n=1)
    + rf"(?:{_TO}(?P<next>翌日?(?:の|朝)?|同日)? ?"
    + rf"(?:{_DATE.format(n=2)})?(?:{_TIME.format(n=2)})?)?",
    re.IGNORECASE,
)
_ENGLISH_DATE = (
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? )?"
    r"(?:(?P<d{n}>\d{{1,2}}) (?P<mon{n}>[A-Z][a-z]{{2}})"
    r"[a-z]*|(?P<monb{n}>[A-Z][a-z]{{2}})[a-z]* (?P<db{n}>\d{{1,2}})(?:st|nd|rd|th)?),? ?"
    r"(?P<y{n}>20\d\d)?,? ?(?:at )?"
)
_ENGLISH_TIME = r"(?P<h{n}>[0-2]?\d):(?P<min{n}>[0-5]\d)(?P<ampm{n}> ?[AaPp]\.?[Mm]\b\.?)?"
_ENGLISH_SPAN = re.compile(
    _ENGLISH_DATE.format(n=1)
    + _ENGLISH_TIME.format(n=1)
    + rf"(?: ?(?P<zone1>[A-Z]{{3,4}}))?{_TO}(?:{_ENGLISH_DATE.format(n=2)})?"
    + _ENGLISH_TIME.format(n=2)
    + r" ?\(?(?P<zone2>[A-Z]{3,4})\b"
)
_NAMED_ZONE = re.compile(r"\b(JST|UTC|GMT|KST|PST|PDT|EST|EDT|CET|CEST)\b")
_HAS_JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")


class Span(Struct, frozen=True):
    """From `start` to `end` (None: not said). UTC."""

    start: datetime
    end: datetime | None


def spans_of(text: str, now: datetime) -> Iterator[Span]:
    """Every span of time in a text (NFKC), in its order; what cannot be is left out."""
    for found in _ENGLISH_SPAN.finditer(text):
        yield from _english(found, now)
    zone = _zone_of(text)
    if zone is None:
        return
    for found in _JAPANESE_SPAN.finditer(text):
        yield from _japanese(found, zone, now)


def _zone_of(text: str) -> timezone | None:
    named = _NAMED_ZONE.search(text)
    if named:
        return timezone(timedelta(hours=_ZONES[named[1]]))
    return JAPAN if _HAS_JAPANESE.search(text) else None


def _japanese(found: re.Match[str], zone: timezone, now: datetime) -> Iterator[Span]:
    day = _day(found["y1"], found["m1"], found["d1"], now.astimezone(zone).date())
    if day is None or found["h1"] is None:
        return
    start = _at(day, _minutes(found, 1), zone)
    if start is None:
        return
    end: datetime | None = None
    if found["h2"] is not None:
        last = day
        if found["d2"] is not None:
            last = _day(found["y2"] or found["y1"], found["m2"], found["d2"], day) or day
        elif (found["next"] or "").startswith("翌"):
            last = day + timedelta(days=1)
        end = _at(last, _minutes(found, 2), zone)
        if end is not None and end <= start and found["d2"] is None:
            end += timedelta(days=1)
    yield from _whole(start, end)


def _english(found: re.Match[str], now: datetime) -> Iterator[Span]:
    hours = _ZONES.get(found["zone2"] or "")
    if hours is None:
        return
    zone = timezone(timedelta(hours=hours))
    today = now.astimezone(zone).date()
    day = _english_day(found, 1, today)
    if day is None:
        return
    last = _english_day(found, 2, day) or day
    start, end = _at(day, _minutes(found, 1), zone), _at(last, _minutes(found, 2), zone)
    if start is not None and end is not None:
        if end <= start and last == day:
            end += timedelta(days=1)
        yield from _whole(start, end)


def _whole(start: datetime, end: datetime | None) -> Iterator[Span]:
    if end is None or start < end <= start + LONGEST:
        yield Span(start.astimezone(UTC), end.astimezone(UTC) if end is not None else None)


def _english_day(found: re.Match[str], n: int, near: date) -> date | None:
    month = (found[f"mon{n}"] or found[f"monb{n}"] or "").lower()[:3]
    day = found[f"d{n}"] or found[f"db{n}"]
    if month not in _MONTHS or day is None:
        return None
    return _day(found[f"y{n}"], str(_MONTHS.index(month) + 1), day, near)


def _day(year: str | None, month: str, day: str, near: date) -> date | None:
    """A date; without its year, the one that is nearest."""
    years = (int(year),) if year else (near.year - 1, near.year, near.year + 1)
    days = []
    for each in years:
        try:
            days.append(date(each, int(month), int(day)))
        except ValueError:
            continue
    return min(days, key=lambda each: abs(each - near), default=None)


def _minutes(found: re.Match[str], n: int) -> int:
    groups = found.groupdict()
    hours = int(found[f"h{n}"])
    minutes = int(groups.get(f"min{n}") or groups.get(f"mn{n}") or 0)
    if groups.get(f"semi{n}"):
        minutes = 30
    half = (groups.get(f"half{n}") or groups.get(f"ampm{n}") or "").strip().lower()
    afternoon = half == "午後" or half.startswith("p") or (half == "夜" and hours >= 5)
    if afternoon and hours < 12:
        hours += 12
    elif (half == "午前" or half.startswith("a")) and hours == 12:
        hours = 0
    return hours * 60 + minutes


def _at(day: date, minutes: int, zone: timezone) -> datetime | None:
    try:
        return datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minutes)
    except OverflowError:
        return None
