"""Asking a name server directly: what it says, and what it means when it says nothing."""

from __future__ import annotations

import time

import dns.rcode
import pytest

from diag.deadline import Deadline
from diag.net.name_server import NameAnswer, RecordType, ask
from tests.net.name_servers import Zone, name_server
from tests.support import replay

SERVER = "192.0.2.53"
RECORDS = {
    ("www.test", "A"): ("198.51.100.7", "198.51.100.8"),
    ("www.test", "AAAA"): ("2001:db8::7",),
    ("bare.test", "A"): (),
}


def asked(
    zone: Zone, name: str = "www.test", kind: RecordType = "A", seconds: float = 5.0
) -> NameAnswer:
    with name_server(zone) as port:
        host = replay(detours={(SERVER, 53): port})
        return ask(host, SERVER, name, kind, Deadline.after(seconds))


@pytest.mark.parametrize("kind", ["A", "AAAA"])
def test_addresses(kind: RecordType) -> None:
    answer = asked(Zone(RECORDS), kind=kind)
    assert answer.outcome == "ok"
    assert set(answer.addresses) == set(RECORDS["www.test", kind])


@pytest.mark.parametrize(
    ("zone", "name", "outcome"),
    [
        (Zone(RECORDS), "gone.test", "nxdomain"),
        (Zone(RECORDS), "bare.test", "nodata"),
        (Zone(rcode=dns.rcode.SERVFAIL), "www.test", "servfail"),
        (Zone(rcode=dns.rcode.NOTIMP), "www.test", "servfail"),
        (Zone(rcode=dns.rcode.REFUSED), "www.test", "refused"),
        (Zone(garbage=b""), "www.test", "malformed"),
        (Zone(garbage=b"\xff" * 40), "www.test", "malformed"),
        (Zone(garbage=bytes(12)), "www.test", "malformed"),
    ],
)
def test_negative_answers(zone: Zone, name: str, outcome: str) -> None:
    answer = asked(zone, name)
    assert (answer.outcome, answer.addresses) == (outcome, ())


def test_an_answer_that_is_cut_short_is_asked_for_again_over_tcp() -> None:
    zone = Zone(RECORDS, cut=True)
    assert asked(zone).outcome == "ok"
    assert zone.asked == ["www.test A udp", "www.test A tcp"]


def test_one_lost_datagram_is_no_fault() -> None:
    zone = Zone(RECORDS, drops=1)
    answer = asked(zone, seconds=1.5)
    assert answer.outcome == "ok"
    assert len(zone.asked) == 2
    assert answer.took_s < 0.6, "the time of the attempt that counted"


def test_silence_ends_by_the_deadline() -> None:
    started = time.monotonic()
    assert asked(Zone(mute=True), seconds=0.6).outcome == "timeout"
    assert time.monotonic() - started < 1.1


def test_no_time_left_is_a_timeout() -> None:
    assert asked(Zone(RECORDS), seconds=0.0).outcome == "timeout"


def test_a_host_without_a_name_server_says_so_at_once() -> None:
    with name_server(Zone()) as port:
        pass
    host = replay(detours={(SERVER, 53): port})
    assert ask(host, SERVER, "www.test", "A", Deadline.after(5.0)).outcome == "not_listening"


def test_no_way_to_the_server() -> None:
    host = replay(network=True)
    # TEST-NET is never asked: an address of a family that the socket cannot take.
    assert ask(host, "no address", "www.test", "A", Deadline.after(1.0)).outcome == "unreachable"
