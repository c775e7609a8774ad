"""Linux's routing tables as text: /proc/net/route and /proc/net/ipv6_route (proc(5))."""

from __future__ import annotations

import socket
import sys

from msgspec import Struct

RTF_UP = 0x0001
RTF_REJECT = 0x0200
"""Flags of <linux/route.h>."""

ANY = "0.0.0.0"  # noqa: S104 - a route's destination, nothing is bound to it
HALVES = {(ANY, "128.0.0.0"), ("128.0.0.0", "128.0.0.0")}
"""Two routes that together lead everywhere; OpenVPN sets them beside the default route."""


class Route(Struct, frozen=True):
    """A route that leads everywhere. A gateway of None: the other side is on the link itself."""

    interface: str
    gateway: str | None
    metric: int


def parse_ipv4(text: str) -> tuple[Route, ...]:
    """The default routes, best first. Lines that are none are passed over."""
    found = []
    halves: dict[Route, set[tuple[str, str]]] = {}
    for line in text.splitlines()[1:]:
        fields = line.split()
        try:
            flags, metric = int(fields[3], 16), int(fields[6])
            destination, gateway, mask = (_ipv4(fields[index]) for index in (1, 2, 7))
        except (IndexError, ValueError):
            continue
        # A blackhole has no interface, and no flag of its own.
        if not flags & RTF_UP or flags & RTF_REJECT or fields[0] == "*":
            continue
        route = Route(fields[0], None if gateway == ANY else gateway, metric)
        if (destination, mask) == (ANY, ANY):
            found.append(route)
        elif (destination, mask) in HALVES:
            halves.setdefault(route, set()).add((destination, mask))
    # The kernel prefers the longer prefix, whatever the metric.
    whole = [route for route, seen in halves.items() if seen == HALVES]
    return (*whole, *sorted(found, key=lambda route: route.metric))


def parse_ipv6(text: str) -> tuple[Route, ...]:
    """The default routes, best first: ::/0, on anything but loopback."""
    found = []
    for line in text.splitlines():
        fields = line.split()
        try:
            destination, length, gateway = fields[0], int(fields[1], 16), bytes.fromhex(fields[4])
            metric, flags, interface = int(fields[5], 16), int(fields[8], 16), fields[9]
        except (IndexError, ValueError):
            continue
        if int(destination, 16) or length or interface == "lo":
            continue
        if not flags & RTF_UP or flags & RTF_REJECT or len(gateway) != 16:
            continue
        via = socket.inet_ntop(socket.AF_INET6, gateway) if any(gateway) else None
        found.append(Route(interface, via, metric))
    return tuple(sorted(found, key=lambda route: route.metric))


def _ipv4(field: str) -> str:
    """The kernel prints the address as a number of its own byte order."""
    return socket.inet_ntoa(int(field, 16).to_bytes(4, sys.byteorder))
