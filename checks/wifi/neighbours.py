"""Who else is on the network, by the neighbour table that the OS keeps anyway: nothing is sent.

Hotspots often keep their guests apart ("client isolation"), so that a device there knows of nobody
but the router; at home and at work it soon has talked to a printer or a colleague's PC.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from ipaddress import IPv4Interface, ip_address

from msgspec import Struct

from checks.gateway.collect import VIRTUAL_ROUTER_MACS
from checks.gateway.system import Entry
from checks.wifi.facts import Lease
from diag.host import Interface
from diag.net.addresses import is_address

GROUP = 0x01
"""Bit of a hardware address that stands for many (IEEE 802-2014, 8.2.2)."""
IPV4 = re.compile(r"[0-9]+(?:\.[0-9]+){3}")


class Given(Struct, frozen=True, kw_only=True):
    """What the DHCP server gave: the lease, the routers it named, and who serves the network."""

    lease: Lease | None = None
    routers: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    """The DHCP server and those for names: the operator's own, no guests."""


class Around(Struct, frozen=True, kw_only=True):
    """router: its hardware address. others_seen: whether the table has other devices of this
    network; None where it does not even have the router.
    """

    router: str | None = None
    others_seen: bool | None = None


def addresses_in(*texts: str) -> tuple[str, ...]:
    """The IPv4 addresses that these values list, whatever stands between them."""
    return tuple(each for text in texts for each in IPV4.findall(text) if is_address(each))


def around(
    entries: Iterable[Entry],
    routers: Sequence[str],
    interface: Interface | None,
    servers: Collection[str] = (),
) -> Around:
    """`entries`: complete ones of this interface."""
    known = [each for each in entries if is_address(each.address)]
    macs = {each.address: each.mac for each in known}
    found = [macs[each] for each in routers if each in macs]
    if not found:
        return Around()
    served_by = {*routers, *servers}
    no_others = {*found, *_own_macs(interface)}
    networks = _networks(interface)
    seen = any(
        each.address not in served_by
        and each.mac not in no_others
        and _is_one_device(each, networks)
        for each in known
    )
    return Around(router=found[0], others_seen=seen)


def _networks(interface: Interface | None) -> list[IPv4Interface]:
    return [
        IPv4Interface(f"{each.address}/{each.prefix}")
        for each in (interface.addresses if interface is not None else ())
        if each.family == "ipv4" and each.prefix and is_address(each.address)
    ]


def _own_macs(interface: Interface | None) -> set[str]:
    addresses = interface.addresses if interface is not None else ()
    return {each.address.lower().replace("-", ":") for each in addresses if each.family == "mac"}


def _is_one_device(entry: Entry, networks: Collection[IPv4Interface]) -> bool:
    """One in this very network, who answers for itself; a router that answers for everybody
    (proxy ARP) has its own hardware address in each entry.
    """
    if ":" in entry.address or entry.mac.startswith(VIRTUAL_ROUTER_MACS):
        return False
    address = ip_address(entry.address)
    return not int(entry.mac[:2], 16) & GROUP and any(
        address in own.network
        and address not in (own.ip, own.network.network_address, own.network.broadcast_address)
        for own in networks
    )
