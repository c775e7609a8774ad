"""Trying every way out that this device has, tied to its interface, when the one in use is silent.

To each of a few public addresses: one connection that is dropped at once, and one empty datagram
to each of a few ports, which tells whether this device's own rules hold it back: the kernel then
refuses to send it, whatever the network is like (on Linux EPERM, on Windows WSAEACCES; macOS says
"no route to host", which counts only where the router is known to be there).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

from msgspec.structs import replace

from checks.gateway import GatewayFact
from checks.internet import InternetFact
from checks.internet.targets import LANDMARKS, Landmark
from checks.lines import is_tunnel, kind_of
from checks.ways.clients import vpn_clients
from checks.ways.facts import Way, WaysFact
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, Failed
from diag.net.gather import gather
from diag.net.tcp import outcome_of

CONNECT_TIMEOUT_S = 2.5
"""Two SYNs go unanswered by then (RFC 6298: one second, then two)."""
SEND_TIMEOUT_S = 0.2
"""A datagram that may not leave is refused at once; for answers nobody waits."""
HAND_IN_S = 0.3
MOST_WAYS = 3
PORTS = (53, 123, 443)
"""Held back one by one for many reasons; all of them by what lets nothing out."""

Outcome = Literal["connected", "no_answer", "sent", "held_back"]
"""The first two of a connection, the others of a datagram."""


def collect(host: Host, ctx: Context) -> WaysFact:
    """Raises Failed if the routes are not known."""
    internet, gateway = ctx.find(InternetFact), ctx.find(GatewayFact)
    if internet is not None and (
        internet.works or any(each.outcome == "connected" for each in internet.connects)
    ):
        return WaysFact(looked=False)
    if gateway is None:
        raise Failed("needs_missing", "GatewayFact")
    return WaysFact(
        looked=True,
        ways=_try_all(host, gateway, ctx.deadline.sooner(HAND_IN_S)),
        barred=bool(gateway.barred),
        vpn_clients=vpn_clients(host),
    )


def _ways(host: Host, gateway: GatewayFact) -> list[Way]:
    """Those to try, the ones in use first; what each answers is still to come."""
    in_use = [
        Way(
            interface=route.interface,
            family=route.family,
            in_use=True,
            tunnel=is_tunnel(host.family, route.interface)
            or (gateway.vpn is True and route.interface == gateway.routes[0].interface),
            answer="silent",
        )
        for route in gateway.routes
    ]
    others = [
        Way(
            interface=route.interface,
            family=route.family,
            in_use=False,
            tunnel=route.tunnel,
            answer="silent",
        )
        for route in gateway.others
    ]
    unique = {(way.interface, way.family): way for way in reversed((*in_use, *others))}
    kinds = {name: kind_of(host, name) for name, _ in unique}
    ways = [replace(way, kind=kinds[way.interface]) for way in reversed(unique.values())]
    return ways[: 2 * MOST_WAYS]


def _try_all(host: Host, gateway: GatewayFact, deadline: Deadline) -> tuple[Way, ...]:
    ways = _ways(host, gateway)
    probes: dict[tuple[int, str], Callable[[], Outcome | Failed]] = {}
    for index, way in enumerate(ways):
        over = None if way.in_use else way.interface
        there = _gateway_there(gateway, way)
        landmarks = [each for each in LANDMARKS if each.family == way.family]
        # The internet check has tried connections over the way in use.
        for landmark in () if way.in_use else landmarks:
            probe = partial(_connect, host, landmark, over, deadline)
            probes[index, f"tcp {landmark.address}"] = probe
        for port in PORTS:
            probes[index, f"udp {port}"] = partial(
                _send, host, landmarks[0].address, port, over, there
            )
    done = gather(probes, deadline)
    return tuple(
        _judged(way, [result for key, result in done.items() if key[0] == index])
        for index, way in enumerate(ways)
    )


def _gateway_there(gateway: GatewayFact, way: Way) -> bool:
    return any(
        route.reachable is True
        for route in gateway.routes
        if (route.interface, route.family) == (way.interface, way.family)
    )


def _judged(way: Way, results: list[Outcome | Failed]) -> Way:
    failures = [result for result in results if isinstance(result, Failed)]
    datagrams = [result for result in results if result in ("sent", "held_back")]
    if "connected" in results:
        return replace(way, answer="answered")
    if failures or len(datagrams) < len(PORTS):
        return replace(
            way, answer="unknown", failed=failures[0].failure.code if failures else "timeout"
        )
    return replace(way, answer="silent" if "sent" in datagrams else "refused_here")


def _connect(
    host: Host, landmark: Landmark, over: str | None, deadline: Deadline
) -> Outcome | Failed:
    timeout_s = deadline.within(CONNECT_TIMEOUT_S).remaining()
    try:
        host.connect(landmark.address, landmark.port, timeout_s, over).close()
    except Failed as failed:
        return failed
    except OSError:
        return "no_answer"
    return "connected"


def _send(
    host: Host, address: str, port: int, over: str | None, gateway_there: bool
) -> Outcome | Failed:
    try:
        host.exchange(address, port, b"", SEND_TIMEOUT_S, over)
    except Failed as failed:
        return failed
    except OSError as error:
        outcome = outcome_of(error)
        if outcome == "prohibited" or (
            host.family == "macos" and outcome == "unreachable" and gateway_there
        ):
            return "held_back"
    return "sent"
