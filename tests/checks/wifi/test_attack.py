"""Signs of somebody in between: what is seen, how surely, and what is said of it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from checks.endpoint.facts import (
    AddressProbe,
    EndpointFact,
    EndpointProbe,
    FamilyProbe,
    TlsExchange,
)
from checks.forgery.collect import ForgeryFact, HostNames
from checks.gateway.fact import DefaultRoute, GatewayFact, TwoRouters
from checks.wifi import CHECK
from checks.wifi.facts import Security, WifiFact
from checks.wifi.points import Point, link_of
from diag.model import Fact, Finding, PathInfo, RemedyContext
from diag.net.tls import TlsOutcome
from tests.support import view


def fact(
    ssid: str,
    security: Security,
    *others: tuple[str, Security],
    remembered: tuple[Security, ...] = (),
) -> WifiFact:
    joined = Point(ssid=ssid, bssid="02:00:5e:10:00:01", security=security, signal=70)
    points = [
        Point(ssid=name, bssid=f"02:00:5e:10:00:{number:02x}", security=kind)
        for number, (name, kind) in enumerate(others, 2)
    ]
    return WifiFact(
        adapter=True,
        interface="wlan0",
        joined=True,
        carries_default=True,
        link=link_of(joined, points, remembered),
    )


def found(wifi: WifiFact, *facts: Fact) -> dict[str, Finding]:
    seen = view(*facts, wifi)
    return {each.code: each for each in CHECK.judge(wifi, seen) if isinstance(each, Finding)}


def twin(wifi: WifiFact) -> tuple[str | None, str, object] | None:
    finding = found(wifi).get("wifi.evil_twin")
    return (finding.severity, finding.confidence, finding.args["signs"]) if finding else None


@pytest.mark.parametrize(
    ("wifi", "expected"),
    [
        (
            fact("Tanaka", "open", ("Tanaka", "wpa2")),
            ("warning", "possible", ["closed_beside"]),
        ),
        (
            fact("Tanaka", "open", remembered=("wpa2",)),
            ("problem", "likely", ["known_otherwise"]),
        ),
        (
            fact("Tanaka", "open", ("Tanaka", "wpa3"), remembered=("wpa2", "wpa3")),
            ("problem", "likely", ["known_otherwise", "closed_beside"]),
        ),
        (fact("eduroam", "open"), ("problem", "likely", ["always_otherwise"])),
        (fact("0001docomo", "owe"), ("problem", "likely", ["always_otherwise"])),
        (fact("Tanaka", "wpa2", ("Tanaka", "open")), ("info", "possible", ["open_beside"])),
        (fact("corp", "enterprise", ("corp", "open")), ("info", "possible", ["open_beside"])),
    ],
)
def test_signs_of_a_twin(wifi: WifiFact, expected: tuple[str, str, object]) -> None:
    assert twin(wifi) == expected


@pytest.mark.parametrize(
    "wifi",
    [
        fact("Tanaka", "wpa2", ("Tanaka", "wpa3"), ("Tanaka", "wpa2_wpa3"), ("Tanaka", "wpa2")),
        fact("CAFE", "open", ("CAFE", "open"), ("CAFE", "owe")),
        fact("Tanaka", "wpa2", ("Suzuki", "open")),
        fact("Tanaka", "wpa2", ("Tanaka", "unknown")),
        fact("Tanaka", "open", remembered=("open", "wpa2")),
        fact("Tanaka", "wpa2", remembered=("open",)),
        fact("eduroam", "enterprise"),
        fact("0000docomo", "wpa2"),
    ],
)
def test_what_owners_do_every_day_is_no_twin(wifi: WifiFact) -> None:
    assert twin(wifi) is None


def test_a_home_that_is_vouched_for_is_left_in_peace() -> None:
    wifi = replace(fact("Tanaka", "wpa2", ("Tanaka", "open")), trusted="home")
    assert found(wifi) == {}


def remedies(finding: Finding) -> list[str]:
    (problem,) = (each for each in CHECK.problems if each.code == finding.code)
    context = RemedyContext(finding, view(), managed=None)
    return [each.code for each in problem.remedies if each.applies(context)]


def test_what_to_do_goes_with_the_strength_of_the_signs() -> None:
    strong = found(fact("eduroam", "open"))["wifi.evil_twin"]
    assert remedies(strong)[0] == "wifi.leave_now"
    weak = found(fact("Tanaka", "open", ("Tanaka", "wpa2")))["wifi.evil_twin"]
    assert remedies(weak)[0] == "wifi.ask_which"
    beside = found(fact("Tanaka", "wpa2", ("Tanaka", "open")))["wifi.evil_twin"]
    assert remedies(beside) == ["wifi.ask_which", "wifi.no_auto_join"]


# --- joined with what other checks saw ---

ROUTE = DefaultRoute(family="ipv4", interface="wlan0", gateway="10.0.0.1")
SPOOFED = GatewayFact(
    routes=(ROUTE,),
    two_routers=TwoRouters(
        gateway="10.0.0.1",
        mac="00:00:5e:00:53:01",
        others=("10.0.0.66",),
        ipv6_router="fe80::1",
        ipv6_router_mac="00:00:5e:00:53:02",
    ),
)
FORGED = ForgeryFact(
    hosts=(
        HostNames(
            host="login.app.test",
            proven=False,
            addresses=("192.0.2.1",),
            public="ok",
            secure=True,
            agrees=False,
        ),
    )
)


def endpoint(outcome: TlsOutcome) -> EndpointFact:
    probe = AddressProbe(
        address="192.0.2.1",
        scope="global",
        tcp="ok",
        tcp_s=0.01,
        tls=TlsExchange(outcome=outcome, took_s=0.01),
    )
    family = FamilyProbe(family="ipv4", usable=True, resolve="ok", resolve_s=0.01, probes=(probe,))
    return EndpointFact(
        endpoints=(
            EndpointProbe(
                id="login", host="login.app.test", port=443, tls=True, families=(family,)
            ),
        )
    )


CAFE = fact("CAFE_FREE", "open")


@pytest.mark.parametrize(
    ("others", "interfered"),
    [
        ((), None),
        ((SPOOFED,), ["router"]),
        ((FORGED,), ["names"]),
        ((endpoint("unknown_issuer"),), ["certificates"]),
        ((endpoint("wrong_host"), FORGED, SPOOFED), ["router", "names", "certificates"]),
        ((endpoint("ok"),), None),
        ((endpoint("expired"),), None),
    ],
)
def test_what_was_seen_besides(others: tuple[Fact, ...], interfered: list[str] | None) -> None:
    public = found(CAFE, *others)["wifi.public"]
    assert public.args["interfered"] == interfered
    assert ("wifi.leave_now" in remedies(public)) is (interfered is not None)
    assert ("wifi.no_password_here" in remedies(public)) is (interfered is None)


def test_a_sign_in_page_does_such_things_of_right() -> None:
    captive = replace(CAFE, connectivity="portal")
    public = found(captive, FORGED, endpoint("wrong_host"))["wifi.public"]
    assert public.args["interfered"] is None


def test_a_path_that_was_verified_is_named() -> None:
    assert found(CAFE, endpoint("ok"))["wifi.public"].args["verified_host"] == "login.app.test"
    assert found(CAFE, endpoint("expired"))["wifi.public"].args["verified_host"] is None


def test_under_a_vpn_public_is_a_note() -> None:
    covered = GatewayFact(routes=(DefaultRoute(family="ipv4", interface="wg0"),), vpn=True)
    wifi = replace(CAFE, carries_default=None)
    public = found(wifi, covered)["wifi.public"]
    assert (public.severity, public.args["covered"]) == ("info", "VPN")
    assert found(wifi, covered)["wifi.open"].severity == "info"
    infos = [each for each in CHECK.judge(wifi, view(covered, wifi)) if isinstance(each, PathInfo)]
    assert infos[0].vpn is True


def test_an_operators_network_with_a_login_is_a_note() -> None:
    public = found(fact("0001docomo", "enterprise"))["wifi.public"]
    assert (public.severity, public.confidence) == ("info", "likely")


@pytest.mark.parametrize(
    ("interface", "vpn", "carries"),
    [("wlan0", False, True), ("enp2s0", False, False), ("wlan0", None, True)],
)
def test_which_line_is_used_is_told_by_the_routes(
    interface: str, vpn: bool | None, carries: bool
) -> None:
    gateway = GatewayFact(routes=(replace(ROUTE, interface=interface),), vpn=vpn)
    wifi = replace(CAFE, carries_default=None)
    assert ("wifi.public" in found(wifi, gateway)) is carries
