"""Pending updates of Arch Linux and its kin: the local database against the sync databases.

Never refreshed: `pacman -Sy` alone would leave the system between two states.
"""

from __future__ import annotations

import re
from datetime import datetime

from checks.os.linux.remember import remembered
from checks.os.patch import Patches
from diag.deadline import Deadline
from diag.host import Host
from diag.model import NO_MEMORY, Failed, Memory

SYNC = "/var/lib/pacman/sync"
LOCAL = "/var/lib/pacman/local"
PLACES = (SYNC, "/etc/pacman.conf", "/etc/pacman.d")
LINE = re.compile(r"^(\S+) \S+ -> \S+( \[.+\])?$")
MISSING = "database file for"
NONE = 1
"""Exit code of `pacman -Qu` if there are none."""


def pending(host: Host, deadline: Deadline, memory: Memory = NO_MEMORY) -> Patches:
    """Raises Failed: needs_missing without sync databases, or as the host does."""
    return remembered(
        host, memory, "pacman", PLACES, lambda: _ask(host, deadline), themselves=(LOCAL,)
    )


def _ask(host: Host, deadline: Deadline) -> Patches:
    listed = _listed(host)
    if listed is None:
        raise Failed("needs_missing", "pacman -Qu", "no sync databases")
    answer = host.run("pacman", "-Qu", timeout_s=deadline.remaining())
    said = answer.stderr.decode("utf-8", "replace")
    if answer.returncode not in (0, NONE) or (answer.returncode == NONE and "error:" in said):
        raise Failed("unparsable", "pacman -Qu", said)
    lines = [found for line in answer.text().splitlines() if (found := LINE.match(line.strip()))]
    ignored = sum(bool(line[2]) for line in lines)
    # Arch gives its fixes no category: an update is all there is.
    return Patches(
        manager="pacman",
        pending=len(lines) - ignored,
        security=None,
        held=ignored,
        listed=listed,
        unlisted=said.count(MISSING),
        automatic="off",
    )


def _listed(host: Host) -> datetime | None:
    """pacman gives a database its server's date, so that is as of when it is at least."""
    try:
        files = [host.stat(f"{SYNC}/{each}") for each in host.listdir(SYNC) if _database(each)]
    except Failed as error:
        if error.failure.code == "tool_missing":
            return None
        raise
    return max((each.modified for each in files if each is not None), default=None)


def _database(name: str) -> bool:
    return name.endswith(".db")
