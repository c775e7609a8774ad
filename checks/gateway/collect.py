"""The ways out of a device, a gentle look at whether their gateways are there, and what kind of
line they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from types import ModuleType
from typing import cast

from msgspec.structs import replace

from checks.gateway import linux, macos, windows
from checks.gateway.fact import DefaultRoute, GatewayFact, TwoRouters
from checks.gateway.reach import reach
from checks.gateway.system import Entry, System, Ways
from diag.deadline import Deadline
from diag.host import Host, ResolveError
from diag.model import Context, Failed, OsFamily
from diag.net.addresses import is_address
from diag.net.gather import gather

HAND_IN_S = 0.3
"""Time to hand in what is known before the deadline."""
NAT64_TIMEOUT_S = 1.5

SYSTEMS: dict[OsFamily, ModuleType] = {"linux": linux, "macos": macos, "windows": windows}

TETHERS = tuple(
    ip_network(text)
    for text in (
        "172.20.10.0/28",  # iPhone
        "192.168.42.0/24",  # Android over USB
        "192.168.43.0/24",  # Android over Wi-Fi, before version 11
        "192.168.44.0/24",  # Android over Bluetooth
    )
)

TRANSLATED = ip_network("192.0.0.0/29")
"""What a device gives itself for IPv4 over IPv6: 464XLAT and DS-Lite (RFC 7335)."""
IPV4_ONLY_NAME = "ipv4only.arpa"
"""Has no IPv6 address, unless somebody translates (RFC 7050)."""

MAC = re.compile("[0-9a-f]{2}(?::[0-9a-f]{2}){5}")

VIRTUAL_ROUTER_MACS = ("00:00:5e:00:01:", "00:00:5e:00:02:", "00:00:0c:07:ac:", "00:07:b4:00:")
"""Hardware addresses that routers share on purpose: VRRP (RFC 9568), HSRP, GLBP."""


def collect(host: Host, ctx: Context) -> GatewayFact:
    """Raises Failed if the routes cannot be listed."""
    if host.family not in SYSTEMS:
        raise Failed("unsupported", "read default routes")
    system = cast("System", SYSTEMS[host.family])
    deadline = ctx.deadline.sooner(HAND_IN_S)
    ways = system.ways(host)
    if not ways.used:
        return GatewayFact(routes=(), others=ways.others, barred=ways.barred)
    routes, nat64 = _look(host, system, ways, deadline)
    return GatewayFact(
        routes=routes,
        others=ways.others,
        barred=ways.barred,
        vpn=system.vpn(host, routes[0], ways),
        tether=_tether(host, system, routes[0]),
        nat64=nat64,
        two_routers=_two_routers(host, system, routes),
    )


def _look(
    host: Host, system: System, ways: Ways, deadline: Deadline
) -> tuple[tuple[DefaultRoute, ...], bool | None]:
    """At the gateways, and, where IPv4 has no way of its own, at whether it is translated."""

    def gateways() -> tuple[DefaultRoute, ...]:
        reached = reach(host, system, ways.used, deadline)
        return tuple(
            replace(route, reachable=each.reachable, neighbour=each.neighbour, denied=each.denied)
            for route, each in zip(ways.used, reached, strict=True)
        )

    looks: dict[str, Callable[[], tuple[DefaultRoute, ...] | bool | None]] = {"routes": gateways}
    if _may_be_translated(host, ways):
        looks["nat64"] = lambda: _nat64(host, deadline)
    seen = gather(looks, Deadline(deadline.at + HAND_IN_S / 2))
    routes, nat64 = seen.get("routes", ways.used), seen.get("nat64", False)
    return cast("tuple[DefaultRoute, ...]", routes), cast("bool | None", nat64)


def _may_be_translated(host: Host, ways: Ways) -> bool:
    """No IPv4 at all, or no more than what 464XLAT and DS-Lite put there."""
    interfaces = {route.interface for route in ways.used if route.family == "ipv4"}
    if not interfaces:
        return True
    return any(
        ip_address(held.address) in TRANSLATED
        for interface in host.interfaces()
        if interface.name in interfaces
        for held in interface.addresses
        if held.family == "ipv4" and is_address(held.address)
    )


def _nat64(host: Host, deadline: Deadline) -> bool | None:
    try:
        answers = host.resolve(IPV4_ONLY_NAME, "ipv6", deadline.within(NAT64_TIMEOUT_S).remaining())
    except ResolveError as error:
        return False if error.code in ("EAI_NONAME", "EAI_NODATA") else None
    except Failed:
        return None
    return any(":" in answer.address for answer in answers)


def _tether(host: Host, system: System, route: DefaultRoute) -> bool | None:
    """By the networks and hardware that phones use; newer Androids choose a network at random."""
    if route.gateway and any(
        address in network for address in (ip_address(route.gateway),) for network in TETHERS
    ):
        return True
    return system.tether(host, route)


def _two_routers(host: Host, system: System, routes: tuple[DefaultRoute, ...]) -> TwoRouters | None:
    """Whether another host of this network has put itself in the IPv4 gateway's place.

    That another address has the gateway's hardware address proves little by itself: routers have
    several addresses, and some answer for everybody (proxy ARP). So the IPv6 router of the same
    interface has to be other hardware, and others have to answer for themselves.
    """
    by_family = {route.family: route for route in routes if route.gateway}
    ipv4, ipv6 = by_family.get("ipv4"), by_family.get("ipv6")
    if ipv4 is None or ipv6 is None or ipv4.interface != ipv6.interface:
        return None
    entries = [
        entry
        for entry in system.entries(host, ipv4.interface)
        if is_address(entry.address) and MAC.fullmatch(entry.mac)
    ]
    macs = {entry.address: entry.mac for entry in entries}
    mac, router_mac = macs.get(ipv4.gateway or ""), macs.get(ipv6.gateway or "")
    if not mac or not router_mac or mac == router_mac or mac.startswith(VIRTUAL_ROUTER_MACS):
        return None
    hosts = [each for each in entries if _is_other_host(each, ipv4)]
    others = tuple(sorted(each.address for each in hosts if each.mac == mac))
    if not others or len(others) == len(hosts):
        return None
    return TwoRouters(
        gateway=ipv4.gateway or "",
        mac=mac,
        others=others,
        ipv6_router=ipv6.gateway or "",
        ipv6_router_mac=router_mac,
    )


def _is_other_host(entry: Entry, gateway: DefaultRoute) -> bool:
    """An IPv4 neighbour besides the gateway; no group or broadcast address."""
    if ":" in entry.address or entry.address == gateway.gateway:
        return False
    return not int(entry.mac[:2], 16) & 1 and not ip_address(entry.address).is_link_local
