"""Programs that run with parts that an update has replaced: the old file is mapped, but deleted.

Read from /proc/PID/maps (proc(5)); an ordinary user sees their own programs, root all of them.
"""

from __future__ import annotations

import re
from datetime import timedelta

from checks.os.linux.quiet import modified, names
from checks.os.linux.rpm import DATABASES
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

PROC = "/proc"
PACKAGES = ("/var/lib/dpkg/status", *DATABASES, "/var/lib/pacman/local", "/lib/apk/db/installed")
"""One of these changes with every update."""
TIME_S = 0.1
"""Longer is not looked: some hundred programs take half of it."""
MAPS_LIMIT = 512 << 10
SHOWN = 6
REPLACED = re.compile(rb" r-xp [^\n]* /(?:usr|opt|s?bin|lib\w*)/[^\n]* \(deleted\)\n")
"""A mapping that is run, of a file that packages bring."""


def outdated(host: Host) -> tuple[str, ...]:
    """Names of such programs, the oldest first; none if nothing was installed since the start."""
    if not _updated_since_start(host):
        return ()
    deadline = Deadline.after(TIME_S)
    found: dict[str, None] = {}
    processes = sorted(int(name) for name in names(host, PROC) if name.isdecimal())
    for process in processes:
        if deadline.expired or len(found) == SHOWN:
            break
        try:
            if REPLACED.search(host.read(f"{PROC}/{process}/maps", MAPS_LIMIT)):
                name = host.read(f"{PROC}/{process}/comm").decode("utf-8", "replace").strip()
                found[name] = None
        except Failed:  # somebody else's, or gone meanwhile
            continue
    return tuple(found)


def _updated_since_start(host: Host) -> bool:
    started = host.now() - timedelta(seconds=host.uptime_s())
    paths = (*PACKAGES, *(f"{path}/{name}" for path in DATABASES for name in names(host, path)))
    return any((modified(host, path) or started) > started for path in paths)
