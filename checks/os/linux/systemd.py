"""Whether a timer of systemd is switched on, read from its links: no tool is started."""

from __future__ import annotations

from checks.os.linux.quiet import names
from diag.host import Host
from diag.model import Failed

WANTED = (
    "/etc/systemd/system/timers.target.wants",
    "/usr/lib/systemd/system/timers.target.wants",
)


def enabled(host: Host, *timers: str) -> bool:
    """Whether any of these is; one that is masked (a link to /dev/null) is not."""
    for directory in WANTED:
        links = names(host, directory)
        if any(timer in links and not masked(host, timer) for timer in timers):
            return True
    return False


def masked(host: Host, unit: str) -> bool:
    """A unit that an administrator made a link to /dev/null, or an empty file (systemd.unit(5))."""
    path = f"/etc/systemd/system/{unit}"
    try:
        return host.stat(path) is not None and not host.read(path)
    except Failed as error:
        return error.failure.code == "unsupported"
