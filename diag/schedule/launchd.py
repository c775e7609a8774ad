"""launchd: a property list in the user's LaunchAgents (launchd.plist(5)).

What is due while the Mac sleeps runs once when it wakes; what is due while it is off is left out.
"""

from __future__ import annotations

import plistlib
from pathlib import Path
from typing import Any

from diag.schedule.model import File, Installation, NotPossible, Plan, Schedule, run_command
from diag.schedule.when import When, from_cron

MOST_TIMES = 400


def label(schedule: Schedule) -> str:
    return f"diag.{schedule.name}"


def path(schedule: Schedule, installation: Installation) -> Path:
    if installation.root:
        return Path("/Library/LaunchDaemons") / f"{label(schedule)}.plist"
    return installation.home / "Library/LaunchAgents" / f"{label(schedule)}.plist"


def adding(schedule: Schedule, installation: Installation, uid: int) -> Plan:
    place = path(schedule, installation)
    domain = _domain(installation, uid)
    return Plan(
        files=(File(place, plist(schedule, installation)),),
        commands=(("launchctl", "bootstrap", domain, str(place)),),
    )


def removing(schedule: Schedule, installation: Installation, uid: int) -> Plan:
    service = f"{_domain(installation, uid)}/{label(schedule)}"
    return Plan(
        commands=(("launchctl", "bootout", service),),
        removed=(path(schedule, installation),),
        remains=("launchctl", "print", service),
    )


def _domain(installation: Installation, uid: int) -> str:
    return "system" if installation.root else f"gui/{uid}"


def plist(schedule: Schedule, installation: Installation) -> bytes:
    return plistlib.dumps(
        {
            "Label": label(schedule),
            "ProgramArguments": list(run_command(schedule, installation)),
            "EnvironmentVariables": dict(installation.environment),
            "StartCalendarInterval": intervals(from_cron(schedule.cron)),
            "ProcessType": "Background",
            "LowPriorityIO": True,
            "Nice": 10,
        }
    )


def intervals(when: When) -> list[dict[str, int]]:
    """One dictionary for each time; a key that is left out stands for any. Raises NotPossible."""
    by_day = _with(_with(_clock(when), "Month", when.month), "Day", when.day)
    by_weekday = _with(_with(_clock(when), "Month", when.month), "Weekday", when.weekday)
    if when.day.full:
        found = by_weekday
    elif when.weekday.full:
        found = by_day
    elif when.either:
        found = by_day + by_weekday
    else:
        raise NotPossible("launchd has no days that are of both kinds at once.")
    if len(found) > MOST_TIMES:
        raise NotPossible("that is too many different times for launchd; use --every.")
    return found


def _clock(when: When) -> list[dict[str, int]]:
    return _with(_with([{}], "Hour", when.hour), "Minute", when.minute)


def _with(dictionaries: list[dict[str, int]], key: str, field: Any) -> list[dict[str, int]]:
    if field.full:
        return dictionaries
    return [{**each, key: number} for each in dictionaries for number in field.numbers]
