"""What is known of a network from before: what the user vouches for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checks.wifi import CHECK
from checks.wifi.facts import Security, WifiFact
from checks.wifi.points import Point, link_of
from checks.wifi.recognise import network_of, recognised
from diag import networks
from diag.host import Host
from diag.model import KnownNetwork, Network
from tests.support import context, findings, replay

ROUTER, OTHER = "00:00:5e:00:53:01", "00:00:5e:00:53:99"


def fact(
    ssid: str | None = "Tanaka", security: Security = "wpa2", router: str | None = ROUTER
) -> WifiFact:
    link = link_of(Point(ssid=ssid, security=security, signal=70))
    return WifiFact(adapter=True, joined=True, carries_default=True, link=link, router=router)


def known(
    ssid: str | None = "Tanaka", security: Security = "wpa2", router: str | None = ROUTER
) -> KnownNetwork:
    network = Network(ssid=ssid, security=security, router=router)
    return networks.trusted(network, "home", datetime(2026, 11, 1, tzinfo=UTC))


def seen(wifi: WifiFact, *vouched: KnownNetwork) -> WifiFact:
    host: Host = replay(known_networks=vouched)
    return recognised(host, context(), wifi)


@pytest.mark.parametrize(
    ("now", "kept", "trusted", "other_router"),
    [
        (fact(), known(), "home", False),
        (fact(), known(router=None), "home", False),
        (fact(router=None), known(), "home", False),
        (fact(router=OTHER), known(), None, True),
        (fact(ssid="Suzuki"), known(), None, False),
        (fact(security="wpa3"), known(), None, False),
        (fact(security="open"), known(security="open"), "home", False),
        (fact(security="open", router=None), known(security="open"), None, False),
        (fact(security="open", router=OTHER), known(security="open"), None, True),
        (fact(ssid=None), known(ssid=None), "home", False),
        (fact(ssid=None, router=OTHER), known(ssid=None), None, True),
    ],
)
def test_a_network_is_known_by_name_security_and_router(
    now: WifiFact, kept: KnownNetwork, trusted: str | None, other_router: bool
) -> None:
    told = seen(now, kept)
    assert (told.trusted, told.other_router) == (trusted, other_router)


def test_a_home_with_two_routers_may_be_kept_twice() -> None:
    told = seen(fact(router=OTHER), known(), known(router=OTHER))
    assert (told.trusted, told.other_router) == ("home", False)


def test_an_open_network_under_the_name_of_ones_home() -> None:
    told = seen(fact(security="open", router=OTHER), known())
    assert told.link is not None
    assert told.link.remembered == "wpa2"
    assert {each.code for each in findings(CHECK, told)} >= {"wifi.evil_twin"}


def test_where_nothing_is_known_of_a_network_there_is_none() -> None:
    assert network_of(fact(ssid=None, router=None)) is None
    assert network_of(WifiFact(adapter=True)) is None
    assert seen(fact(ssid=None, router=None), known()).trusted is None


def test_the_router_is_kept_as_a_digest_that_differs_each_time() -> None:
    one, two = known(), known()
    assert one.router != two.router
    assert ROUTER not in str(one)
    network = Network(ssid="Tanaka", security="wpa2", router=ROUTER.upper())
    assert one.same_router(network) is True
