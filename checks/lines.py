"""Which network interfaces can be a line to the outside, which are tunnels, and what is neither.

Names tell on Linux and macOS, where the kernel and the programs give them. On Windows a name is
whatever somebody typed, so adapters are asked whether there is hardware behind them.
"""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from diag.host import Host, Interface, powershell
from diag.model import Failed, OsFamily

IFCONFIG_TIMEOUT_S = 2.0

SOFTWARE_MADE: dict[OsFamily, tuple[str, ...]] = {
    "linux": ("docker", "br-", "virbr", "veth", "vmnet", "vboxnet", "ifb", "dummy", "cni", "lxc"),
    "macos": (
        *("awdl", "llw", "anpi", "ap", "bridge", "feth", "gif", "ifb", "p2p", "pktap", "stf"),
        *("vmenet", "vmnet", "XHC"),
    ),
    "windows": (
        "vEthernet (Default Switch)",
        "vEthernet (既定のスイッチ)",
        "vEthernet (WSL",
        "vEthernet (nat)",
        "VMware Network Adapter",
        "VirtualBox Host-Only",
        "Npcap Loopback",
        "Loopback Pseudo-Interface",
    ),
}
"""What software makes on its own; whether it is up says nothing about the line."""

TUNNELS: dict[OsFamily, tuple[str, ...]] = {
    "linux": (
        *("tun", "tap", "wg", "utun", "ipsec", "vpn", "tailscale", "nordlynx", "proton", "pvpn"),
        *("CloudflareWARP", "gpd", "cscotun", "zt"),
    ),
    "macos": ("utun", "ipsec", "tun", "tap", "zt"),
    "windows": (
        *("Tailscale", "NordLynx", "ProtonVPN", "Mullvad", "wg", "WireGuard", "OpenVPN", "TAP-"),
        *("CloudflareWARP", "ZeroTier"),
    ),
}
"""How interfaces begin that VPN clients make."""

TUNNEL_ADAPTERS = re.compile(
    r"wintun|wireguard|tap-|openvpn|nordlynx|tailscale|zerotier|cloudflare|mullvad|proton"
    r"|anyconnect|secure client|globalprotect|pangp|fortinet|forti|juniper|pulse secure|ivanti"
    r"|sonicwall|check point|f5 networks|softether|expressvpn|\bvpn\b",
    re.IGNORECASE,
)
"""How VPN clients describe their adapters on Windows; drivers are not translated."""

APPLE_INTERNAL_MAC = "ac:de:48:"
"""A Mac's link to its own security chip, which is always up."""

Kind = Literal["cable", "wifi", "mobile"]
IF_TYPES: dict[int, Kind] = {6: "cable", 71: "wifi", 243: "mobile", 244: "mobile"}
"""ifType of the IANA registry, as Windows gives it."""

STATUS = re.compile(r"^([a-zA-Z]\w*):|^\tstatus: (\w+)", re.MULTILINE)


def software_made(family: OsFamily, interface: Interface) -> bool:
    """Whether this is loopback or something that a program made for its own ends."""
    if interface.loopback or interface.name.startswith(SOFTWARE_MADE.get(family, ())):
        return True
    return family == "macos" and any(
        held.family == "mac" and held.address.lower().startswith(APPLE_INTERNAL_MAC)
        for held in interface.addresses
    )


def is_tunnel(family: OsFamily, name: str) -> bool:
    """By its name."""
    return name.startswith(TUNNELS.get(family, ()))


def kind_of(host: Host, name: str) -> Kind | None:
    """What people would call the line on this interface; None if nothing says so."""
    if host.family == "linux":
        if _there(host, f"/sys/class/net/{name}/wireless"):
            return "wifi"
        return "mobile" if name.startswith("ww") else "cable" if name.startswith("e") else None
    if host.family == "windows":
        try:
            types = [each.get("type") for each in adapters(host) if each.get("name") == name]
        except Failed:
            return None
        return IF_TYPES.get(types[0]) if types and isinstance(types[0], int) else None
    return None


def adapters(host: Host) -> list[dict[str, Any]]:
    """Those of Windows, as PowerShell lists them. Raises Failed."""
    try:
        return msgspec.convert(powershell.ask(host, "adapters"), list[dict[str, Any]])
    except msgspec.ValidationError as error:
        raise Failed("unparsable", "list adapters", str(error)) from None


def _there(host: Host, path: str) -> bool:
    try:
        return host.stat(path) is not None
    except Failed:
        return False


def interfaces(host: Host) -> tuple[Interface, ...]:
    """All but what is software-made, up or not. Raises Failed if they cannot be listed.

    macOS calls an interface without a cable running, so there `ifconfig` says what is up.
    """
    found = tuple(
        interface for interface in host.interfaces() if not software_made(host.family, interface)
    )
    if host.family != "macos":
        return found
    active = _media(host)
    return tuple(
        replace(interface, up=interface.up and active.get(interface.name, True))
        for interface in found
    )


def lines(host: Host) -> tuple[Interface, ...]:
    """The interfaces that a line can be on. Raises Failed if they cannot be listed."""
    found = tuple(each for each in interfaces(host) if not is_tunnel(host.family, each.name))
    return _with_hardware(found, host) if host.family == "windows" else found


def _media(host: Host) -> dict[str, bool]:
    """By name, whether something is at the other end (ifconfig(8)); only where it says so."""
    done = host.run("ifconfig", "-a", timeout_s=IFCONFIG_TIMEOUT_S)
    name, active = "", {}
    for match in STATUS.finditer(done.text()):
        if match[1]:
            name = match[1]
        else:
            active[name] = match[2] == "active"
    return active


def _with_hardware(found: tuple[Interface, ...], host: Host) -> tuple[Interface, ...]:
    """Without PowerShell the names have to do."""
    try:
        hardware = {str(each.get("name")) for each in adapters(host) if each.get("hardware")}
    except Failed:
        return found
    return tuple(interface for interface in found if interface.name in hardware) or found
