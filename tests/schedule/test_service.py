"""Which scheduler is used, and what putting a schedule into effect or taking it back leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from diag.model import Failed
from diag.schedule import launchd, systemd, task_scheduler
from diag.schedule.model import Installation, NotPossible, Plan
from diag.schedule.service import best, carry_out, described
from tests.schedule.test_schedulers import HERE, SCHEDULE
from tests.support import replay


def test_a_scheduler_that_refuses_leaves_nothing_behind(tmp_path: Path) -> None:
    here = msgspec.structs.replace(HERE, home=tmp_path)
    failing = ("systemctl", "--user", "daemon-reload")
    refused = (1, "", "Failed to connect to bus: No medium found")
    with pytest.raises(NotPossible, match="No medium found"):
        carry_out(systemd.adding(SCHEDULE, here), replay(commands={failing: refused}))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


GONE = (1, "", "it is not there")
STILL = (0, "active", "")
REMOVALS: dict[str, Callable[[Installation], Plan]] = {
    "systemd": lambda here: systemd.removing(SCHEDULE, here),
    "launchd": lambda here: launchd.removing(SCHEDULE, here, 501),
    "task-scheduler": lambda here: task_scheduler.removing(SCHEDULE, here),
}


@pytest.mark.parametrize("name", REMOVALS)
def test_what_was_taken_back_by_hand_is_no_hindrance(tmp_path: Path, name: str) -> None:
    plan = REMOVALS[name](msgspec.structs.replace(HERE, home=tmp_path))
    for each in plan.removed:
        each.parent.mkdir(parents=True, exist_ok=True)
        each.touch()
    refused: dict[tuple[str, ...], Any] = dict.fromkeys((*plan.commands, *plan.afterwards), GONE)
    carry_out(plan, replay(commands={**refused, plan.remains: GONE}))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", REMOVALS)
def test_what_could_not_be_taken_back_is_not_said_to_be_gone(tmp_path: Path, name: str) -> None:
    plan = REMOVALS[name](msgspec.structs.replace(HERE, home=tmp_path))
    for each in plan.removed:
        each.parent.mkdir(parents=True, exist_ok=True)
        each.touch()
    denied: dict[tuple[str, ...], Any] = dict.fromkeys(plan.commands, (1, "", "Access is denied."))
    with pytest.raises(NotPossible, match=r"Access is denied\."):
        carry_out(plan, replay(commands={**denied, plan.remains: STILL}))
    assert all(path.exists() for path in plan.removed)


def test_systemd_is_told_after_the_units_are_gone(tmp_path: Path) -> None:
    plan = systemd.removing(SCHEDULE, msgspec.structs.replace(HERE, home=tmp_path))
    assert plan.afterwards == (("systemctl", "--user", "daemon-reload"),)
    assert ("systemctl", "--user", "daemon-reload") not in plan.commands
    shown = described(plan)
    assert shown.index("would remove") < shown.index("daemon-reload")


@pytest.mark.parametrize(
    ("state", "tools", "expected"),
    [
        ((0, "running\n", ""), {}, "systemd"),
        ((1, "degraded\n", ""), {}, "systemd"),
        ((1, "offline\n", ""), {("crontab", "-l"): ""}, "cron"),
        (Failed("tool_missing", "run systemctl"), {("crontab", "-l"): ""}, "cron"),
    ],
)
def test_the_best_scheduler_is_the_one_that_runs(state: Any, tools: Any, expected: str) -> None:
    asked = ("systemctl", "--user", "is-system-running")
    assert best(replay(commands={asked: state, **tools})) == expected
    assert best(replay("macos")) == "launchd"
    assert best(replay("windows")) == "task-scheduler"
    with pytest.raises(NotPossible, match="install cron"):
        best(replay(commands={asked: Failed("tool_missing", "run systemctl")}))
