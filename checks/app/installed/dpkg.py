"""A Debian package, read from dpkg's own status file (deb-control(5), dpkg(1) on states)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.app.installed import InstalledCopy
from checks.app.versions import upstream
from diag.app_profile import LinuxInstall
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

STATUS = "/var/lib/dpkg/status"
STATUS_LIMIT = 64 << 20
"""A desktop's status file takes some 5 MiB."""

WHOLE = frozenset({"installed", "triggers-awaited", "triggers-pending"})
BEGUN = frozenset({"half-installed", "unpacked", "half-configured"})


def ask_dpkg(host: Host, install: LinuxInstall, _: Deadline) -> tuple[InstalledCopy, ...]:
    """The package, once per architecture; nothing on a system without dpkg."""
    try:
        text = host.read(STATUS, STATUS_LIMIT)
    except Failed as error:
        if error.failure.code == "tool_missing":
            return ()
        raise
    return tuple(
        InstalledCopy(version=version, maker_version=upstream(version), whole=state in WHOLE)
        for version, state in stanzas(text, install.dpkg or "")
        if state in WHOLE or state in BEGUN
    )


def stanzas(status: bytes, package: str) -> Iterator[tuple[str, str]]:
    """Version and state of a package, of each architecture. One merely left with its settings
    (`config-files`) is among them."""
    for match in re.finditer(rb"^Package: %b$" % re.escape(package.encode()), status, re.MULTILINE):
        end = status.find(b"\n\n", match.start())
        stanza = status[match.start() : end if end >= 0 else len(status)].decode("utf-8", "replace")
        fields = dict(re.findall(r"^(Status|Version): (.*)$", stanza, re.MULTILINE))
        words = fields.get("Status", "").split()
        if words and fields.get("Version", "").strip():
            yield fields["Version"].strip(), words[-1]
