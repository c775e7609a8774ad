"""Windows Task Scheduler: a task as XML, version 1.2 ([MS-TSCH] 2.5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree  # written only, never read

from diag.schedule.model import File, Installation, NotPossible, Plan, Schedule, run_command
from diag.schedule.when import When, from_cron

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
MOST_TRIGGERS = 48
"""The most that a task may have."""

_MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WEEKDAY_NAMES = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def task(schedule: Schedule) -> str:
    return f"\\diag\\{schedule.name}"


def path(schedule: Schedule, installation: Installation) -> Path:
    """Where the XML is kept: schtasks reads it from a file."""
    return installation.home / "AppData/Local/diag" / f"{schedule.name}.xml"


def adding(schedule: Schedule, installation: Installation) -> Plan:
    place = path(schedule, installation)
    return Plan(
        files=(File(place, xml(schedule, installation)),),
        commands=(("schtasks", "/Create", "/TN", task(schedule), "/XML", str(place), "/F"),),
    )


def removing(schedule: Schedule, installation: Installation) -> Plan:
    return Plan(
        commands=(("schtasks", "/Delete", "/TN", task(schedule), "/F"),),
        removed=(path(schedule, installation),),
        remains=("schtasks", "/Query", "/TN", task(schedule)),
    )


def xml(schedule: Schedule, installation: Installation) -> bytes:
    """In UTF-16 with a mark, as schtasks wants it. Raises NotPossible."""
    root = ElementTree.Element("Task", {"version": "1.2", "xmlns": NAMESPACE})
    about = _under(root, "RegistrationInfo")
    _under(about, "Description", "Check-up of this device")
    _triggers(_under(root, "Triggers"), schedule)
    principal = _under(_under(root, "Principals"), "Principal")
    principal.set("id", "Author")
    if installation.root:
        _under(principal, "UserId", "S-1-5-18")
    else:
        _under(principal, "LogonType", "InteractiveToken")
    _under(principal, "RunLevel", "LeastPrivilege")
    settings = _under(root, "Settings")
    for name, value in (
        ("MultipleInstancesPolicy", "IgnoreNew"),
        ("DisallowStartIfOnBatteries", "false"),
        ("StopIfGoingOnBatteries", "false"),
        ("StartWhenAvailable", "true"),
        ("ExecutionTimeLimit", "PT10M"),
        ("Priority", "8"),
    ):
        _under(settings, name, value)
    actions = _under(root, "Actions")
    actions.set("Context", "Author")
    program, *arguments = run_command(schedule, installation)
    execute = _under(actions, "Exec")
    _under(execute, "Command", program)
    _under(execute, "Arguments", " ".join(map(_quoted, arguments)))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-16"?>\n{text}\n'.encode("utf-16")


def _triggers(parent: ElementTree.Element, schedule: Schedule) -> None:
    when = from_cron(schedule.cron)
    times = [timedelta(hours=each.hour, minutes=each.minute) for each in when.times()]
    step = _even_step(times)
    starts = times[:1] if step else times
    kinds = 2 if when.either else 1
    if len(starts) * kinds > MOST_TRIGGERS:
        raise NotPossible("that is too many different times for the Task Scheduler; use --every.")
    if not when.either and not (when.day.full or when.weekday.full):
        raise NotPossible("the Task Scheduler has no days that are of both kinds at once.")
    midnight = schedule.added_at.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    for start in starts:
        if when.either or when.weekday.full:
            _calendar(parent, midnight + start, step, when, by_week=False)
        if when.either or not when.weekday.full:
            _calendar(parent, midnight + start, step, when, by_week=True)


def _even_step(times: list[timedelta]) -> timedelta | None:
    """The time between runs if they are spread evenly over the whole day."""
    if len(times) < 2:
        return None
    steps = {after - before for before, after in pairwise([*times, times[0] + timedelta(days=1)])}
    return steps.pop() if len(steps) == 1 else None


def _calendar(
    parent: ElementTree.Element,
    start: datetime,
    step: timedelta | None,
    when: When,
    *,
    by_week: bool,
) -> None:
    trigger = _under(parent, "CalendarTrigger")
    _under(trigger, "StartBoundary", start.isoformat())
    if step is not None:
        repetition = _under(trigger, "Repetition")
        _under(repetition, "Interval", f"PT{int(step.total_seconds()) // 60}M")
        _under(repetition, "Duration", "P1D")
    if when.every_day:
        _under(_under(trigger, "ScheduleByDay"), "DaysInterval", "1")
    elif by_week:
        if not when.month.full:
            months = _under(trigger, "ScheduleByMonthDayOfWeek")
            weeks = _under(months, "Weeks")
            for week in ("1", "2", "3", "4", "Last"):
                _under(weeks, "Week", week)
            _weekdays(months, when)
            _months(months, when)
        else:
            weekly = _under(trigger, "ScheduleByWeek")
            _under(weekly, "WeeksInterval", "1")
            _weekdays(weekly, when)
    else:
        monthly = _under(trigger, "ScheduleByMonth")
        days = _under(monthly, "DaysOfMonth")
        for day in when.day.numbers:
            _under(days, "Day", str(day))
        _months(monthly, when)


def _weekdays(parent: ElementTree.Element, when: When) -> None:
    days = _under(parent, "DaysOfWeek")
    for number in when.weekday.numbers:
        _under(days, _WEEKDAY_NAMES[number])


def _months(parent: ElementTree.Element, when: When) -> None:
    months = _under(parent, "Months")
    for number in when.month.numbers:
        _under(months, _MONTH_NAMES[number - 1])


def _under(parent: ElementTree.Element, name: str, text: str | None = None) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name)
    child.text = text
    return child


def _quoted(argument: str) -> str:
    """By the rules of CommandLineToArgvW, for words that hold no quotes."""
    return f'"{argument}"' if " " in argument else argument
