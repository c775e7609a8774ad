"""Planned windows: which one runs now, which one is next, across midnight and summer time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.status.maintenance import HORIZON_DAYS, Slot, slots
from diag.app_profile import MaintenanceWindow

TOKYO = ZoneInfo("Asia/Tokyo")
BERLIN = ZoneInfo("Europe/Berlin")


def window(*days: str, at: str, zone: str = "Asia/Tokyo") -> MaintenanceWindow:
    start, end = at.split("-")
    return MaintenanceWindow(days=days, start=start, end=end, timezone=zone)


def tokyo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


def running(now: datetime, *windows: MaintenanceWindow) -> Slot | None:
    first = next(iter(slots(windows, now)), None)
    return first if first is not None and first.start <= now else None


def coming(now: datetime, *windows: MaintenanceWindow) -> Slot:
    return next(each for each in slots(windows, now) if each.start > now)


# 2026-11-22 is a Sunday.


@pytest.mark.parametrize(
    ("now", "inside"),
    [
        ("2026-11-22T00:00", True),
        ("2026-11-22T05:59", True),
        ("2026-11-22T06:00", False),
        ("2026-11-21T23:59", False),
        ("2026-11-23T01:00", False),
    ],
)
def test_runs_from_its_start_up_to_its_end(now: str, inside: bool) -> None:
    assert (running(tokyo(now), window("sun", at="00:00-06:00")) is not None) is inside


def test_is_read_in_the_vendors_zone_not_the_users() -> None:
    at_home = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
    found = running(at_home, window("sun", at="00:00-06:00"))
    assert found == Slot(
        datetime(2026, 11, 21, 15, tzinfo=UTC), datetime(2026, 11, 21, 21, tzinfo=UTC)
    )


@pytest.mark.parametrize("now", ["2026-11-22T23:30", "2026-11-23T01:59"])
def test_a_window_across_midnight_belongs_to_the_day_it_starts(now: str) -> None:
    found = running(tokyo(now), window("sun", at="23:00-02:00"))
    assert found == Slot(tokyo("2026-11-22T23:00"), tokyo("2026-11-23T02:00"))
    assert running(tokyo("2026-11-22T01:00"), window("sun", at="23:00-02:00")) is None


def test_an_end_at_24_is_midnight() -> None:
    found = running(tokyo("2026-11-22T23:59"), window("sun", at="21:00-24:00"))
    assert found is not None
    assert found.end == tokyo("2026-11-23T00:00")


@pytest.mark.parametrize("days", [(), ("daily",), ("Daily",)])
def test_no_day_or_daily_is_every_day(days: tuple[str, ...]) -> None:
    for day in range(16, 23):
        assert running(tokyo(f"2026-11-{day}T04:00"), window(*days, at="03:00-05:00"))


@pytest.mark.parametrize(
    ("day", "dates"),
    [
        ("first mon", {2}),
        ("second mon", {9}),
        ("third sun", {15}),
        ("fourth sun", {22}),
        ("fifth mon", {30}),
        ("last mon", {30}),
        ("last sat", {28}),
        ("LAST Sun", {29}),
        ("mon", {2, 9, 16, 23, 30}),
    ],
)
def test_days_of_the_month(day: str, dates: set[int]) -> None:
    hits = {
        date
        for date in range(1, 31)
        if running(tokyo(f"2026-11-{date:02}T01:00"), window(day, at="00:00-02:00"))
    }
    assert hits == dates


def test_windows_that_touch_are_one_so_that_until_is_true() -> None:
    found = running(
        tokyo("2026-11-22T22:30"),
        window("sun", at="22:00-24:00"),
        window("mon", at="00:00-06:00"),
        window("mon", at="05:00-07:00"),
    )
    assert found == Slot(tokyo("2026-11-22T22:00"), tokyo("2026-11-23T07:00"))


def test_says_which_comes_next() -> None:
    windows = (window("last mon", at="01:00-03:00"), window("sun", at="00:00-06:00"))
    now = tokyo("2026-11-23T12:00")
    assert coming(now, *windows).start == tokyo("2026-11-29T00:00")
    assert [each.start for each in slots(windows, now)][:2] == [
        tokyo("2026-11-29T00:00"),
        tokyo("2026-11-30T01:00"),
    ]


def test_a_window_in_the_hour_that_the_clocks_skip_keeps_its_length() -> None:
    # Berlin 2026-03-29: 02:00 becomes 03:00.
    skipped = window("sun", at="02:15-02:45", zone="Europe/Berlin")
    found = coming(datetime(2026, 3, 29, 0, 0, tzinfo=UTC), skipped)
    assert found.start == datetime(2026, 3, 29, 1, 15, tzinfo=UTC)
    assert found.end == datetime(2026, 3, 29, 1, 45, tzinfo=UTC)


def test_a_window_over_the_skip_is_an_hour_shorter() -> None:
    found = coming(
        datetime(2026, 3, 28, 23, 30, tzinfo=UTC), window(at="01:00-04:00", zone="Europe/Berlin")
    )
    assert found.end - found.start == timedelta(hours=2)


def test_of_an_hour_that_comes_twice_both_belong_to_the_window() -> None:
    # Berlin 2026-10-25: 03:00 becomes 02:00.
    twice = window("sun", at="02:00-02:30", zone="Europe/Berlin")
    found = coming(datetime(2026, 10, 24, 22, 0, tzinfo=UTC), twice)
    assert found.start == datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    assert found.end == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "broken",
    [
        MaintenanceWindow(days=("sunday",), start="00:00", end="06:00"),
        MaintenanceWindow(days=("sixth mon",), start="00:00", end="06:00"),
        MaintenanceWindow(days=("",), start="00:00", end="06:00"),
        MaintenanceWindow(start="6:00", end="07:00"),
        MaintenanceWindow(start="24:00", end="07:00"),
        MaintenanceWindow(start="00:00", end="25:00"),
        MaintenanceWindow(start="00:00", end="０６:00"),
        MaintenanceWindow(start="00:00", end="06:00", timezone="Asia/Edo"),
        MaintenanceWindow(start="00:00", end="06:00", timezone="../../etc/passwd"),
        MaintenanceWindow(start="00:00", end="06:00", timezone=""),
    ],
)
def test_what_cannot_be_read_is_refused(broken: MaintenanceWindow) -> None:
    with pytest.raises(ValueError, match=r"."):
        slots((broken,), datetime(2026, 11, 22, tzinfo=UTC))


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ORDINALS = ("", "first ", "second ", "third ", "fourth ", "fifth ", "last ")
times = st.builds(lambda h, m: f"{h:02}:{m:02}", st.integers(0, 23), st.integers(0, 59))
windows = st.builds(
    MaintenanceWindow,
    days=st.lists(
        st.builds(lambda o, d: o + d, st.sampled_from(ORDINALS), st.sampled_from(DAYS)), max_size=3
    ).map(tuple),
    start=times,
    end=times,
    timezone=st.sampled_from(
        ("UTC", "Asia/Tokyo", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")
    ),
)
instants = st.integers(0, 15 * 365 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(st.lists(windows, max_size=4), instants)
def test_slots_are_in_order_apart_and_not_over(
    plan: list[MaintenanceWindow], now: datetime
) -> None:
    found = slots(plan, now)
    assert all(now < each.end and each.start < each.end for each in found)
    assert all(a.end < b.start for a, b in pairwise(found))
    assert bool(found) is bool(plan)


@given(windows, instants)
def test_a_slot_starts_on_its_day_and_time_in_the_vendors_zone(
    plan: MaintenanceWindow, now: datetime
) -> None:
    zone = ZoneInfo(plan.timezone)
    apart = MaintenanceWindow(
        days=plan.days, start=plan.start, end=plan.end, timezone=plan.timezone
    )
    for slot in slots((apart,), now):
        local = slot.start.astimezone(zone)
        skipped = local.utcoffset() != (local - timedelta(hours=2)).utcoffset()
        assert f"{local:%H:%M}" == plan.start or skipped
        if plan.days and not skipped:
            assert any(day.endswith(DAYS[local.weekday()]) for day in plan.days)


@given(windows, instants)
def test_being_inside_agrees_with_the_wall_clock(plan: MaintenanceWindow, now: datetime) -> None:
    """Against a definition that shares nothing with the code: the clock on the vendor's wall."""
    if plan.days or plan.start == plan.end:
        return
    wall = f"{now.astimezone(ZoneInfo(plan.timezone)):%H:%M}"
    if plan.start < plan.end:
        expected = plan.start <= wall < plan.end
    else:
        expected = wall >= plan.start or wall < plan.end
    zone = ZoneInfo(plan.timezone)
    near = [now + timedelta(hours=hours) for hours in (-26, 26)]
    if len({each.astimezone(zone).utcoffset() for each in (*near, now)}) > 1:
        return
    assert (running(now, plan) is not None) is expected


def test_a_next_window_is_found_within_the_horizon_whatever_the_day() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for offset in range(0, 1500, 7):
        now = start + timedelta(days=offset)
        found = slots((window("fifth sun", at="00:00-01:00", zone="UTC"),), now)
        assert found
        assert found[0].start - now < timedelta(days=HORIZON_DAYS)
