"""What every scheduler needs: the schedule, this installation, and what is to be written."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

from msgspec import Struct

NAME_FORM = "[a-z0-9][a-z0-9-]{0,30}"


class Asked(Struct, frozen=True):
    """The times as they were asked for: `--every 1h`, `--at 08:30` or `--cron "0 9 * * 1"`."""

    how: Literal["every", "at", "cron"]
    times: str


class Schedule(Struct, frozen=True, kw_only=True):
    """A schedule as diag keeps it, for its owner only: schedulers get its neutral name.

    `cron`: its times as five fields of crontab(5). `config`: a settings file named by `--config`.
    """

    name: str
    cron: str
    asked: Asked
    scheduler: str
    app: str | None
    config: str | None
    added_at: datetime


class Installation(Struct, frozen=True, kw_only=True):
    """How to start this diag, also after an upgrade, and what a bare environment lacks."""

    command: tuple[str, ...]
    environment: dict[str, str]
    home: Path
    root: bool = False


class File(Struct, frozen=True):
    """A file to write (private modes would keep some schedulers from reading it)."""

    path: Path
    data: bytes


class Plan(Struct, frozen=True, kw_only=True):
    """What putting a schedule into effect, or taking it back, does: in this order."""

    files: tuple[File, ...] = ()
    crontab: str | None = None
    """The user's whole new crontab."""
    commands: tuple[tuple[str, ...], ...] = ()
    """Tool and arguments."""
    removed: tuple[Path, ...] = ()
    afterwards: tuple[tuple[str, ...], ...] = ()
    """What tells the scheduler that files are gone."""
    remains: tuple[str, ...] = ()
    """What ends with 0 while the schedule is still in effect."""


class NotPossible(Exception):
    """This scheduler cannot do that; the message says why in plain words."""


def run_command(schedule: Schedule, installation: Installation) -> tuple[str, ...]:
    return (*installation.command, "schedule", "run", schedule.name)
