"""A Debian package, read from dpkg's own status file."""

from __future__ import annotations

import re

from checks.app.installed import InstalledCopy
from checks.app.versions import upstream
from diag.app_profile import LinuxInstall
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

STATUS = "/var/lib/dpkg/status"
STATUS_LIMIT = 64 << 20
"""A desktop's status file takes some 5 MiB."""


def ask_dpkg(host: Host, install: LinuxInstall, _: Deadline) -> tuple[InstalledCopy, ...]:
    """The package, once per architecture; nothing on a system without dpkg."""
    try:
        text = host.read(STATUS, STATUS_LIMIT)
    except Failed as error:
        if error.failure.code == "tool_missing":
            return ()
        raise
    return tuple(
        InstalledCopy(version=version, maker_version=upstream(version))
        for version in installed_versions(text, install.dpkg or "")
    )


def installed_versions(status: bytes, package: str) -> list[str]:
    """The versions of a package that are installed; one merely left with its settings is not."""
    found = []
    for match in re.finditer(rb"^Package: %b$" % re.escape(package.encode()), status, re.MULTILINE):
        end = status.find(b"\n\n", match.start())
        stanza = status[match.start() : end if end >= 0 else len(status)].decode("utf-8", "replace")
        fields = dict(re.findall(r"^(Status|Version): (.*)$", stanza, re.MULTILINE))
        if fields.get("Status", "").endswith(" installed") and "Version" in fields:
            found.append(fields["Version"].strip())
    return found
