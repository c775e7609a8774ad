"""Looks again at the line: a dozen connections or more, a few flights, one host in two sizes."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import cycle, islice

import msgspec
from msgspec import Struct

from checks.endpoint import EndpointFact
from checks.endpoint.facts import AddressProbe, EndpointProbe
from checks.endpoint.probe import Target, target_of
from checks.internet import InternetFact
from checks.internet.collect import HTTP_PORT
from checks.quality.facts import LONG_OCTETS, CameIn, Ended, Flight, LineFact, Sizes, Try, Why
from checks.quality.flight import paces_of
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, Failed
from diag.net import http, tcp, tls
from diag.net.gather import gather
from diag.net.resolve import Family

HAND_IN_S = 0.2
GRACE_S = 0.1

TRIES = 12
MORE_TRIES = 8
DOUBTFUL = range(1, 4)
TRY_S = 1.8
APART_S = 0.04
TARGETS = 2
"""Small connections that are made; how many more, if so few of them were lost that it may have been
chance; how long each may take, how far apart, to how many places.
"""

RESENT_S = 0.9
"""A connection's first packet is sent again after a second (RFC 6298, section 2)."""

SLOW_TLS_S = 1.5
SLOW_HTTP_S = 3.0

FLIGHTS = 3
FLIGHT_S = 1.7
"""Answers whose pace is looked at, and the time for all of them."""
FAST_KBIT = 1000.0
"""A line that was seen to be that fast needs no further look."""

COUNTERS = "/proc/net/dev"

SIZE_S = 1.5
SMALL_SEGMENT = 536
"""What every host has to take (RFC 9293, 3.7.1); with its headers it fits any line."""
MOST_SIZED = 4

TOTAL_RETRANS = (100, 104)
"""Where `tcpi_total_retrans` stands in struct tcp_info (Linux' linux/tcp.h, which only grows)."""


class _Suspect(Struct, frozen=True):
    """A way to an endpoint on which everything stopped once the connection stood."""

    target: Target
    family: Family
    probe: AddressProbe


def collect(host: Host, ctx: Context) -> LineFact:
    until = ctx.deadline.sooner(HAND_IN_S)
    internet, endpoints = ctx.find(InternetFact), ctx.find(EndpointFact)
    probes = endpoints.endpoints if endpoints is not None else ()
    declared = {each.id: target_of(each) for each in ctx.profile.endpoint}
    direct = [each for each in probes if not each.proxied and each.id in declared]
    suspects = _suspects(direct, declared)
    why = tuple(_reasons(ctx, internet, direct, bool(suspects)))
    if not why or not direct:
        return LineFact(why=why)
    counted, began = _counted(host), time.monotonic()
    places = _places(internet, direct)
    fact = LineFact(
        why=why,
        quickest_s=_quickest(direct),
        tries=_tries(host, places, TRIES, until),
        came_in=_came_in(counted, _counted(host), time.monotonic() - began),
    )
    if fact.crowded:  # more of the same would only make it worse
        return fact
    if fact.lost in DOUBTFUL:
        more = _tries(host, places, MORE_TRIES, until)
        fact = msgspec.structs.replace(fact, tries=fact.tries + more)
    flights_first = "slow" in why or not suspects
    for step in (True, False):
        if step is flights_first:
            flights = _flights(host, _ways(direct, declared), until)
            fact = msgspec.structs.replace(fact, flights=flights)
            if fact.paces:
                break
        elif suspects:
            fact = msgspec.structs.replace(fact, sizes=_sizes(host, suspects, until))
            if any(each.swallowed for each in fact.sizes):
                break
    return fact


# --- whether to look ---


def _suspects(endpoints: Iterable[EndpointProbe], declared: dict[str, Target]) -> list[_Suspect]:
    found = [
        _Suspect(declared[endpoint.id], family.family, stopped[0])
        for endpoint in endpoints
        for family in endpoint.families
        if (stopped := [probe for probe in family.probes if _stopped(probe)])
        and not any(probe.healthy for probe in family.probes)
    ]
    return found[:MOST_SIZED]


def _stopped(probe: AddressProbe) -> bool:
    """Whether a connection stood and then nothing, or no more, came."""
    if probe.http is not None:
        return probe.http.outcome == "timeout" or probe.http.late
    return probe.tls is not None and probe.tls.outcome == "timeout"


def _reasons(
    ctx: Context,
    internet: InternetFact | None,
    endpoints: Iterable[EndpointProbe],
    silent: bool,
) -> Iterator[Why]:
    if ctx.answers.symptom == "slow":
        yield "symptom"
    places = {
        endpoint.host
        for endpoint in endpoints
        for probe in endpoint.probes()
        if _late(probe) or _stopped(probe)
    }
    if internet is not None:
        places |= {
            each.vendor for each in internet.probes if each.error == "timeout" and each.server
        }
    if len(places) > 1:
        yield "late"
    if silent:
        yield "silent"
    if any(_slow(probe) for endpoint in endpoints for probe in endpoint.probes()):
        yield "slow"


def _late(probe: AddressProbe) -> bool:
    return probe.tcp == "timeout" or (probe.tcp == "ok" and probe.tcp_s >= RESENT_S)


def _slow(probe: AddressProbe) -> bool:
    secured, page = probe.tls, probe.http
    slow_tls = secured is not None and secured.outcome == "ok" and secured.took_s > SLOW_TLS_S
    slow_page = page is not None and page.outcome == "ok" and page.took_s > SLOW_HTTP_S
    return slow_tls or slow_page


def _quickest(endpoints: Iterable[EndpointProbe]) -> float | None:
    stood = (probe for each in endpoints for probe in each.probes() if probe.tcp == "ok")
    return min((probe.tcp_s for probe in stood), default=None)


# --- loss ---


def _places(
    internet: InternetFact | None, endpoints: Iterable[EndpointProbe]
) -> list[tuple[str, int]]:
    """Addresses that took a connection before; well-known ones first: they seldom are the fault."""
    places: dict[tuple[str, int], None] = {}
    if internet is not None:
        for page in internet.probes:
            if page.server is not None and page.layer != "tcp" and not page.via_proxy:
                places[page.server, HTTP_PORT] = None
        for landmark in internet.connects:
            if landmark.outcome == "connected":
                places[landmark.address, landmark.port] = None
    for endpoint in endpoints:
        for probe in endpoint.probes():
            if probe.tcp == "ok" and probe.address:
                places[probe.address, endpoint.port] = None
    return list(places)[:TARGETS]


def _tries(
    host: Host, places: list[tuple[str, int]], count: int, until: Deadline
) -> tuple[Try, ...]:
    if not places:
        return ()
    started = time.monotonic()
    tries = {
        number: partial(_try, host, *place, started + number * APART_S, until)
        for number, place in zip(range(count), cycle(places), strict=False)
    }
    return tuple(gather(tries, Deadline(until.at + GRACE_S / 2)).values())


def _try(host: Host, address: str, port: int, at: float, until: Deadline) -> Try:
    time.sleep(max(0.0, at - time.monotonic()))
    result = tcp.connect(host, address, port, until.within(TRY_S))
    if result.sock is None:
        return Try(address=address, took_s=None)
    with result.sock as sock:
        return Try(address=address, took_s=round(result.took_s, 3), resent=_resent(host, sock))


def _resent(host: Host, sock: socket.socket) -> int | None:
    if host.family != "linux":
        return None
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TOTAL_RETRANS[1])
    except (AttributeError, OSError):
        return None
    start, end = TOTAL_RETRANS
    return int(struct.unpack("=I", info[start:end])[0]) if len(info) >= end else None


# --- pace ---


def _ways(
    endpoints: Iterable[EndpointProbe], declared: dict[str, Target]
) -> list[tuple[Target, str]]:
    """Where connections stood; first those that worked."""
    stood = [
        (not probe.healthy, declared[endpoint.id], probe.address)
        for endpoint in endpoints
        for probe in endpoint.probes()
        if probe.tcp == "ok" and probe.address
    ]
    stood.sort(key=lambda way: way[0])
    return [(target, address) for _, target, address in stood]


def _flights(host: Host, ways: Iterable[tuple[Target, str]], until: Deadline) -> tuple[Flight, ...]:
    """One after the other, or they would slow each other down; no more once one was fast."""
    flights: list[Flight] = []
    deadline = until.within(FLIGHT_S)
    for target, address in islice(ways, FLIGHTS):
        telling = [each.kbit_s for each in flights if each.octets >= LONG_OCTETS]
        fastest = max(telling, default=0.0)
        if deadline.expired or fastest > FAST_KBIT:
            break
        sock = tcp.connect(host, address, target.port, deadline).sock
        if sock is None:
            continue
        paces = paces_of(sock, target.host, target.path, tls=target.tls, deadline=deadline)
        flights += (
            Flight(host=target.host, octets=pace.octets, spread_s=round(pace.spread_s, 4))
            for pace in paces
        )
    return tuple(flights)


# --- all that comes in ---


def _counted(host: Host) -> dict[str, tuple[int, int]]:
    """Bytes and packets received so far by interface (Linux: proc_net(5)); empty elsewhere."""
    if host.family != "linux":
        return {}
    try:
        lines = host.read(COUNTERS).decode("ascii", "replace").splitlines()
    except Failed:
        return {}
    counted = {}
    for line in lines:
        name, colon, numbers = line.partition(":")
        words = numbers.split()
        if colon and len(words) > 1 and words[0].isdecimal() and words[1].isdecimal():
            counted[name.strip()] = int(words[0]), int(words[1])
    return counted


def _came_in(
    before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]], seconds: float
) -> CameIn | None:
    """Of the busiest interface: a tunnel's bytes are counted by the one below it as well."""
    grown = [
        (octets - before[name][0], packets - before[name][1])
        for name, (octets, packets) in after.items()
        if name in before and name != "lo"
    ]
    if not grown:
        return None
    octets, packets = max(grown)
    return CameIn(octets=octets, packets=packets, seconds=round(seconds, 3))


# --- sizes ---


def _sizes(host: Host, suspects: list[_Suspect], until: Deadline) -> tuple[Sizes, ...]:
    deadline = until.within(SIZE_S)
    asks = {
        (index, segment): partial(_exchange, host, suspect, segment, deadline)
        for index, suspect in enumerate(suspects)
        for segment in (None, SMALL_SEGMENT)
    }
    ended = gather(asks, Deadline(deadline.at + GRACE_S / 2))
    return tuple(
        Sizes(
            endpoint=suspect.target.endpoint.id,
            host=suspect.target.host,
            family=suspect.family,
            usual=ended[index, None],
            small=ended[index, SMALL_SEGMENT],
        )
        for index, suspect in enumerate(suspects)
        if (index, None) in ended and (index, SMALL_SEGMENT) in ended
    )


def _exchange(host: Host, suspect: _Suspect, segment: int | None, deadline: Deadline) -> Ended:
    """As far as the first look came, and one step on: a handshake, or a page."""
    target = suspect.target
    try:
        sock = tcp.connect(host, suspect.probe.address, target.port, deadline, segment).sock
    except Failed:
        return "failed"
    if sock is None:
        return "failed"
    if target.tls:
        secured = tls.handshake(sock, target.host, deadline)
        if secured.outcome == "timeout":
            return "stalled"
        if suspect.probe.http is None or secured.sock is None:
            if secured.sock is not None:
                secured.sock.close()
            return "failed" if secured.outcome in ("reset", "failed", "not_tls") else "answered"
        sock = secured.sock
    with sock:
        answer = http.request(sock, target.host_header, target.path, deadline)
    if answer.outcome == "timeout" or answer.late:
        return "stalled"
    return "answered" if answer.outcome == "ok" else "failed"
