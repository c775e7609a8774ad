"""The default routes and neighbours of Windows, as PowerShell tells them.

Windows takes the most specific route, then the smallest sum of the route's and the interface's
metric, among the interfaces that are up. PowerShell is asked once, before the gateway is poked;
afterwards `arp` alone is asked again, whose rows hold addresses and no words.
"""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Any

import msgspec
from msgspec import Struct

from checks.gateway.fact import FAMILIES, DefaultRoute, Family, Neighbour, OtherRoute
from checks.gateway.system import Entry, Ways, plain_mac
from checks.lines import TUNNEL_ADAPTERS, is_tunnel
from diag.host import Host, powershell
from diag.model import Failed
from diag.net.addresses import is_address

TOOL_TIMEOUT_S = 2.0
ANY = ("0.0.0.0", "::")  # noqa: S104 - a route's next hop: on the link itself
IF_TYPE_PPP = 23
IF_TYPE_PROP_VIRTUAL = 53
IF_TYPE_TUNNEL = 131
"""ifType of the IANA registry, as Windows uses it; RAS, Wintun and Teredo in this order."""
TETHERS = ("Apple Mobile Device Ethernet", "Remote NDIS")
"""How the adapters describe themselves that a phone on USB brings."""
ROW = re.compile(rb"([0-9.]{7,15})\s+((?:[0-9a-f]{2}-){5}[0-9a-f]{2})")

STATES: dict[int, Neighbour] = {
    0: "failed",
    1: "pending",
    2: "unconfirmed",
    3: "unconfirmed",
    4: "unconfirmed",
    5: "reachable",
}
"""MSFT_NetNeighbor.State: unreachable, incomplete, probe, delay, stale, reachable."""


class RouteRow(Struct, frozen=True, kw_only=True):
    prefix: str
    next_hop: str
    index: int
    alias: str
    metric: int

    @property
    def family(self) -> Family:
        return "ipv6" if ":" in self.prefix else "ipv4"

    @property
    def gateway(self) -> str | None:
        return None if self.next_hop in ANY else self.next_hop.partition("%")[0]

    @property
    def rank(self) -> tuple[int, int]:
        return (-ip_network(self.prefix).prefixlen, self.metric)


class NeighborRow(Struct, frozen=True, kw_only=True):
    address: str
    index: int
    mac: str | None = None
    state: int


class AdapterRow(Struct, frozen=True, kw_only=True):
    index: int
    name: str
    description: str | None = None
    status: str = ""
    type: int = 0
    hardware: bool = False

    @property
    def tunnel(self) -> bool:
        """PPP is RAS: the VPNs that Windows brings along, and dial-in modems."""
        return (
            self.type in (IF_TYPE_PROP_VIRTUAL, IF_TYPE_TUNNEL, IF_TYPE_PPP)
            or TUNNEL_ADAPTERS.search(self.description or "") is not None
            or is_tunnel("windows", self.name)
        )


def _rows(host: Host, section: str, form: type[Any]) -> list[Any]:
    try:
        return list(msgspec.convert(powershell.ask(host, section), list[form]))  # type: ignore[valid-type]
    except msgspec.ValidationError as error:
        raise Failed("unparsable", f"powershell {section}", str(error)) from None


def adapters(host: Host) -> dict[int, AdapterRow]:
    """By interface index; empty where they cannot be listed."""
    try:
        return {each.index: each for each in _rows(host, "adapters", AdapterRow)}
    except Failed:
        return {}


def ways(host: Host) -> Ways:
    """Raises Failed if PowerShell cannot be asked."""
    known = adapters(host)
    rows: list[RouteRow] = _rows(host, "routes", RouteRow)
    if any(row.gateway and not is_address(row.gateway) for row in rows):
        raise Failed("unparsable", "powershell routes", "a gateway that is no address")
    used: list[DefaultRoute] = []
    others: list[OtherRoute] = []
    for family in FAMILIES:
        ranked = sorted(
            (
                row
                for row in rows
                if row.family == family
                and (row.index not in known or known[row.index].status == "Up")
            ),
            key=lambda row: row.rank,
        )
        if not ranked:
            continue
        first = ranked[0]
        used.append(
            DefaultRoute(
                family=family, interface=first.alias, gateway=first.gateway, metric=first.metric
            )
        )
        others += [
            OtherRoute(
                family=family,
                interface=row.alias,
                gateway=row.gateway,
                tunnel=_tunnel(row.alias, known),
            )
            for row in ranked
            if row.index != first.index
        ]
    return Ways(used=tuple(used), others=tuple(others))


def _tunnel(alias: str, known: dict[int, AdapterRow]) -> bool:
    """An interface without an adapter is RAS's, which is listed while it is connected."""
    named = [adapter for adapter in known.values() if adapter.name == alias]
    if not known:
        return is_tunnel("windows", alias)
    return named[0].tunnel if named else True


def scope_id(host: Host, interface: str) -> str:
    """Windows takes the number alone."""
    indexes = [each.index for each in adapters(host).values() if each.name == interface]
    return str(indexes[0]) if indexes else interface


def ping(host: Host, address: str, timeout_s: float) -> bool:
    """`ping` says that all is well when this device itself answered that nobody is there. The
    word TTL, which no language translates, stands in true answers alone, of IPv4 alone."""
    if ":" in address:
        return False
    try:
        done = host.run("ping", "-n", "1", "-w", "1000", address, timeout_s=timeout_s)
    except Failed:
        return False
    return done.returncode == 0 and b"TTL=" in done.stdout


def neighbour(host: Host, gateway: str, interface: str) -> Neighbour:
    """As it was before the poke; what is not complete in `arp` afterwards is not there."""
    before = _before(host, gateway, interface)
    if ":" in gateway or before == "reachable":
        return before if before in ("reachable", "unconfirmed") else "unknown"
    try:
        done = host.run("arp", "-a", gateway, timeout_s=TOOL_TIMEOUT_S)
    except Failed:
        return before
    found = any(address == gateway.encode() for address, _ in ROW.findall(done.stdout))
    return "unconfirmed" if found else "pending"


def _before(host: Host, gateway: str, interface: str) -> Neighbour:
    try:
        index = {adapter.name: adapter.index for adapter in adapters(host).values()}
        rows: list[NeighborRow] = _rows(host, "neighbors", NeighborRow)
    except Failed:
        return "unknown"
    for row in rows:
        if row.address.partition("%")[0] == gateway and row.index == index.get(interface):
            return STATES.get(row.state, "unknown")
    return "absent"


def entries(host: Host, interface: str) -> tuple[Entry, ...]:
    try:
        index = {adapter.name: adapter.index for adapter in adapters(host).values()}
        rows: list[NeighborRow] = _rows(host, "neighbors", NeighborRow)
    except Failed:
        return ()
    return tuple(
        Entry(row.address.partition("%")[0], mac)
        for row in rows
        if row.index == index.get(interface) and (mac := plain_mac(row.mac or ""))
    )


def vpn(host: Host, route: DefaultRoute, ways: Ways) -> bool | None:  # noqa: ARG001 - one form
    return _tunnel(route.interface, adapters(host))


def tether(host: Host, route: DefaultRoute) -> bool | None:
    for adapter in adapters(host).values():
        if adapter.name == route.interface:
            return True if (adapter.description or "").startswith(TETHERS) else None
    return None
