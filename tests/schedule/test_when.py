"""When schedules run: against systemd's own calendar, which knows nothing of ours."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from diag.schedule.systemd import on_calendar
from diag.schedule.when import BadTime, from_at, from_cron, from_every

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ZONE = ZoneInfo("UTC")
ANALYZE = shutil.which("systemd-analyze")

needs_systemd = pytest.mark.skipif(
    ANALYZE is None and "CI" not in os.environ, reason="systemd-analyze is not installed"
)

CRON = [
    "* * * * *",
    "*/20 8 * * 1-5",
    "30 8 * * mon-fri",
    "0 0 1 * *",
    "15 3 29 feb *",
    "0 12 13 * fri",
    "5,35 */6 * jan-mar 7",
    "0 22 1-7/2 * *",
    "10-14 1 31 * *",
    "0 4 */2 * mon",
    "@weekly",
]


def systemds(event: str, count: int) -> list[datetime]:
    """The next elapses of a calendar event after NOW, as systemd computes them."""
    assert ANALYZE is not None
    done = subprocess.run(
        [
            ANALYZE,
            "calendar",
            f"--iterations={count}",
            f"--base-time={NOW:%Y-%m-%d %H:%M:%S} UTC",
            event,
        ],
        env={"TZ": "UTC", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.findall(r"(?:Next elapse|Iter\. #\d+): \w+ ([-0-9]+ [:0-9]+) UTC", done.stdout)
    return [datetime.fromisoformat(each).replace(tzinfo=UTC) for each in found]


@needs_systemd
@pytest.mark.parametrize("text", CRON)
def test_runs_are_when_systemd_says(text: str) -> None:
    when = from_cron(text)
    expected = sorted({at for event in on_calendar(when) for at in systemds(event, 12)})[:12]
    found: list[datetime] = []
    at = NOW
    while len(found) < len(expected):
        following = when.next_after(at, ZONE)
        assert following is not None
        found.append(following)
        at = following
    assert found == expected
    assert when.last_before(found[-1], ZONE) == found[-2]


def test_either_kind_of_day_is_enough_unless_one_begins_with_a_star() -> None:
    either = from_cron("0 0 13 * fri")
    assert [either.on((NOW + timedelta(days=day)).date()) for day in (5, 12, 21)] == [
        True,  # Friday 27 November
        True,  # Friday 4 December
        True,  # 13 December, a Sunday
    ]
    both = from_cron("0 0 */2 * fri")
    assert not both.on((NOW + timedelta(days=12)).date()), "4 December is no odd day"
    assert both.on((NOW + timedelta(days=5)).date())


def test_times_are_local_also_when_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    daily = from_cron("30 8 * * *")
    before = datetime(2026, 10, 24, 12, tzinfo=UTC)  # clocks go back in the night to the 25th
    first = daily.next_after(before, berlin)
    assert first == datetime(2026, 10, 25, 7, 30, tzinfo=UTC)
    assert daily.last_before(first, berlin) == datetime(2026, 10, 24, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "* * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "5-1 * * * *",
        "*/0 * * * *",
        "a * * * *",
        "0 0 30 2 *",
        "1,,2 * * * *",
        "@reboot",
    ],
)
def test_what_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(BadTime):
        from_cron(text)


@pytest.mark.parametrize(
    ("text", "gap"),
    [("5m", 5), ("30m", 30), ("60m", 60), ("1h", 60), ("6h", 360), ("24h", 1440), ("1d", 1440)],
)
def test_every_is_even_and_spread_by_chance(text: str, gap: int) -> None:
    firsts = set()
    for chance in range(0, 3600, 7):
        when = from_cron(from_every(text, NOW, chance))
        first = when.next_after(NOW, ZONE)
        assert first is not None
        assert when.next_after(first, ZONE) == first + timedelta(minutes=gap)
        firsts.add(first)
    assert len(firsts) == min(gap, 60)


@pytest.mark.parametrize("text", ["7m", "5h", "1w", "0h", "2d", "", "1", "-1h"])
def test_every_what_is_not_even_is_refused(text: str) -> None:
    with pytest.raises(BadTime, match="--cron"):
        from_every(text, NOW, 0)


def test_at_is_kept_within_five_minutes_also_over_midnight() -> None:
    assert from_at("08:30", 0) == "30 8 * * *"
    assert {from_at("23:58", chance) for chance in range(5)} == {
        "58 23 * * *",
        "59 23 * * *",
        "0 0 * * *",
        "1 0 * * *",
        "2 0 * * *",
    }
    for text in ("24:00", "8", "8:3", "08:60", "noon"):
        with pytest.raises(BadTime):
            from_at(text, 0)
