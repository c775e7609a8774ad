"""What the tools over RPM have in common: the database, and indexes of repositories in a cache."""

from __future__ import annotations

from datetime import datetime

from diag.host import Host
from diag.model import Failed

DATABASES = ("/var/lib/rpm", "/usr/lib/sysimage/rpm")
"""Where the database of installed packages lies; any installation changes a file in there."""


def indexes(host: Host, cache: str) -> tuple[str, ...]:
    """The index of every repository in a cache; some of these paths may not be there."""
    try:
        names = host.listdir(cache)
    except Failed:
        return ()
    return tuple(f"{cache}/{name}/repodata/repomd.xml" for name in names)


def last_looked(host: Host, cache: str) -> datetime | None:
    """The tools themselves take the date of this file as the age of what they have cached."""
    times = []
    for path in indexes(host, cache):
        try:
            status = host.stat(path)
        except Failed:
            continue
        if status is not None:
            times.append(status.modified)
    return max(times, default=None)
