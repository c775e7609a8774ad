"""Pending updates of Alpine Linux, offline, from the indexes that it has."""

from __future__ import annotations

import re
from datetime import datetime

from checks.os.linux.quiet import modified, names
from checks.os.linux.remember import remembered
from checks.os.patch import Patches
from diag.deadline import Deadline
from diag.host import Host
from diag.model import NO_MEMORY, Failed, Memory

CACHES = ("/etc/apk/cache", "/var/cache/apk")
"""The first one is a link that `setup-apkcache` makes."""
INSTALLED = "/lib/apk/db/installed"
INSTALLED_TOO = "/usr/lib/apk/db/installed"
PLACES = (*CACHES, INSTALLED, INSTALLED_TOO, "/etc/apk/world", "/etc/apk/repositories")
INDEX = re.compile(r"APKINDEX\..*\.tar\.gz$")
LINE = re.compile(r"^\S+-\d\S* +< +\S+")
"""`busybox-1.36.1-r5   < 1.36.1-r7`, below a line of headings."""


def pending(host: Host, deadline: Deadline, memory: Memory = NO_MEMORY) -> Patches:
    """Raises Failed: needs_missing without indexes, or as the host does."""
    return remembered(host, memory, "apk", PLACES, lambda: _ask(host, deadline))


def _ask(host: Host, deadline: Deadline) -> Patches:
    listed = _listed(host)
    if listed is None:
        raise Failed("needs_missing", "apk version", "no indexes")
    answer = host.run("apk", "--no-network", "version", "-l", "<", timeout_s=deadline.remaining())
    if answer.returncode != 0:
        said = answer.stderr.decode("utf-8", "replace")
        raise Failed("unparsable", "apk version", said)
    # Alpine's indexes do not tell security fixes apart; its releases bring little else.
    return Patches(
        manager="apk",
        pending=sum(bool(LINE.match(line.strip())) for line in answer.text().splitlines()),
        security=None,
        listed=listed,
    )


def _listed(host: Host) -> datetime | None:
    for cache in CACHES:
        indexes = (f"{cache}/{name}" for name in names(host, cache) if INDEX.match(name))
        latest = max(filter(None, (modified(host, each) for each in indexes)), default=None)
        if latest is not None:
            return latest
    return None
