"""cron: a marked block in the user's crontab. What others wrote there stays as it is, byte by byte.

A line of crontab(5) is a command for sh in which a percent sign ends the command. cron gives it
almost no environment, and settings above it would be settings for the lines of others too: hence
`env` on the line itself. Without diag, which may have been uninstalled, a line does nothing:
cron would mail every time that it was not found.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

from diag.schedule.model import Installation, Schedule, run_command

BEGIN = "# BEGIN diag (written by `diag schedule`; changes here are overwritten)"
END = "# END diag"

CATCH_UP_AFTER_S = 120
"""How long after the start of the device missed runs are made up for: the network comes first."""

_BLOCK = re.compile(
    rf"^{re.escape(BEGIN)}\n.*?^{re.escape(END)}(?:\n|\Z)", re.DOTALL | re.MULTILINE
)


def crontab(present: str, schedules: Iterable[Schedule], installation: Installation) -> str:
    """The crontab with diag's block as these schedules need it; without schedules, without it."""
    block = _block(list(schedules), installation)
    if _BLOCK.search(present):
        return _BLOCK.sub(lambda _: block, present, count=1)
    if present and not present.endswith("\n") and block:
        present += "\n"
    return present + block


def _block(schedules: list[Schedule], installation: Installation) -> str:
    if not schedules:
        return ""
    lines = [
        f"{each.cron} {_shell(run_command(each, installation), installation)}" for each in schedules
    ]
    missed = _shell((*installation.command, "schedule", "run-missed"), installation)
    lines.append(f"@reboot sleep {CATCH_UP_AFTER_S}; {missed}")
    return "\n".join([BEGIN, *lines, END, ""])


def _shell(command: Iterable[str], installation: Installation) -> str:
    there = shlex.join(["test", "-x", installation.command[0]])
    words = ["env", *(f"{name}={value}" for name, value in installation.environment.items())]
    return f"{there} && {shlex.join([*words, *command])}".replace("%", r"\%")
