"""What `os` asks of macOS; everything is read in-process, nothing is started."""

from __future__ import annotations

import msgspec

from checks.os.end_of_life import table
from checks.os.facts import OsFact
from checks.os.linux.restart import Restart
from checks.os.macos.release import read_release
from checks.os.macos.updates import pending
from checks.os.patch import Patches
from diag.host import Host
from diag.model import Failed, Failure


def _with_rights(host: Host, failure: Failure) -> Failure:
    """The same; what root alone may read says so."""
    if failure.code != "denied" or host.is_root():
        return failure
    return msgspec.structs.replace(failure, code="needs_admin")


def collect(host: Host) -> OsFact:
    """Raises Failed if SystemVersion.plist does not tell which macOS this is.

    Whether a restart is due macOS tells nobody: it restarts by itself when it installs.
    """
    release = read_release(host)
    ends = table()
    patches: Patches | None = None
    failure: Failure | None = None
    try:
        patches = pending(host, release)
    except Failed as error:
        failure = _with_rights(host, error.failure)
    return OsFact(
        id="macos",
        version=release.version,
        name=release.name,
        life=ends.find("macos", release.major),
        table_date=ends.date,
        patches=patches,
        patches_failure=failure,
        restart=Restart(pending=None),
    )
