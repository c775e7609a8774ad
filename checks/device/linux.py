"""Whether an organisation manages a Linux device: it is joined to a domain.

There is no one place that tells, and what an administrator does by hand or over SSH leaves no mark:
not being joined does not prove that nobody manages the device.
"""

from __future__ import annotations

import re

from checks.device.managed import UNKNOWN, Management, managed_by
from diag.host import Host
from diag.model import Failed

REALM_TIMEOUT_S = 2.0
IPA = "/etc/ipa/default.conf"
"""Written when a host is enrolled with FreeIPA; names the realm."""
SAMBA = "/etc/samba/smb.conf"
KEYTAB = "/etc/krb5.keytab"
SSSD = "/etc/sssd/sssd.conf"
"""Not readable for users. Beside a host's own Kerberos key it is there to log domain users in."""

IPA_REALM = re.compile(r"^\s*realm\s*=\s*\S", re.MULTILINE)
DOMAIN_MEMBER = re.compile(r"^\s*security\s*=\s*(?:ads|domain)\s*$", re.MULTILINE | re.IGNORECASE)


def management(host: Host) -> Management:
    """Files first: to ask realmd starts a service."""
    joined = (
        IPA_REALM.search(_text(host, IPA)) is not None
        or DOMAIN_MEMBER.search(_text(host, SAMBA)) is not None
        or (_there(host, KEYTAB) and _there(host, SSSD))
        or _in_realm(host)
    )
    return managed_by("domain") if joined else UNKNOWN


def _in_realm(host: Host) -> bool:
    """As realmd lists it, in words of its own that are not translated."""
    if host.which("realm") is None:
        return False
    try:
        listed = host.run("realm", "list", timeout_s=REALM_TIMEOUT_S)
    except Failed:
        return False
    lines = [line.strip() for line in listed.text().splitlines()]
    return any(line.startswith("configured:") and line != "configured: no" for line in lines)


def _text(host: Host, path: str) -> str:
    try:
        return host.read(path).decode("utf-8", "replace")
    except Failed:
        return ""


def _there(host: Host, path: str) -> bool:
    try:
        return host.stat(path) is not None
    except Failed:
        return False
