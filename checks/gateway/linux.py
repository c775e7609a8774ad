"""The default routes and neighbours of Linux.

`ip route get` says which route the kernel would take, policy rules and split tunnels included; it
sends nothing. The tables in /proc hold the metrics and the other routes, and stand in where there
is no `ip`.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from checks.gateway.fact import FAMILIES, DefaultRoute, Family, Neighbour, OtherRoute
from checks.gateway.system import Entry, Ways, plain_mac
from checks.gateway.tables import Route, parse_ipv4, parse_ipv6
from checks.lines import is_tunnel
from diag.host import Host
from diag.model import Failed
from diag.net.addresses import is_address

TOOL_TIMEOUT_S = 2.0

ANYWHERE: dict[Family, str] = {"ipv4": "1.1.1.1", "ipv6": "2606:4700:4700::1111"}
"""An address out on the internet, of each family. Nothing is sent to it."""

NO_ROUTE = b"Network is unreachable"
"""ENETUNREACH: the tables hold none. A route that refuses has errors of its own (ip-route(8))."""

BARE_IP_LINES = ("wwan", "rmnet", "clat", "ppp")
"""Interfaces without a link layer that are lines of their own: mobile modems, 464XLAT, dial-in."""
ARPHRD_NONE = "65534"
"""The kernel's type of an interface without a link layer, such as tun and WireGuard (if_arp.h)."""
TETHER_DRIVERS = ("DRIVER=ipheth", "DRIVER=rndis_host")
"""USB network drivers that phones alone speak to."""

STATES: dict[str, Neighbour] = {
    "REACHABLE": "reachable",
    "STALE": "unconfirmed",
    "DELAY": "unconfirmed",
    "PROBE": "unconfirmed",
    "PERMANENT": "unconfirmed",
    "INCOMPLETE": "pending",
    "FAILED": "failed",
    "NOARP": "unknown",
    "NONE": "absent",
}
"""ip-neighbour(8)."""

ATF_COM = 0x02
"""Flag of /proc/net/arp: the entry is complete (<linux/if_arp.h>)."""


class Tables(Struct, frozen=True):
    """Default routes by family, as /proc lists them, best first; empty where it does not."""

    ipv4: tuple[Route, ...]
    ipv6: tuple[Route, ...]

    def of(self, family: Family) -> tuple[Route, ...]:
        return self.ipv4 if family == "ipv4" else self.ipv6


class Barred(Exception):
    """A route of this device's own refuses a family."""


def ways(host: Host) -> Ways:
    """Raises Failed if neither `ip` nor /proc can be asked."""
    tables = _tables(host)
    used: list[DefaultRoute] = []
    others: list[OtherRoute] = []
    barred: list[Family] = []
    for family in FAMILIES:
        try:
            route = _used(host, family, tables)
        except Barred:
            barred.append(family)
            continue
        if route is not None:
            used.append(route)
            others += _others(family, route, tables)
    return Ways(used=tuple(used), others=tuple(others), barred=tuple(barred))


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


def _others(family: Family, used: DefaultRoute, tables: Tables | None) -> list[OtherRoute]:
    return [
        OtherRoute(
            family=family,
            interface=route.interface,
            gateway=route.gateway,
            tunnel=is_tunnel("linux", route.interface),
        )
        for route in (tables.of(family) if tables else ())
        if route.interface != used.interface
    ]


def _used(host: Host, family: Family, tables: Tables | None) -> DefaultRoute | None:
    """The route that the kernel takes; None if it has none. Raises Barred."""
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
    if gateway and not is_address(str(gateway)):
        raise Failed("unparsable", "run ip")
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
        if NO_ROUTE in done.stderr:
            return None
        raise Barred
    try:
        answers = msgspec.json.decode(done.stdout, type=list[dict[str, Any]])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Failed("unparsable", "run ip") from None
    if done.returncode != 0 or not answers or "dev" not in answers[0]:
        raise Failed("unparsable", "run ip")
    if answers[0].get("type", "unicast") != "unicast":
        raise Barred
    return answers[0]


def scope_id(host: Host, interface: str) -> str:  # noqa: ARG001 - one form
    return interface


def ping(host: Host, address: str, timeout_s: float) -> bool:
    try:
        done = host.run("ping", "-n", "-c", "1", "-W", "1", address, timeout_s=timeout_s)
    except Failed:
        return False
    return done.returncode == 0


def neighbour(host: Host, gateway: str, interface: str) -> Neighbour:
    """What the kernel knows of a neighbour, from `ip neighbour`, else from /proc/net/arp."""
    try:
        done = host.run(
            "ip", "-j", "neigh", "show", "to", gateway, "dev", interface, timeout_s=TOOL_TIMEOUT_S
        )
        entries = msgspec.json.decode(done.stdout or b"[]", type=list[dict[str, Any]])
    except (Failed, msgspec.DecodeError, UnicodeDecodeError):
        return _arp(host, gateway, interface)
    if done.returncode != 0:
        return _arp(host, gateway, interface)
    states = [state for entry in entries for state in entry.get("state", ())]
    return STATES.get(str(states[0]), "unknown") if states else "absent"


def _arp(host: Host, gateway: str, interface: str) -> Neighbour:
    """IPv4 alone; it does not say how old a complete entry is."""
    if ":" in gateway:
        return "unknown"
    try:
        lines = host.read("/proc/net/arp").decode("ascii", "replace").splitlines()
    except Failed:
        return "unknown"
    for line in lines[1:]:
        fields = line.split()
        if len(fields) >= 6 and (fields[0], fields[5]) == (gateway, interface):
            return "unconfirmed" if int(fields[2], 16) & ATF_COM else "pending"
    return "absent"


def entries(host: Host, interface: str) -> tuple[Entry, ...]:
    try:
        done = host.run("ip", "-j", "neigh", "show", "dev", interface, timeout_s=TOOL_TIMEOUT_S)
        listed = msgspec.json.decode(done.stdout or b"[]", type=list[dict[str, Any]])
    except (Failed, msgspec.DecodeError, UnicodeDecodeError):
        return ()
    return tuple(
        Entry(str(each["dst"]), mac)
        for each in listed
        if "dst" in each and (mac := plain_mac(str(each.get("lladdr", ""))))
    )


def vpn(host: Host, route: DefaultRoute, ways: Ways) -> bool | None:
    """By the interface's name or kind. PPP is a VPN if it rides on another line."""
    name = route.interface
    if is_tunnel("linux", name):
        return True
    if name.startswith("ppp"):
        return True if any(not other.tunnel for other in ways.others) else None
    if name.startswith(BARE_IP_LINES):
        return False
    try:
        return host.read(f"/sys/class/net/{name}/type").strip() == ARPHRD_NONE.encode()
    except Failed:
        return False


def tether(host: Host, route: DefaultRoute) -> bool | None:
    try:
        lines = host.read(f"/sys/class/net/{route.interface}/device/uevent").decode().splitlines()
    except (Failed, UnicodeDecodeError):
        return None
    return True if any(driver in lines for driver in TETHER_DRIVERS) else None
