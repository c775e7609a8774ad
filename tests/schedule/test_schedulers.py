"""What is written for each scheduler, as that scheduler reads it."""

from __future__ import annotations

import os
import plistlib
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from diag.schedule import cron, installation, launchd, made_up, systemd, task_scheduler
from diag.schedule.model import Asked, Installation, NotPossible, Schedule
from diag.schedule.when import from_cron

SCHEDULE = Schedule(
    name="checkup",
    cron="17 * * * *",
    asked=Asked("every", "1h"),
    scheduler="cron",
    app="/home/taro/promise.toml",
    config=None,
    added_at=datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
)
HERE = Installation(
    command=("/home/taro/.local/bin/diag",),
    environment={"PATH": "/usr/bin:/bin", "LANG": "ja_JP.UTF-8"},
    home=Path("/home/taro"),
)
AWKWARD = Installation(
    command=("/home/ta ro/100%/$HOME/di'a\"g\\",),
    environment={"XDG_STATE_HOME": "/home/ta ro/100%/$x/\"'\\"},
    home=Path("/home/ta ro"),
)


def at(text: str) -> Schedule:
    return msgspec.structs.replace(SCHEDULE, cron=text)


# --- cron ---------------------------------------------------------------------------------------

OTHERS = st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"]))


@given(OTHERS, OTHERS)
def test_what_others_wrote_is_untouched(above: str, below: str) -> None:
    """Added, changed and removed again, with lines of others above and below."""
    if cron.BEGIN in above + below or cron.END in above + below:
        return
    added = cron.crontab(above, [SCHEDULE], HERE)
    assert added.startswith(above)
    grown = added + below
    changed = cron.crontab(grown, [at("5 4 * * *"), SCHEDULE], HERE)
    assert changed.startswith(above)
    assert changed.endswith(cron.END + "\n" + below)
    removed = cron.crontab(changed, [], HERE)
    ended = above if above.endswith("\n") or not above else above + "\n"
    assert removed == ended + below


def test_a_line_is_run_by_sh_as_it_was_meant() -> None:
    text = cron.crontab("", [SCHEDULE], AWKWARD)
    line = next(each for each in text.splitlines() if each.startswith("17 "))
    assert re.search(r"(?<!\\)%", line) is None, "cron would cut it there"
    command = line.split(" ", 5)[5].replace("\\%", "%")  # as cron hands it to sh
    shown = subprocess.run(
        ["sh", "-c", "say() { printf '%s\\n' \"$@\"; }; say " + command.replace("&& ", "&& say ")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.splitlines() == [
        *("test", "-x", AWKWARD.command[0]),
        "env",
        f"XDG_STATE_HOME={AWKWARD.environment['XDG_STATE_HOME']}",
        *AWKWARD.command,
        "schedule",
        "run",
        "checkup",
    ]


@pytest.mark.parametrize("start", ["17 ", "@reboot "])
def test_cron_has_nothing_to_mail_once_diag_is_uninstalled(tmp_path: Path, start: str) -> None:
    program = tmp_path / "diag"
    here = msgspec.structs.replace(HERE, command=(str(program),))
    lines = cron.crontab("", [SCHEDULE], here).splitlines()
    line = next(each for each in lines if each.startswith(start))
    command = "test -x " + line.partition("test -x ")[2]

    def mail() -> str:
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    assert mail() == ""
    program.write_text("#!/bin/sh\necho it runs\n")
    program.chmod(0o755)
    assert mail() == "it runs\n"


@pytest.mark.parametrize("installation", [HERE, AWKWARD])
def test_nothing_that_others_can_read_names_the_app(installation: Installation) -> None:
    for text in (
        cron.crontab("", [SCHEDULE], installation),
        systemd.service(SCHEDULE, installation) + systemd.timer(SCHEDULE),
        launchd.plist(SCHEDULE, installation).decode(),
        task_scheduler.xml(SCHEDULE, installation).decode("utf-16"),
        systemd.unit(SCHEDULE) + launchd.label(SCHEDULE) + task_scheduler.task(SCHEDULE),
    ):
        assert "promise" not in text


# --- systemd ------------------------------------------------------------------------------------


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None and "CI" not in os.environ,
    reason="systemd-analyze is not installed",
)
def test_systemd_accepts_the_units_and_starts_what_was_meant(tmp_path: Path) -> None:
    program = tmp_path / "100% $HOME" / "diag"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    here = msgspec.structs.replace(AWKWARD, command=(str(program),))
    (tmp_path / "diag-checkup.service").write_text(systemd.service(SCHEDULE, here))
    (tmp_path / "diag-checkup.timer").write_text(systemd.timer(at("30 8 13 * fri")))
    done = subprocess.run(
        [
            "systemd-analyze",
            "verify",
            "--man=no",
            "--recursive-errors=no",
            str(tmp_path / "diag-checkup.timer"),
            str(tmp_path / "diag-checkup.service"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    program.unlink()  # so that the test is known to look at the program
    broken = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / "diag-checkup.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{program} is not executable" in broken.stderr


def test_a_missed_run_is_made_up_for_and_a_fault_found_is_no_failure() -> None:
    assert "Persistent=true" in systemd.timer(SCHEDULE).splitlines()
    assert "SuccessExitStatus=1 3" in systemd.service(SCHEDULE, HERE).splitlines()


def test_devices_that_wake_together_do_not_ask_together() -> None:
    """And what the spread may delay is not taken for a run that is made up for."""
    lines = systemd.timer(SCHEDULE).splitlines()
    (delay,) = [line for line in lines if line.startswith("RandomizedDelaySec=")]
    assert 30 <= int(delay.partition("=")[2]) < made_up.LATE_AFTER.total_seconds()


def test_systemd_starts_nothing_once_diag_is_uninstalled() -> None:
    """systemd.unit(5): a condition that does not hold skips the unit, which has not failed then."""
    condition = "ConditionFileIsExecutable="
    assert f"{condition}/home/taro/.local/bin/diag" in systemd.service(SCHEDULE, HERE).splitlines()
    awkward = condition + AWKWARD.command[0].replace("%", "%%")
    assert awkward in systemd.service(SCHEDULE, AWKWARD).splitlines()


def test_units_are_the_users_own_or_as_root_the_systems() -> None:
    assert systemd.directory(HERE) == Path("/home/taro/.config/systemd/user")
    elsewhere = msgspec.structs.replace(HERE, environment={"XDG_CONFIG_HOME": "/cfg"})
    assert systemd.directory(elsewhere) == Path("/cfg/systemd/user")
    root = msgspec.structs.replace(HERE, root=True)
    assert systemd.directory(root) == Path("/etc/systemd/system")
    assert systemd.adding(SCHEDULE, HERE).commands[0][:2] == ("systemctl", "--user")
    assert "--user" not in systemd.adding(SCHEDULE, root).commands[0]


# --- launchd ------------------------------------------------------------------------------------

PLIST_TYPES: dict[str, type] = {
    "Label": str,
    "ProgramArguments": list,
    "EnvironmentVariables": dict,
    "StartCalendarInterval": list,
    "ProcessType": str,
    "LowPriorityIO": bool,
    "Nice": int,
}
"""launchd.plist(5): the keys that diag uses, and their types."""

INTERVAL_RANGES = {
    "Minute": (0, 59),
    "Hour": (0, 23),
    "Day": (1, 31),
    "Weekday": (0, 7),
    "Month": (1, 12),
}


@pytest.mark.parametrize("installation", [HERE, AWKWARD])
def test_a_plist_round_trips_and_keeps_to_launchds_keys(installation: Installation) -> None:
    data = launchd.plist(at("*/20 8 * * 1-5"), installation)
    assert b"<!DOCTYPE plist PUBLIC" in data
    read = plistlib.loads(data)
    assert plistlib.loads(plistlib.dumps(read, fmt=plistlib.FMT_BINARY)) == read
    assert {key: type(value) for key, value in read.items()} == PLIST_TYPES
    assert read["ProgramArguments"] == [*installation.command, "schedule", "run", "checkup"]
    assert read["EnvironmentVariables"] == installation.environment
    for interval in read["StartCalendarInterval"]:
        for key, value in interval.items():
            low, high = INTERVAL_RANGES[key]
            assert low <= value <= high


@pytest.mark.parametrize(
    ("text", "intervals"),
    [
        ("17 * * * *", [{"Minute": 17}]),
        ("30 8 * * *", [{"Hour": 8, "Minute": 30}]),
        ("0 0 1 1 *", [{"Hour": 0, "Minute": 0, "Month": 1, "Day": 1}]),
        (
            "0 9 13 * 5",
            [{"Hour": 9, "Minute": 0, "Day": 13}, {"Hour": 9, "Minute": 0, "Weekday": 5}],
        ),
        ("* * * * *", [{}]),
    ],
)
def test_launchds_intervals(text: str, intervals: list[dict[str, int]]) -> None:
    assert launchd.intervals(from_cron(text)) == intervals


@pytest.mark.parametrize("text", ["0 0 */2 * mon", "*/2 * 1-20 * *"])
def test_what_launchd_cannot_do_is_said(text: str) -> None:
    with pytest.raises(NotPossible, match="launchd"):
        launchd.plist(at(text), HERE)


# --- Task Scheduler -----------------------------------------------------------------------------

MONTHS = {
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
}
WEEKDAYS = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
BOOLEAN, DURATION = "true|false", r"P(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?"
ANY = ".+"

IN_ORDER: dict[str, tuple[str, ...]] = {
    "CalendarTrigger": (
        *("Enabled", "StartBoundary", "EndBoundary", "Repetition", "ExecutionTimeLimit"),
        *("RandomDelay", "ScheduleByDay", "ScheduleByWeek", "ScheduleByMonth"),
        "ScheduleByMonthDayOfWeek",
    ),
    "Triggers": ("CalendarTrigger",) * 48,
    "DaysOfMonth": ("Day",) * 32,
    "Weeks": ("Week",) * 5,
    "Exec": ("Command", "Arguments", "WorkingDirectory"),
}
"""[MS-TSCH] 2.5: elements whose children stand in a sequence, with the most there may be."""

IN_ANY_ORDER: dict[str, set[str]] = {
    "Task": {"RegistrationInfo", "Triggers", "Settings", "Data", "Principals", "Actions"},
    "RegistrationInfo": {"URI", "Source", "Date", "Author", "Version", "Description"},
    "Repetition": {"Interval", "Duration", "StopAtDurationEnd"},
    "ScheduleByDay": {"DaysInterval"},
    "ScheduleByWeek": {"WeeksInterval", "DaysOfWeek"},
    "ScheduleByMonth": {"DaysOfMonth", "Months"},
    "ScheduleByMonthDayOfWeek": {"Weeks", "DaysOfWeek", "Months"},
    "DaysOfWeek": WEEKDAYS,
    "Months": MONTHS,
    "Principals": {"Principal"},
    "Principal": {"UserId", "LogonType", "GroupId", "DisplayName", "RunLevel"},
    "Settings": {
        *("AllowStartOnDemand", "MultipleInstancesPolicy", "DisallowStartIfOnBatteries"),
        *("StopIfGoingOnBatteries", "StartWhenAvailable", "ExecutionTimeLimit", "Priority"),
    },
    "Actions": {"Exec"},
}
"""The same for elements whose children stand once each, in any order."""

VALUES = {
    "StartBoundary": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d",
    "Interval": DURATION,
    "Duration": DURATION,
    "ExecutionTimeLimit": DURATION,
    "DaysInterval": r"[1-9]\d{0,2}",
    "WeeksInterval": r"[1-9]\d?",
    "Day": "[1-9]|[12][0-9]|3[01]|Last",
    "Week": "[1-4]|Last",
    "LogonType": "InteractiveToken|S4U|Password|InteractiveTokenOrPassword",
    "RunLevel": "LeastPrivilege|HighestAvailable",
    "MultipleInstancesPolicy": "Parallel|Queue|IgnoreNew|StopExisting",
    "DisallowStartIfOnBatteries": BOOLEAN,
    "StopIfGoingOnBatteries": BOOLEAN,
    "StartWhenAvailable": BOOLEAN,
    "Priority": "10|[0-9]",
    "UserId": ANY,
    "Description": ANY,
    "Command": ".{1,260}",
    "Arguments": ANY,
    **dict.fromkeys(WEEKDAYS | MONTHS, ""),
}


def complaints(element: ElementTree.Element) -> list[str]:
    """What the published schema would not have, below this element."""
    name = element.tag.removeprefix(f"{{{task_scheduler.NAMESPACE}}}")
    children = [child.tag.removeprefix(f"{{{task_scheduler.NAMESPACE}}}") for child in element]
    found = [each for child in element for each in complaints(child)]
    if name in VALUES:
        text = (element.text or "").strip()
        wrong = children or re.fullmatch(VALUES[name], text) is None
        return [f"{name}: {text}"] if wrong else found
    if name in IN_ORDER:
        allowed = iter(IN_ORDER[name])
        wrong = not all(any(child == each for each in allowed) for child in children)
    elif name in IN_ANY_ORDER:
        wrong = len(set(children)) < len(children) or not set(children) <= IN_ANY_ORDER[name]
    else:
        wrong = True
    return [f"{name}: {children}", *found] if wrong else found


def task(text: str, installation: Installation = HERE) -> Any:
    data = task_scheduler.xml(at(text), installation)
    assert data.startswith(b"\xff\xfe"), "schtasks wants UTF-16 with a mark"
    return fromstring(data.decode("utf-16").split("\n", 1)[1])


@pytest.mark.parametrize(
    "text",
    ["17 * * * *", "*/5 * * * *", "30 8 * * *", "0 9 13 * 5", "0 9 * 1,7 1-5", "0 9 1,31 * *"],
)
@pytest.mark.parametrize("installation", [HERE, AWKWARD])
def test_a_task_keeps_to_the_published_schema_and_round_trips(
    text: str, installation: Installation
) -> None:
    root = task(text, installation)
    assert root.tag == f"{{{task_scheduler.NAMESPACE}}}Task"
    assert complaints(root) == []
    again = fromstring(ElementTree.tostring(root))
    assert ElementTree.canonicalize(ElementTree.tostring(again)) == ElementTree.canonicalize(
        ElementTree.tostring(root)
    )
    command = root.find(f".//{{{task_scheduler.NAMESPACE}}}Command")
    assert command.text == installation.command[0]


def test_the_schema_check_would_notice() -> None:
    root = task("17 * * * *")
    trigger = root.find(f".//{{{task_scheduler.NAMESPACE}}}CalendarTrigger")
    trigger[:] = reversed(list(trigger))
    assert complaints(root)


def test_a_laptop_makes_up_for_what_it_slept_through_once_and_on_battery_too() -> None:
    """On battery diag leaves out what is heavy; the Task Scheduler would leave out everything."""
    space = f"{{{task_scheduler.NAMESPACE}}}"
    settings = task("17 * * * *").find(f"{space}Settings")
    said = {each.tag.removeprefix(space): each.text for each in settings}
    assert said["StartWhenAvailable"] == "true"
    assert said["MultipleInstancesPolicy"] == "IgnoreNew"
    assert said["DisallowStartIfOnBatteries"] == said["StopIfGoingOnBatteries"] == "false"
    assert said["ExecutionTimeLimit"] == "PT10M"


@pytest.mark.parametrize(
    ("text", "starts", "interval"),
    [
        ("17 * * * *", ["00:17:00"], "PT60M"),
        ("*/15 * * * *", ["00:00:00"], "PT15M"),
        ("5 1,7,13,19 * * *", ["01:05:00"], "PT360M"),
        ("30 8 * * *", ["08:30:00"], None),
        ("0 8,9 * * *", ["08:00:00", "09:00:00"], None),
    ],
)
def test_even_times_are_one_trigger_that_repeats(
    text: str, starts: list[str], interval: str | None
) -> None:
    root = task(text)
    space = f"{{{task_scheduler.NAMESPACE}}}"
    found = [each.text.partition("T")[2] for each in root.iter(f"{space}StartBoundary")]
    assert found == starts
    intervals = [each.text for each in root.iter(f"{space}Interval")]
    assert intervals == ([interval] if interval else [])


@pytest.mark.parametrize("text", ["0 0 */2 * mon", "1,2,3,5,8 * * * *"])
def test_what_the_task_scheduler_cannot_do_is_said(text: str) -> None:
    with pytest.raises(NotPossible, match="Task Scheduler"):
        task_scheduler.xml(at(text), HERE)


def test_on_windows_no_console_opens_on_the_users_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a virtual environment has them; without pythonw.exe it is the script, or python.exe."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python.exe"))
    assert "pythonw.exe" not in " ".join(installation.command("windows"))
    windowless = tmp_path / "pythonw.exe"
    windowless.touch()
    assert installation.command("windows") == (str(windowless), "-P", "-m", "diag")
    assert "pythonw.exe" not in " ".join(installation.command("linux"))


def test_a_module_is_not_taken_from_where_the_scheduler_starts_it(tmp_path: Path) -> None:
    (tmp_path / "diag").mkdir()
    (tmp_path / "diag/__init__.py").write_text("")
    (tmp_path / "diag/__main__.py").write_text("print('planted')")
    done = subprocess.run(
        [sys.executable, *installation.MODULE, "--version"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("diag, version")
