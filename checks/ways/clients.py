"""Signs that a VPN program is at work on this device, even while its tunnel is down.

What its firewall says is for administrators alone to read; that it is there, anybody can see: its
socket, its service's files, or an interface that it made.
"""

from __future__ import annotations

from checks.lines import TUNNEL_ADAPTERS, adapters, is_tunnel
from diag.host import Host
from diag.model import Failed, OsFamily

INSTALLED: dict[OsFamily, tuple[tuple[str, str], ...]] = {
    "linux": (
        ("NordVPN", "/run/nordvpn/nordvpnd.sock"),
        ("Mullvad VPN", "/run/mullvad-vpn"),
        ("ExpressVPN", "/run/expressvpn"),
        ("Private Internet Access", "/opt/piavpn/var"),
        ("Windscribe", "/etc/windscribe"),
        ("Proton VPN", "/usr/bin/protonvpn-app"),
        ("Cisco Secure Client", "/opt/cisco/secureclient/bin"),
        ("Cisco AnyConnect", "/opt/cisco/anyconnect/bin"),
        ("GlobalProtect", "/opt/paloaltonetworks/globalprotect"),
        ("FortiClient", "/opt/forticlient"),
    ),
    "macos": (
        ("NordVPN", "/Applications/NordVPN.app"),
        ("Mullvad VPN", "/Applications/Mullvad VPN.app"),
        ("ExpressVPN", "/Applications/ExpressVPN.app"),
        ("Proton VPN", "/Applications/ProtonVPN.app"),
        ("Surfshark", "/Applications/Surfshark.app"),
        ("Private Internet Access", "/Applications/Private Internet Access.app"),
        ("Windscribe", "/Applications/Windscribe.app"),
        ("Cisco Secure Client", "/opt/cisco/secureclient/bin"),
        ("Cisco AnyConnect", "/opt/cisco/anyconnect/bin"),
        ("GlobalProtect", "/Applications/GlobalProtect.app"),
        ("FortiClient", "/Applications/FortiClient.app"),
    ),
}
"""Where a program of this name keeps something of its own. On Windows its adapter tells."""


def vpn_clients(host: Host) -> tuple[str, ...]:
    """Names of programs, and of interfaces where no program is known, sorted."""
    found = {name for name, path in INSTALLED.get(host.family, ()) if _there(host, path)}
    found.update(_interfaces(host))
    return tuple(sorted(found))


def _there(host: Host, path: str) -> bool:
    try:
        return host.stat(path) is not None
    except Failed:  # a directory above it is closed to us, so it is there
        return True


def _interfaces(host: Host) -> tuple[str, ...]:
    """On macOS the system itself keeps tunnels; only one with an address is somebody's VPN."""
    if host.family == "windows":
        return _adapters(host)
    try:
        interfaces = host.interfaces()
    except Failed:
        return ()
    return tuple(
        interface.name
        for interface in interfaces
        if is_tunnel(host.family, interface.name)
        and (host.family != "macos" or any(each.family == "ipv4" for each in interface.addresses))
    )


def _adapters(host: Host) -> tuple[str, ...]:
    try:
        descriptions = [str(each.get("description", "")) for each in adapters(host)]
    except Failed:
        return ()
    return tuple(each for each in descriptions if TUNNEL_ADAPTERS.search(each))
