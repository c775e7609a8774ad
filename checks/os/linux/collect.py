"""What `os` asks of a Linux device. Each package manager has a file with `pending`."""

from __future__ import annotations

from collections.abc import Callable

from checks.os.end_of_life import table
from checks.os.facts import OsFact
from checks.os.linux import apk, app_stores, apt, dnf, image, pacman, zypper
from checks.os.linux.esm import esm_on
from checks.os.linux.release import OsRelease, read_release
from checks.os.linux.restart import Restart, restart
from checks.os.patch import Patches
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, Failed, Failure, Memory

HAND_IN_S = 0.3

Manager = Callable[[Host, Deadline, Memory], Patches]
MANAGERS: dict[str, Manager] = {
    "debian": apt.pending,
    "ubuntu": apt.pending,
    "fedora": dnf.pending,
    "rhel": dnf.pending,
    "centos": dnf.pending,
    "amzn": dnf.pending,
    "opensuse": zypper.pending,
    "suse": zypper.pending,
    "sles": zypper.pending,
    "arch": pacman.pending,
    "alpine": apk.pending,
}
"""By the ID or a word of ID_LIKE; which tools happen to be installed does not decide."""


def collect(host: Host, ctx: Context) -> OsFact:
    release = read_release(host)
    ends = table()
    patches: Patches | None = None
    failure: Failure | None = None
    broken = ""
    due: Restart | None = None
    deadline = ctx.deadline.sooner(HAND_IN_S)
    try:
        if image.booted(host):
            found = image.look(host, deadline)
            patches, due = found.patches, found.restart
        else:
            patches = _manager(release)(host, deadline, ctx.memory)
    except apt.Broken as error:
        failure, broken = error.failure, error.file
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
        extended_on=esm_on(host) if release.id == "ubuntu" else None,
        patches=patches,
        patches_failure=failure,
        broken_source=broken,
        restart=due or restart(host),
        app_stores=app_stores.look(host, deadline),
    )


def _manager(release: OsRelease) -> Manager:
    for name in (release.id, *release.like):
        if name in MANAGERS:
            return MANAGERS[name]
    raise Failed("unsupported", "pending updates")
