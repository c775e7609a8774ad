"""A clock that is off by whole half hours: most often it is the time zone that is wrong.

Where somebody set the time by hand while the zone was that of another place, the clock on the
screen looks right, and every time that goes out to servers is off by the difference of the two
zones. All but three of the offsets in use are multiples of half an hour (IANA Time Zone Database).
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

STEP_MIN = 30
NEAR_S = 90.0
"""Set by hand, a clock is seldom closer to the minute."""
WEST_MIN, EAST_MIN = -12 * 60, 14 * 60
"""The offsets there are."""
HALF_A_DAY_MIN = 12 * 60
"""Far more often morning taken for evening than a zone on the other side of the earth."""


class Zones(Struct, frozen=True, kw_only=True):
    """as_set, fitting: the offset from UTC that is set, and the one with which the time that this
    device shows would be right (`UTC+09:00`). mistaken: whether that is what went wrong.
    """

    as_set: str
    fitting: str
    mistaken: bool


def utc_offset_min(zone: str, at: datetime) -> int | None:
    """Minutes east of UTC; None if there is no such zone on this device."""
    try:
        offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    except (ValueError, OSError, LookupError):
        return None
    return round(offset.total_seconds() / 60) if offset is not None else None


def zones_of(ahead_s: float, set_min: int | None) -> Zones | None:
    """What the zone has to do with a clock that is that far ahead; None if nothing.

    A clock that is off by just the offset that is set was read as UTC where it shows local time, or
    the other way round, as happens where two systems share a device: there the zone is right.
    """
    step_s = STEP_MIN * 60
    steps = round(ahead_s / step_s)
    if set_min is None or steps == 0 or abs(ahead_s - steps * step_s) > NEAR_S:
        return None
    ahead_min = steps * STEP_MIN
    fitting_min = set_min + ahead_min
    shared = set_min != 0 and abs(ahead_min) == abs(set_min)
    is_a_zone = WEST_MIN <= fitting_min <= EAST_MIN and abs(ahead_min) != HALF_A_DAY_MIN
    if not shared and not is_a_zone:
        return None
    return Zones(as_set=_text(set_min), fitting=_text(fitting_min), mistaken=not shared)


def _text(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
