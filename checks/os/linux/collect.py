"""What `os` asks of a Linux device. Each package manager has a file with `pending`."""

from __future__ import annotations

from collections.abc import Callable

from checks.os.end_of_life import table
from checks.os.facts import OsFact
from checks.os.linux import apt, dnf
from checks.os.linux.release import OsRelease, read_release
from checks.os.linux.restart import restart
from checks.os.patch import Patches
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, Failed, Failure

MANAGERS: dict[str, Callable[[Host, Deadline], Patches]] = {
    "debian": apt.pending,
    "ubuntu": apt.pending,
    "fedora": dnf.pending,
    "rhel": dnf.pending,
    "centos": dnf.pending,
}
"""By the ID or a word of ID_LIKE; which tools happen to be installed does not decide."""


def collect(host: Host, ctx: Context) -> OsFact:
    release = read_release(host)
    ends = table()
    patches: Patches | None = None
    failure: Failure | None = None
    try:
        patches = _manager(release)(host, ctx.deadline.sooner(0.3))
    except Failed as error:
        failure = error.failure
    return OsFact(
        id=release.id,
        version=release.version,
        name=release.name,
        rolling=release.rolling,
        support_ends=release.support_ends,
        life=ends.find(release.id, release.version),
        table_date=ends.date,
        patches=patches,
        patches_failure=failure,
        restart=restart(host),
    )


def _manager(release: OsRelease) -> Callable[[Host, Deadline], Patches]:
    for name in (release.id, *release.like):
        if name in MANAGERS:
            return MANAGERS[name]
    raise Failed("unsupported", "pending updates")
