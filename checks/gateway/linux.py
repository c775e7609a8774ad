"""The default routes of Linux, and a gentle look at whether their gateways are there.

`ip route get` says which route the kernel would take, policy rules and split tunnels included; it
sends nothing. The tables in /proc hold the metrics, and stand in where there is no `ip`.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from checks.gateway.fact import DefaultRoute, Family, GatewayFact
from checks.gateway.reach import reach
from checks.gateway.tables import Route, parse_ipv4, parse_ipv6
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

TOOL_TIMEOUT_S = 2.0
HAND_IN_S = 0.3
"""Time to hand in what is known before the deadline."""

ANYWHERE: dict[Family, str] = {"ipv4": "1.1.1.1", "ipv6": "2606:4700:4700::1111"}
"""An address out on the internet, of each family. Nothing is sent to it."""

FAMILIES: tuple[Family, ...] = ("ipv4", "ipv6")

TUNNEL_PREFIXES = (
    "tun",
    "tap",
    "wg",
    "utun",
    "ipsec",
    "vpn",
    "tailscale",
    "nordlynx",
    "proton",
    "CloudflareWARP",
    "gpd",
    "cscotun",
)
BARE_IP_LINES = ("wwan", "rmnet", "clat", "ppp")
"""Interfaces without a link layer that are lines of their own: mobile modems, 464XLAT, dial-in."""
ARPHRD_NONE = "65534"
"""The kernel's type of an interface without a link layer, such as tun and WireGuard (if_arp.h)."""

TETHERS = tuple(
    ip_network(text)
    for text in (
        "172.20.10.0/28",  # iPhone
        "192.168.42.0/24",  # Android over USB
        "192.168.43.0/24",  # Android over Wi-Fi, before version 11
        "192.168.44.0/24",  # Android over Bluetooth
    )
)
TETHER_DRIVERS = ("DRIVER=ipheth", "DRIVER=rndis_host")
"""USB network drivers that phones alone speak to."""


class Tables(Struct, frozen=True):
    """Default routes by family, as /proc lists them, best first; empty where it does not."""

    ipv4: tuple[Route, ...]
    ipv6: tuple[Route, ...]

    def of(self, family: Family) -> tuple[Route, ...]:
        return self.ipv4 if family == "ipv4" else self.ipv6


def collect(host: Host, deadline: Deadline) -> GatewayFact:
    """Raises Failed if neither `ip` nor /proc can be asked."""
    deadline = deadline.sooner(HAND_IN_S)
    tables = _tables(host)
    used = [route for family in FAMILIES if (route := _used(host, family, tables))]
    reached = reach(host, used, deadline)
    routes = tuple(
        replace(route, reachable=each.reachable, neighbour=each.neighbour)
        for route, each in zip(used, reached, strict=True)
    )
    if not routes:
        return GatewayFact(routes=())
    return GatewayFact(
        routes=routes, vpn=_vpn(host, routes[0], tables), tether=_tether(host, routes[0])
    )


def _tables(host: Host) -> Tables | None:
    try:
        ipv4 = parse_ipv4(host.read("/proc/net/route").decode("ascii", "replace"))
    except Failed:
        return None
    try:
        ipv6 = parse_ipv6(host.read("/proc/net/ipv6_route").decode("ascii", "replace"))
    except Failed:  # a kernel without IPv6
        ipv6 = ()
    return Tables(ipv4, ipv6)


def _used(host: Host, family: Family, tables: Tables | None) -> DefaultRoute | None:
    """The route that the kernel takes; None if it has none."""
    listed = tables.of(family) if tables else ()
    try:
        asked = _route_get(host, family)
    except Failed:
        if tables is None:
            raise
        if not listed:
            return None
        best = listed[0]
        return DefaultRoute(
            family=family, interface=best.interface, gateway=best.gateway, metric=best.metric
        )
    if asked is None:
        return None
    via = asked.get("via")
    gateway = asked.get("gateway") or (via.get("host") if isinstance(via, dict) else None)
    interface = str(asked["dev"])
    metrics = [
        route.metric for route in listed if (route.interface, route.gateway) == (interface, gateway)
    ]
    return DefaultRoute(
        family=family,
        interface=interface,
        gateway=str(gateway) if gateway else None,
        metric=metrics[0] if metrics else None,
    )


def _route_get(host: Host, family: Family) -> dict[str, Any] | None:
    """What `ip route get` answers (iproute2, rtnetlink(7)); None: there is no route."""
    flag = "-4" if family == "ipv4" else "-6"
    done = host.run("ip", "-j", flag, "route", "get", ANYWHERE[family], timeout_s=TOOL_TIMEOUT_S)
    if done.returncode == 2 and b"RTNETLINK answers" in done.stderr:
        return None
    try:
        answers = msgspec.json.decode(done.stdout, type=list[dict[str, Any]])
    except msgspec.DecodeError:
        raise Failed("unparsable", "run ip") from None
    if done.returncode != 0 or not answers or "dev" not in answers[0]:
        raise Failed("unparsable", "run ip")
    # A route to nowhere (unreachable, blackhole, prohibit) is no way out.
    return answers[0] if answers[0].get("type", "unicast") == "unicast" else None


def _vpn(host: Host, route: DefaultRoute, tables: Tables | None) -> bool | None:
    """By the interface's name or kind. PPP is a VPN if it rides on another line."""
    name = route.interface
    if name.startswith(TUNNEL_PREFIXES):
        return True
    if name.startswith("ppp"):
        others = tables.ipv4 if tables else ()
        return True if any(other.interface != name for other in others) else None
    if name.startswith(BARE_IP_LINES):
        return False
    try:
        return host.read(f"/sys/class/net/{name}/type").strip() == ARPHRD_NONE.encode()
    except Failed:
        return False


def _tether(host: Host, route: DefaultRoute) -> bool | None:
    """By the networks and drivers that phones use; newer Androids choose a network at random."""
    if route.gateway and any(
        address in network for address in (ip_address(route.gateway),) for network in TETHERS
    ):
        return True
    try:
        lines = host.read(f"/sys/class/net/{route.interface}/device/uevent").decode().splitlines()
    except (Failed, UnicodeDecodeError):
        return None
    return True if any(driver in lines for driver in TETHER_DRIVERS) else None
