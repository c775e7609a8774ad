"""What the gateway check learns: the ways out, and whether their routers answer."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from diag.model import Fact, PrivateIp, PrivateMac, Public

Family = Literal["ipv4", "ipv6"]
FAMILIES: tuple[Family, ...] = ("ipv4", "ipv6")
Neighbour = Literal["reachable", "unconfirmed", "pending", "failed", "absent", "unknown"]
"""The kernel's view of the gateway on the link (RFC 4861, section 7.3.2; Linux does the same for
ARP). unconfirmed: it has a hardware address that nothing has confirmed of late. pending: it is
being asked for. absent: there is no entry. unknown: nobody could be asked."""


class DefaultRoute(Struct, frozen=True, kw_only=True):
    """The route by which one family leaves this device.

    gateway: None where there is no router to name, as on point-to-point links. metric: None if
    not known. reachable: whether the router answers on the link; None: cannot be told. denied:
    because the system keeps this program off the local network.
    """

    family: Family
    interface: Public
    gateway: PrivateIp | None = None
    metric: int | None = None
    reachable: bool | None = None
    neighbour: Neighbour = "unknown"
    denied: bool = False


class OtherRoute(Struct, frozen=True, kw_only=True):
    """A way out by another interface, which would be taken if the one in use were not there."""

    family: Family
    interface: Public
    gateway: PrivateIp | None = None
    tunnel: bool = False


class TwoRouters(Struct, frozen=True, kw_only=True):
    """The hardware that answers for the IPv4 gateway answers for other hosts of this network too,
    while this interface's IPv6 router is another piece of hardware.
    """

    gateway: PrivateIp
    mac: PrivateMac
    others: tuple[PrivateIp, ...]
    ipv6_router: PrivateIp
    ipv6_router_mac: PrivateMac


class GatewayFact(Fact, frozen=True, kw_only=True):
    """At most one route for each family; a family without any has no way out.

    barred: families that a route of this device's own refuses (unreachable, prohibit, blackhole).
    vpn, tether: whether the route in use leads through a tunnel, or through a phone. nat64:
    whether IPv4 addresses are reached by translation from IPv6 (RFC 6146). None: cannot be told.
    """

    routes: tuple[DefaultRoute, ...]
    others: tuple[OtherRoute, ...] = ()
    barred: tuple[Family, ...] = ()
    vpn: bool | None = None
    tether: bool | None = None
    nat64: bool | None = None
    two_routers: TwoRouters | None = None
