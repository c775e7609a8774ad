"""What the device's address on a network tells: who gave it out, how large the network is."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection

from diag.host import Host, Interface
from diag.model import Failed

SHARED_RANGES = tuple(
    ipaddress.ip_network(each)
    for each in (
        "172.20.10.0/28",  # iPhone
        "192.168.42.0/24",  # Android over USB
        "192.168.43.0/24",  # Android over Wi-Fi, before version 11
        "192.168.44.0/24",  # Android over Bluetooth
        "192.168.49.0/24",  # Wi-Fi Direct
        "192.168.137.0/24",  # Windows
    )
)
"""What phones and PCs give out when they share their line; newer Androids choose at random."""

ANDROID_METERED = b"ANDROID_METERED"
"""What Android's tethering puts into DHCP option 43 (RFC 2132), and looks for there."""

LOCALLY_MADE = 0x02
"""Bit of a hardware address that no maker gave (IEEE 802-2014, 8.2.2)."""


def interface_of(host: Host, name: str) -> Interface | None:
    try:
        return next((each for each in host.interfaces() if each.name == name), None)
    except Failed:
        return None


def is_shared(host: Host, names: Collection[str]) -> bool:
    """Whether one of these interfaces has an address that a sharing phone or PC gives out."""
    try:
        known = host.interfaces()
    except Failed:
        return False
    return any(
        ipaddress.ip_address(address.address) in network
        for interface in known
        if interface.name in names
        for address in interface.addresses
        if address.family == "ipv4"
        for network in SHARED_RANGES
    )


def prefix_of(interface: Interface | None) -> int | None:
    """How large the IPv4 network is that this interface is in."""
    addresses = interface.addresses if interface is not None else ()
    held = [each.prefix for each in addresses if each.family == "ipv4" and each.prefix]
    return held[0] if held else None


def is_random(interface: Interface | None) -> bool | None:
    """Whether the hardware address is none of a maker's; None: it is not known."""
    addresses = interface.addresses if interface is not None else ()
    macs = [each.address.replace("-", ":") for each in addresses if each.family == "mac"]
    try:
        return bool(int(macs[0].partition(":")[0], 16) & LOCALLY_MADE) if macs else None
    except ValueError:
        return None


def prefix_from_mask(mask: str) -> int | None:
    try:
        return ipaddress.ip_network(f"0.0.0.0/{mask}").prefixlen
    except ValueError:
        return None


def age_of(host: Host, since: float | None) -> int | None:
    """Whole seconds since that instant (Unix time); None where it is not known or lies ahead."""
    age = None if since is None else host.now().timestamp() - since
    return int(age) if age is not None and age >= 0 else None
