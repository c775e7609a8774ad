"""Whether an organisation manages a Mac: `profiles status`, which needs no rights and whose words
are English in every language, and whether it is bound to a directory.
"""

from __future__ import annotations

import re

from checks.device.managed import UNKNOWN, Management, Sign, managed_by
from diag.host import Host
from diag.model import Failed

TOOL_TIMEOUT_S = 2.5
ENROLLMENT = re.compile(rb"^\s*MDM enrollment:\s*(Yes|No)\b", re.MULTILINE)
DIRECTORY = "/Library/Preferences/OpenDirectory/Configurations/Active Directory"
"""Holds a file for every Active Directory domain that this Mac is bound to."""
SETTINGS = "/var/db/ConfigurationProfiles/Settings"
ASSIGNED = (".cloudConfigRecordFound", ".cloudConfigProfileInstalled")
"""Left when a Mac that its organisation assigned to a server has been set up by it."""


def management(host: Host) -> Management:
    enrolled = _enrolled(host)
    signs: list[Sign] = []
    if enrolled or (enrolled is None and all(_there(host, f"{SETTINGS}/{n}") for n in ASSIGNED)):
        signs.append("mdm")
    if any(name.endswith(".plist") for name in _names(host, DIRECTORY)):
        signs.append("domain")
    if signs:
        return managed_by(*signs)
    return UNKNOWN if enrolled is None else Management(managed=False)


def _enrolled(host: Host) -> bool | None:
    """None if `profiles` does not tell: macOS before 10.13.4, or a form that is not known here."""
    try:
        done = host.run("profiles", "status", "-type", "enrollment", timeout_s=TOOL_TIMEOUT_S)
    except Failed:
        return None
    told = ENROLLMENT.search(done.stdout)
    return None if told is None else told[1] == b"Yes"


def _names(host: Host, path: str) -> tuple[str, ...]:
    try:
        return host.listdir(path)
    except Failed:
        return ()


def _there(host: Host, path: str) -> bool:
    try:
        return host.stat(path) is not None
    except Failed:
        return False
