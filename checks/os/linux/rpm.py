"""What the tools over RPM have in common: the database, and indexes of repositories in a cache."""

from __future__ import annotations

from datetime import UTC, datetime

from checks.os.linux.quiet import modified, names
from diag.host import Host

DATABASES = ("/var/lib/rpm", "/usr/lib/sysimage/rpm")
"""Where the database of installed packages lies; any installation changes a file in there."""


def indexes(host: Host, cache: str) -> tuple[str, ...]:
    """The index of every repository in a cache; some of these paths may not be there."""
    return tuple(f"{cache}/{name}/repodata/repomd.xml" for name in names(host, cache))


def last_looked(host: Host, cache: str) -> datetime | None:
    """The tools themselves take the date of this file as the age of what they have cached."""
    times = (modified(host, path) for path in indexes(host, cache))
    return max(filter(None, times), default=None)


def instant(seconds: int) -> datetime | None:
    """Of seconds since 1970; None for what was never set or is no time at all."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None
