"""No answer: how far one came, and who is suspected."""

from __future__ import annotations

import socket
from itertools import chain
from typing import Any

import msgspec
import pytest
import trustme

from tests.checks.endpoint.devices import (
    API,
    IPV4_ONLY,
    LOGIN,
    codes,
    collect,
    device,
    endpoints,
    judge,
)
from tests.checks.endpoint.probed import HOST, SILENT, TIE, fact, family, found, good, one
from tests.net.servers import (
    answer,
    dripping,
    reset,
    reset_at_once,
    silent,
    tcp_server,
    tls_with,
)


def mute(connection: socket.socket) -> None:
    while connection.recv(1024):
        pass


@pytest.mark.parametrize(
    ("reply", "how", "confidence"),
    [
        (silent, "timeout", "certain"),
        (lambda _: chain([answer(length=1000)], dripping(b"x" * 1000)), "late", "certain"),
        (lambda _: iter(()), "closed", "certain"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "not_http", "certain"),
    ],
    ids=["never answers", "drips", "closes", "no HTTP"],
)
def test_a_verified_host_that_says_nothing_is_itself_to_blame(
    reply: Any, how: str, confidence: str, authority: trustme.CA
) -> None:
    seen = found(reply, tls_with(authority.issue_cert(HOST)))
    assert codes(seen) == ["endpoint.unreachable", "service.unresponsive"]
    assert (seen[1].args["step"], seen[1].args["how"]) == ("http", how)
    assert seen[1].confidence == confidence


@pytest.mark.parametrize(
    ("handler", "how", "expected"),
    [
        (mute, "timeout", ["endpoint.unreachable", "service.unresponsive"]),
        (reset, "reset", TIE),
        (lambda sock: sock.recv(4096), "reset", TIE),
        (lambda sock: sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "not_tls", TIE),
    ],
    ids=["mute", "reset", "closed", "plain"],
)
def test_silence_before_the_host_has_proved_itself(
    handler: Any, how: str, expected: list[str]
) -> None:
    profile = endpoints()
    with tcp_server(handler) as server:
        seen = judge(collect(device(server.port), profile, seconds=1.5), profile)
    assert codes(seen) == expected
    assert (seen[0].args["step"], seen[0].args["how"]) == ("tls", how)


def test_nothing_listens() -> None:
    profile = endpoints()
    seen = judge(collect(device({}), profile), profile)
    assert codes(seen) == ["endpoint.unreachable", "service.unresponsive"]
    assert seen[1].confidence == "likely"
    assert seen[1].args["addresses"] == [LOGIN]


@pytest.mark.parametrize(
    ("tcp", "expected"),
    [
        ("timeout", TIE),
        ("unreachable", TIE),
        ("prohibited", ["endpoint.unreachable", "firewall.host_blocked"]),
        ("refused", ["endpoint.unreachable", "service.unresponsive"]),
    ],
)
def test_what_the_way_says(tcp: str, expected: list[str]) -> None:
    probed = fact(one("login", family("ipv4", LOGIN, tcp=tcp, tcp_s=2.0)))
    assert codes(judge(probed, endpoints())) == expected


def test_nobody_is_suspected_without_evidence_that_the_way_works() -> None:
    probed = fact(one("login", family("ipv4", LOGIN, **SILENT)))
    profile = endpoints()
    assert codes(judge(probed, profile, IPV4_ONLY)) == ["endpoint.unreachable"]
    other = one("api", family("ipv4", API, **good()))
    both = msgspec.structs.replace(probed, endpoints=(*probed.endpoints, other))
    assert codes(judge(both, endpoints("login", "api"), IPV4_ONLY)) == TIE


@pytest.mark.parametrize(
    ("tunnel", "expected"),
    [
        ("refuses_target", ["endpoint.unreachable", "firewall.host_blocked"]),
        ("target_failed", ["endpoint.unreachable", "service.unresponsive"]),
        ("auth_required", ["endpoint.unreachable"]),
        (None, ["endpoint.unreachable"]),
    ],
)
def test_what_a_proxy_says(tunnel: Any, expected: list[str]) -> None:
    tcp = "ok" if tunnel else "refused"
    way = family("ipv4", "", tcp=tcp, tcp_s=0.1, tunnel=tunnel)
    seen = judge(fact(one("login", way, proxied=True)), endpoints())
    assert codes(seen) == expected
    assert seen[0].args["step"] == "proxy"


def reads_the_name(connection: socket.socket) -> None:
    """A filter: it hangs up where the first message names the host, and lets all else through."""
    if HOST.encode() in connection.recv(4096):
        reset_at_once(connection)
    else:
        connection.sendall(bytes.fromhex("15030300020228"))  # an alert: handshake_failure


def test_a_server_that_answers_as_soon_as_it_is_not_named_is_blocked_by_name() -> None:
    profile = endpoints()
    with tcp_server(reads_the_name) as server:
        seen = judge(collect(device(server.port), profile, seconds=2.0), profile)
    assert [(each.code, each.confidence) for each in seen][1:] == [
        ("firewall.host_blocked", "likely")
    ]
    assert seen[1].args["by_name"] == "answered"


@pytest.mark.parametrize("handler", [mute, reset])
def test_whoever_never_answers_is_not_blocked_by_name(handler: Any) -> None:
    with tcp_server(handler) as server:
        found_out = collect(device(server.port), endpoints(), seconds=1.5)
    told = [probe.tls.answers_nameless for probe in found_out.endpoints[0].probes() if probe.tls]
    assert True not in told
