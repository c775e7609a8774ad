r"""Whether an organisation manages a Windows device.

The registry comes first: it is at hand. `dsregcmd /status` is asked only where nothing there speaks
of it, and then says no at once; on a device that is joined it tries to reach Microsoft Entra ID,
which takes its time while the network is in trouble. Its words are English in every language. The
`MdmUrl` that it prints is merely the one that the tenant would use: who is enrolled with a
management server stands in the registry.
"""

from __future__ import annotations

import re

from checks.device.managed import UNKNOWN, Management, Sign, managed_by
from checks.os.windows.registry import values
from diag.host import Host
from diag.model import Failed

TOOL_TIMEOUT_S = 2.5
STATE = re.compile(rb"^\s*(AzureAdJoined|EnterpriseJoined|DomainJoined)\s*:\s*(YES|NO)\s*$", re.M)
SIGNS: dict[bytes, Sign] = {
    b"AzureAdJoined": "entra",
    b"EnterpriseJoined": "domain",
    b"DomainJoined": "domain",
}
"""EnterpriseJoined: registered with the organisation's own server (AD FS)."""

ENROLLMENTS = r"HKLM\SOFTWARE\Microsoft\Enrollments"
ENROLLED = 1
"""EnrollmentState. Windows keeps other keys there, of its own and of what did not work out."""
MOST_ENROLLMENTS = 50
JOIN_INFO = r"HKLM\SYSTEM\CurrentControlSet\Control\CloudDomainJoin\JoinInfo"
POLICY_STATE = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\State\Machine"
"""Where the domain keeps this device, as of the last time that its policies were applied."""
NETLOGON = r"HKLM\SYSTEM\CurrentControlSet\Services\Netlogon"
STARTS_BY_ITSELF = 2
"""Netlogon does so in a domain alone; a device that has left one is set back."""
TCPIP = r"HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters"
"""`Domain` is the one that this device is joined to, `DhcpDomain` the one that the network in use
names (Tcpip parameters, learn.microsoft.com)."""
CONFIGURATION_MANAGER = r"HKLM\SOFTWARE\Microsoft\SMS\Mobile Client"


def management(host: Host) -> Management:
    signs = _signs(host)
    if signs:
        return managed_by(*signs)
    joined = _joined(host)
    if joined is None:
        return UNKNOWN
    return managed_by(*joined) if joined else Management(managed=False)


def on_its_domain(host: Host) -> bool:
    """Whether the network hands out the name of this device's own domain, or one below or above:
    that is no network at home, nor anybody else's.
    """
    names = values(host, TCPIP)
    own, here = (names.text(each).casefold().strip(".") for each in ("Domain", "DhcpDomain"))
    if "." not in own or "." not in here:
        return False
    return f".{own}".endswith(f".{here}") or f".{here}".endswith(f".{own}")


def _signs(host: Host) -> list[Sign]:
    """As the registry has them, which every user may read."""
    signs: list[Sign] = []
    in_domain = values(host, POLICY_STATE).text("Distinguished-Name")
    if in_domain and values(host, NETLOGON).number("Start") == STARTS_BY_ITSELF:
        signs.append("domain")
    if values(host, JOIN_INFO).subkeys:
        signs.append("entra")
    if _enrolled(host):
        signs.append("mdm")
    if values(host, CONFIGURATION_MANAGER).text("AssignedSiteCode"):
        signs.append("configuration_manager")
    return signs


def _enrolled(host: Host) -> bool:
    """A provider and where it was found belong to every true enrolment; people who want a browser
    to heed policies write keys without them."""
    for name in values(host, ENROLLMENTS).subkeys[:MOST_ENROLLMENTS]:
        enrollment = values(host, rf"{ENROLLMENTS}\{name}")
        if (
            enrollment.number("EnrollmentState") == ENROLLED
            and enrollment.text("ProviderID")
            and enrollment.text("DiscoveryServiceFullURL")
        ):
            return True
    return False


def _joined(host: Host) -> tuple[Sign, ...] | None:
    """What it is joined to; None if dsregcmd does not tell, or in a form that is not known here."""
    try:
        done = host.run("dsregcmd", "/status", timeout_s=TOOL_TIMEOUT_S)
    except Failed:
        return None
    states = dict(STATE.findall(done.stdout.replace(b"\r", b"")))
    if b"AzureAdJoined" not in states or b"DomainJoined" not in states:
        return None
    return tuple(SIGNS[name] for name, state in states.items() if state == b"YES")
