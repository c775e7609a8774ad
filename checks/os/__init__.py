"""`os`: does the operating system still get security updates, and are they installed?"""

from __future__ import annotations

from checks.os.facts import OsFact
from checks.os.problems import (
    APPS_LATE,
    DATES_OLD,
    END_OF_LIFE,
    LISTS_OLD,
    RESTART_PENDING,
    SOURCES_BROKEN,
    UPDATES_OFF,
    UPDATES_PAUSED,
    UPDATES_PENDING,
    UPDATES_STALLED,
)
from checks.os.rules import judge
from diag.host import Host
from diag.model import Check, Context, Failed


def collect(host: Host, ctx: Context) -> OsFact:
    """Raises Failed(unsupported) on systems other than Linux, Windows and macOS."""
    if host.family == "linux":
        from checks.os.linux.collect import collect as collect_linux

        return collect_linux(host, ctx)
    if host.family == "windows":
        from checks.os.windows.collect import collect as collect_windows

        return collect_windows(host, ctx)
    if host.family == "macos":
        from checks.os.macos.collect import collect as collect_macos

        return collect_macos(host)
    raise Failed("unsupported", "patch level")


CHECK = Check(
    name="os",
    fact=OsFact,
    collect=collect,
    judge=judge,
    problems=(
        END_OF_LIFE,
        UPDATES_PENDING,
        LISTS_OLD,
        SOURCES_BROKEN,
        UPDATES_PAUSED,
        UPDATES_OFF,
        UPDATES_STALLED,
        RESTART_PENDING,
        APPS_LATE,
        DATES_OLD,
    ),
)
