"""What the gateway check learns: the default routes in use, and whether their routers answer."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from diag.model import Fact, PrivateIp, Public

Family = Literal["ipv4", "ipv6"]
Neighbour = Literal["reachable", "unconfirmed", "pending", "failed", "absent", "unknown"]
"""The kernel's view of the gateway on the link (RFC 4861, section 7.3.2; Linux does the same for
ARP). unconfirmed: it has a hardware address that nothing has confirmed of late. pending: it is
being asked for. absent: there is no entry. unknown: nobody could be asked."""


class DefaultRoute(Struct, frozen=True, kw_only=True):
    """The route by which one family leaves this device.

    gateway: None where there is no router to name, as on point-to-point links. metric: None if
    not known. reachable: whether the router answers on the link; None: cannot be told.
    """

    family: Family
    interface: Public
    gateway: PrivateIp | None = None
    metric: int | None = None
    reachable: bool | None = None
    neighbour: Neighbour = "unknown"


class GatewayFact(Fact, frozen=True, kw_only=True):
    """At most one route for each family; a family without any has no way out.

    vpn, tether: whether the route in use leads through a tunnel, or through a phone; None: cannot
    be told.
    """

    routes: tuple[DefaultRoute, ...]
    vpn: bool | None = None
    tether: bool | None = None
