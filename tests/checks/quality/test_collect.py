"""A second look at the line, over real connections on loopback. (Lines that really lose, crawl and
swallow stand in the lab.)"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
import trustme

from checks.endpoint import EndpointFact
from checks.endpoint.facts import AddressProbe
from checks.internet import InternetFact, ProbeAnswer
from checks.quality import CHECK, LineFact
from checks.quality.flight import Pace, paces_of
from diag.deadline import Deadline
from diag.model import Answers
from tests.checks.endpoint.devices import LOGIN, LOGIN_PAGE, collect, device, endpoints
from tests.net.conftest import authority
from tests.net.servers import (
    SignpostHost,
    answer,
    dripping,
    hang_up,
    over,
    read_head,
    silent,
    tcp_server,
    tls_with,
    web_server,
)
from tests.support import context, view

__all__ = ["authority"]

VENDOR = "17.253.31.201"
PAGE = answer(LOGIN_PAGE.encode())
PROFILE = endpoints("login")


EXPECTED = ProbeAnswer(vendor="apple", family="ipv4", outcome="expected", server=VENDOR, took_s=0.1)
ONLINE = InternetFact(probes=(EXPECTED,), connects=())


def looked(
    host: SignpostHost, fact: EndpointFact, symptom: str | None = None, seconds: float = 3.4
) -> LineFact:
    answers = Answers(symptom=symptom)  # type: ignore[arg-type]
    return CHECK.collect(host, context(PROFILE, fact, ONLINE, answers=answers, seconds=seconds))


def changed(fact: EndpointFact, **rest: Any) -> EndpointFact:
    """With these values in its one probe."""
    (one,) = fact.endpoints
    families = tuple(
        msgspec.structs.replace(
            each, probes=tuple(msgspec.structs.replace(probe, **rest) for probe in each.probes)
        )
        for each in one.families
    )
    return EndpointFact(endpoints=(msgspec.structs.replace(one, families=families),))


def probe_of(fact: EndpointFact) -> AddressProbe:
    return next(iter(fact.endpoints[0].probes()))


# --- whether to look ---


@pytest.fixture
def serving(authority: trustme.CA) -> Iterator[tuple[SignpostHost, EndpointFact]]:
    """A device on which all is well, and what the first look saw."""
    secured = tls_with(authority.issue_cert("login.app.test"))
    with web_server(PAGE, secured) as server:
        host = device({(LOGIN, 443): server.port, (VENDOR, 80): server.port})
        fact = collect(host, PROFILE)
        assert probe_of(fact).healthy
        host.dialled.clear()
        yield host, fact


def test_a_healthy_line_is_left_alone(serving: tuple[SignpostHost, EndpointFact]) -> None:
    host, fact = serving
    assert looked(host, fact, "login") == LineFact()
    assert host.dialled == []


def test_a_user_who_says_that_it_is_slow(serving: tuple[SignpostHost, EndpointFact]) -> None:
    host, fact = serving
    seen = looked(host, fact, "slow")
    assert seen.why == ("symptom",)
    assert len(seen.tries) == 12
    assert all(each.took_s is not None and each.took_s < 0.5 for each in seen.tries)
    assert {each.address for each in seen.tries} == {VENDOR, LOGIN}
    assert 12 < len(host.dialled) <= 20
    assert list(CHECK.judge(seen, view(seen, profile=PROFILE))) == []


def _slow_tls(fact: EndpointFact) -> EndpointFact:
    secured = probe_of(fact).tls
    assert secured is not None
    return changed(fact, tls=msgspec.structs.replace(secured, took_s=2.0))


def _slow_page(fact: EndpointFact) -> EndpointFact:
    page = probe_of(fact).http
    assert page is not None
    return changed(fact, http=msgspec.structs.replace(page, took_s=4.0))


@pytest.mark.parametrize("change", [_slow_tls, _slow_page])
def test_an_exchange_that_took_long(
    serving: tuple[SignpostHost, EndpointFact], change: Callable[[EndpointFact], EndpointFact]
) -> None:
    host, fact = serving
    assert looked(host, change(fact)).why == ("slow",)


def test_one_late_connection_is_chance(serving: tuple[SignpostHost, EndpointFact]) -> None:
    host, fact = serving
    assert looked(host, changed(fact, tcp_s=1.02)).why == ()


def test_late_at_two_places_is_not(serving: tuple[SignpostHost, EndpointFact]) -> None:
    host, fact = serving
    late = changed(fact, tcp_s=1.02)
    timed_out = ProbeAnswer(
        vendor="google",
        family="ipv4",
        outcome="no_answer",
        layer="tcp",
        error="timeout",
        server="142.250.196.99",
        took_s=2.0,
    )
    both = InternetFact(probes=(EXPECTED, timed_out), connects=())
    seen = CHECK.collect(host, context(PROFILE, late, both, seconds=3.4))
    assert seen.why == ("late",)
    assert {each.address for each in seen.tries} == {VENDOR, LOGIN}


# --- sizes ---


def mute(_: socket.socket) -> None:
    time.sleep(8)


def test_a_mute_server_is_mute_in_any_size() -> None:
    with tcp_server(mute) as server, tcp_server(hang_up) as vendor:
        host = device({(LOGIN, 443): server.port, (VENDOR, 80): vendor.port})
        fact = collect(host, PROFILE, seconds=2.0)
        started = time.monotonic()
        seen = looked(host, fact)
        assert time.monotonic() - started < 3.4
    assert seen.why == ("silent",)
    assert [(each.usual, each.small) for each in seen.sizes] == [("stalled", "stalled")]


def test_a_server_that_answers_the_second_time(authority: trustme.CA) -> None:
    """Whatever was the matter before, packets of the usual size get through now."""
    secured = tls_with(authority.issue_cert("login.app.test"))
    with tcp_server(mute) as before:
        host = device({(LOGIN, 443): before.port})
        fact = collect(host, PROFILE, seconds=2.0)
    with web_server(PAGE, secured) as server:
        host = device({(LOGIN, 443): server.port, (VENDOR, 80): server.port})
        seen = looked(host, fact)
    assert [(each.usual, each.small) for each in seen.sizes] == [("answered", "answered")]


def test_a_page_that_never_comes(authority: trustme.CA) -> None:
    secured = tls_with(authority.issue_cert("login.app.test"))
    with web_server(silent, secured) as server, tcp_server(hang_up) as vendor:
        host = device({(LOGIN, 443): server.port, (VENDOR, 80): vendor.port})
        fact = collect(host, PROFILE, seconds=2.0)
        seen = looked(host, fact)
    assert [(each.usual, each.small) for each in seen.sizes] == [("stalled", "stalled")]


# --- pace ---


def paced(
    authority: trustme.CA | None, handler: Callable[[socket.socket], None]
) -> tuple[Pace, ...]:
    """What `paces_of` sees of a server."""
    secured = tls_with(authority.issue_cert("login.app.test")) if authority else None

    def handle(connection: socket.socket) -> None:
        with over(secured, connection) as stream:
            read_head(stream)
            handler(stream)

    with tcp_server(handle) as server:
        sock = socket.create_connection(("127.0.0.1", server.port))
        tls = authority is not None
        return paces_of(sock, "login.app.test", "/", tls=tls, deadline=Deadline.after(1.5))


def in_pieces(stream: socket.socket) -> None:
    """2 KiB, then 1 KiB each tenth of a second: 80 kbit/s."""
    stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6144\r\n\r\n" + b"x" * 2048)
    for _ in range(4):
        time.sleep(0.1)
        stream.sendall(b"x" * 1024)


def test_the_pace_of_a_page() -> None:
    (pace,) = paced(None, in_pieces)
    assert pace.octets == 4096
    assert 0.35 < pace.spread_s < 1.0


def test_the_pace_of_a_page_over_tls(authority: trustme.CA) -> None:
    pace = paced(authority, in_pieces)[-1]
    assert 4096 <= pace.octets < 4500
    assert 0.35 < pace.spread_s < 1.0


def test_a_page_in_one_piece_has_no_pace() -> None:
    assert paced(None, lambda stream: stream.sendall(PAGE)) == ()


def think(stream: socket.socket) -> None:
    time.sleep(0.8)
    stream.sendall(PAGE)


def test_a_server_that_thinks_first_is_not_slow(authority: trustme.CA) -> None:
    assert paced(None, think) == ()
    assert all(pace.spread_s < 0.4 for pace in paced(authority, think))


def test_no_more_than_48_kib_and_no_longer_than_the_deadline() -> None:
    def pour(stream: socket.socket) -> None:
        while True:
            stream.sendall(b"x" * 4096)

    assert sum(pace.octets for pace in paced(None, pour)) < 192 << 10

    def drip(stream: socket.socket) -> None:
        for each in dripping(PAGE * 9, 0.05):
            stream.sendall(each)

    started = time.monotonic()
    seen = paced(None, drip)
    assert time.monotonic() - started < 3.0
    assert all(isinstance(pace, Pace) for pace in seen)


@pytest.mark.usefixtures("authority")
def test_nothing_is_asked_of_a_server_whose_certificate_does_not_hold() -> None:
    stranger = trustme.CA()
    with web_server(PAGE, tls_with(stranger.issue_cert("login.app.test"))) as server:
        sock = socket.create_connection(("127.0.0.1", server.port))
        paces_of(sock, "login.app.test", "/", tls=True, deadline=Deadline.after(1.5))
        assert server.heads == []
