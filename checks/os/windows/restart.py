r"""Whether Windows waits for a restart: the marks that its parts leave in the registry.

Three marks that others go by are passed over. `PendingFileRenameOperations` lists files that
somebody wants gone at the next start; installers, virus scanners and browsers leave such wishes
behind all the time, and nothing waits for them. `PostRebootReporting` is a report that is still to
be sent. `UpdateExeVolatile` is that of Windows XP's installer; newer systems come with a 3 in it
that no restart takes away (chef/chef, pull request 3909).
"""

from __future__ import annotations

from typing import get_args

from checks.os.linux.restart import Restart, RestartSign
from checks.os.windows.registry import key, values
from diag.host import Host
from diag.model import Failed

CURRENT = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion"
KEYS: tuple[tuple[str, RestartSign], ...] = (
    (rf"{CURRENT}\WindowsUpdate\Auto Update\RebootRequired", "updates"),
    (rf"{CURRENT}\Component Based Servicing\RebootPending", "components"),
    (rf"{CURRENT}\Component Based Servicing\RebootInProgress", "components"),
    (rf"{CURRENT}\Component Based Servicing\PackagesPending", "components"),
    (r"HKLM\SOFTWARE\Microsoft\ServerManager\CurrentRebootAttempts", "features"),
)
"""There only while a restart is due."""
SERVICES_PENDING = rf"{CURRENT}\WindowsUpdate\Services\Pending"
"""Names below it: update services that are to be registered at the next start."""
RUN_ONCE = rf"{CURRENT}\RunOnce"
CONFIGURATION_MANAGER = r"HKLM\SOFTWARE\Microsoft\SMS\Mobile Client\Reboot Management\RebootData"
NETLOGON = r"HKLM\SYSTEM\CurrentControlSet\Services\Netlogon"
JOINING = ("JoinDomain", "AvoidSpnSet")
NAMES = r"HKLM\SYSTEM\CurrentControlSet\Control\ComputerName"


def restart(host: Host, agent: bool | None) -> Restart:
    """agent: what the Update Agent says, None if it does not. Never raises."""
    signs: list[RestartSign] = ["updates"] if agent else []
    unread = False
    for path, sign in KEYS:
        try:
            if key(host, path) is not None:
                signs.append(sign)
        except Failed:
            unread = True
    if values(host, SERVICES_PENDING).subkeys:
        signs.append("updates")
    if values(host, CONFIGURATION_MANAGER).number("RebootBy"):
        signs.append("updates")
    if "DVDRebootSignal" in values(host, RUN_ONCE).values:
        signs.append("installer")
    if _new_name(host):
        signs.append("rename")
    if any(name in values(host, NETLOGON).values for name in JOINING):
        signs.append("domain")
    if signs:
        ordered = tuple(each for each in get_args(RestartSign) if each in signs)
        return Restart(pending=True, because="windows", signs=ordered)
    return Restart(pending=None if unread else False)


def _new_name(host: Host) -> bool:
    """Whether this device has been given a name that it does not bear yet."""
    active = values(host, rf"{NAMES}\ActiveComputerName").text("ComputerName")
    given = values(host, rf"{NAMES}\ComputerName").text("ComputerName")
    return bool(active and given) and active.casefold() != given.casefold()
