"""The default routes and neighbours of macOS.

`route -n get` says which route the kernel would take; it sends nothing. In `netstat -rn` a route
with the flag I serves only what is tied to its interface: such a default route is the way that
would be taken if the one in use were not there. Neither tool translates its words.
"""

from __future__ import annotations

import re

from checks.gateway.fact import FAMILIES, DefaultRoute, Family, Neighbour, OtherRoute
from checks.gateway.system import Entry, Ways, plain_mac
from checks.lines import is_tunnel
from diag.host import Host
from diag.model import Failed

TOOL_TIMEOUT_S = 2.0

ANYWHERE: dict[Family, str] = {"ipv4": "1.1.1.1", "ipv6": "2606:4700:4700::1111"}
"""An address out on the internet, of each family. Nothing is sent to it."""
FLAGS: dict[Family, str] = {"ipv4": "-inet", "ipv6": "-inet6"}

FIELD = re.compile(r"^\s*(gateway|interface|flags): (\S+)", re.MULTILINE)
REFUSING = ("REJECT", "BLACKHOLE")
"""Flags of route(8) of a route that leads nowhere on purpose."""

DEFAULT = re.compile(r"^(?:default|0/1|::/1|0\.0\.0\.0/1)\s+(\S+)\s+(\S+)\s.*", re.MULTILINE)
ARP = re.compile(r"\(([0-9.]+)\) at (\S+) on (\S+)(.*)")
NDP = re.compile(r"^([0-9a-fA-F:.]+)(?:%\S+)?\s+(\S+)\s+(\S+)\s+(\S+)\s+([A-Z])", re.MULTILINE)
OWN = "permanent"
"""How both tables mark this device's own addresses."""

STATES: dict[str, Neighbour] = {
    "R": "reachable",
    "S": "unconfirmed",
    "D": "unconfirmed",
    "P": "unconfirmed",
    "I": "pending",
    "N": "pending",
    "W": "failed",
}
"""ndp(8)."""


def ways(host: Host) -> Ways:
    """Raises Failed if `route` cannot be asked."""
    used: list[DefaultRoute] = []
    others: list[OtherRoute] = []
    barred: list[Family] = []
    for family in FAMILIES:
        done = host.run(
            "route", "-n", "get", FLAGS[family], ANYWHERE[family], timeout_s=TOOL_TIMEOUT_S
        )
        fields = dict(FIELD.findall(done.text()))
        if any(flag in fields.get("flags", "") for flag in REFUSING):
            barred.append(family)
        elif "interface" in fields:
            route = DefaultRoute(
                family=family,
                interface=fields["interface"],
                gateway=_router(fields.get("gateway", "")),
            )
            used.append(route)
            others += _others(host, route)
        elif done.returncode == 0 and b"not in table" not in done.stderr:
            raise Failed("unparsable", "run route")
    return Ways(used=tuple(used), others=tuple(others), barred=tuple(barred))


def _router(gateway: str) -> str | None:
    """A router's address; `link#12` and an interface's name stand for the link itself."""
    address = gateway.partition("%")[0]
    return address if re.fullmatch(r"[0-9.]+|[0-9a-f:]*:[0-9a-f:.]*", address) else None


def _others(host: Host, used: DefaultRoute) -> list[OtherRoute]:
    """Default routes by other interfaces that name a router: one without is a tunnel's that takes
    a few addresses only."""
    family = "inet" if used.family == "ipv4" else "inet6"
    try:
        text = host.run("netstat", "-rn", "-f", family, timeout_s=TOOL_TIMEOUT_S).text()
    except Failed:
        return []
    found = []
    for match in DEFAULT.finditer(text):
        gateway, interface = _router(match[1]), _interface(match[0])
        if interface in ("", used.interface) or gateway is None or gateway == "fe80::":
            continue
        found.append(
            OtherRoute(
                family=used.family,
                interface=interface,
                gateway=gateway,
                tunnel=is_tunnel("macos", interface),
            )
        )
    return found


def _interface(line: str) -> str:
    """The column Netif: older systems put Refs, Use and Mtu before it, and Expire may follow."""
    names = [field for field in line.split()[3:] if re.fullmatch(r"[a-z]+\d+", field)]
    return names[0] if names else ""


def scope_id(host: Host, interface: str) -> str:  # noqa: ARG001 - one form
    return interface


def ping(host: Host, address: str, timeout_s: float) -> bool:
    try:
        if ":" in address:
            done = host.run("ping6", "-n", "-c", "1", address, timeout_s=timeout_s)
        else:
            done = host.run("ping", "-n", "-c", "1", "-t", "1", address, timeout_s=timeout_s)
    except Failed:
        return False
    return done.returncode == 0


def neighbour(host: Host, gateway: str, interface: str) -> Neighbour:
    """For IPv4 nothing says how old an address is."""
    try:
        if ":" in gateway:
            for address, _mac, netif, _expire, state in _ndp(host):
                if (address, netif) == (gateway, interface):
                    return STATES.get(state, "unknown")
            return "absent"
        for address, mac, netif, _rest in _arp(host):
            if (address, netif) == (gateway, interface):
                return "unconfirmed" if plain_mac(mac) else "pending"
    except Failed:
        return "unknown"
    return "absent"


def entries(host: Host, interface: str) -> tuple[Entry, ...]:
    try:
        listed = [*_arp(host), *(row[:4] for row in _ndp(host))]
    except Failed:
        return ()
    return tuple(
        Entry(address, plain_mac(mac))
        for address, mac, netif, rest in listed
        if netif == interface and OWN not in rest and plain_mac(mac)
    )


def _arp(host: Host) -> list[tuple[str, str, str, str]]:
    return ARP.findall(host.run("arp", "-an", timeout_s=TOOL_TIMEOUT_S).text())


def _ndp(host: Host) -> list[tuple[str, str, str, str, str]]:
    return NDP.findall(host.run("ndp", "-an", timeout_s=TOOL_TIMEOUT_S).text())


def vpn(host: Host, route: DefaultRoute, ways: Ways) -> bool | None:  # noqa: ARG001 - one form
    """By the interface's name. PPP is a VPN if it rides on another line."""
    if is_tunnel("macos", route.interface):
        return True
    if route.interface.startswith("ppp"):
        return True if any(not other.tunnel for other in ways.others) else None
    return False


def tether(host: Host, route: DefaultRoute) -> bool | None:  # noqa: ARG001
    """An iPhone shows by its network alone."""
    return None
