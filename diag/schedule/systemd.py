"""systemd: a timer that makes up for missed runs (Persistent=), and the service it starts.

systemd.timer(5), systemd.service(5), systemd.time(7). For the user's own manager; as root for the
system's.
"""

from __future__ import annotations

from pathlib import Path

from diag.schedule.model import File, Installation, Plan, Schedule, run_command
from diag.schedule.when import Field, When, from_cron

_WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")

SPREAD_S = 60
"""After sleep or a start many timers are due at once."""


def unit(schedule: Schedule) -> str:
    return f"diag-{schedule.name}"


def directory(installation: Installation) -> Path:
    if installation.root:
        return Path("/etc/systemd/system")
    config = installation.environment.get("XDG_CONFIG_HOME")
    return (Path(config) if config else installation.home / ".config") / "systemd/user"


def adding(schedule: Schedule, installation: Installation) -> Plan:
    place, name = directory(installation), unit(schedule)
    return Plan(
        files=(
            File(place / f"{name}.service", service(schedule, installation).encode()),
            File(place / f"{name}.timer", timer(schedule).encode()),
        ),
        commands=(
            _systemctl(installation, "daemon-reload"),
            _systemctl(installation, "enable", "--now", f"{name}.timer"),
        ),
    )


def removing(schedule: Schedule, installation: Installation) -> Plan:
    place, name = directory(installation), unit(schedule)
    return Plan(
        commands=(
            _systemctl(installation, "disable", "--now", f"{name}.timer"),
            _systemctl(installation, "stop", f"{name}.timer"),  # its file may be gone already
        ),
        removed=(place / f"{name}.timer", place / f"{name}.service"),
        afterwards=(_systemctl(installation, "daemon-reload"),),
        remains=_systemctl(installation, "is-active", f"{name}.timer"),
    )


def _systemctl(installation: Installation, *words: str) -> tuple[str, ...]:
    return ("systemctl", *(() if installation.root else ("--user",)), *words)


def service(schedule: Schedule, installation: Installation) -> str:
    environment = "".join(
        f"Environment={_quoted(f'{name}={value}')}\n"
        for name, value in installation.environment.items()
    )
    program, *arguments = run_command(schedule, installation)
    command = " ".join([_quoted(program), *map(_argument, arguments)])
    # Without diag, which may have been uninstalled, nothing is started and nothing fails.
    # A fault that was found (1) or not told (3) is a result: the unit has not failed.
    return (
        "[Unit]\n"
        "Description=Check-up of this device\n"
        f"ConditionFileIsExecutable={program.replace('%', '%%')}\n\n"
        "[Service]\n"
        "Type=oneshot\n"
        f"{environment}"
        f"ExecStart={command}\n"
        "SuccessExitStatus=1 3\n"
        "Nice=10\n"
        "IOSchedulingClass=idle\n"
        "TimeoutStartSec=10min\n"
    )


def timer(schedule: Schedule) -> str:
    times = "".join(f"OnCalendar={each}\n" for each in on_calendar(from_cron(schedule.cron)))
    return (
        "[Unit]\n"
        "Description=When the device is checked\n\n"
        "[Timer]\n"
        f"{times}"
        "Persistent=true\n"
        "AccuracySec=1s\n"
        f"RandomizedDelaySec={SPREAD_S}\n\n"
        "[Install]\n"
        "WantedBy=timers.target\n"
    )


def on_calendar(when: When) -> list[str]:
    """Calendar events (systemd.time(7)); two where a day of either kind is enough."""
    clock = f"{_listed(when.hour)}:{_listed(when.minute)}:00"
    month = _listed(when.month)
    by_day = f"*-{month}-{_listed(when.day)} {clock}"
    weekdays = ",".join(_WEEKDAYS[number] for number in when.weekday.numbers)
    if when.either:
        return [by_day, f"{weekdays} *-{month}-* {clock}"]
    return [by_day if when.weekday.full else f"{weekdays} {by_day}"]


def _listed(field: Field) -> str:
    return "*" if field.full else ",".join(f"{number:02d}" for number in field.numbers)


def _argument(text: str) -> str:
    return _quoted(text).replace("$", "$$")


def _quoted(text: str) -> str:
    """In quotes, percent signs taken literally (systemd.unit(5)). A dollar sign means something in
    the arguments of a command only, not in its program or in Environment= (systemd.service(5))."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'
