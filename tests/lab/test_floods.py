"""How often a run knocks: connections and questions are counted on the wire, not requests alone.

A request is counted only once a server has read it. Trouble is what makes a program try again, and
what is tried again is mostly lost before any server sees it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

import pytest

from tests.lab import faults, places
from tests.lab.lab import Lab, World

COUNTERS = """
table inet knocks {
    set connections4 { type ipv4_addr . inet_service; flags dynamic; counter; }
    set connections6 { type ipv6_addr . inet_service; flags dynamic; counter; }
    set questions4 { type ipv4_addr . inet_service; flags dynamic; counter; }
    set questions6 { type ipv6_addr . inet_service; flags dynamic; counter; }
    chain incoming {
        type filter hook prerouting priority -400;
        iifname "lan" jump knocks
    }
    chain knocks {
        tcp flags & (syn | ack) == syn add @connections4 { ip daddr . tcp sport }
        tcp flags & (syn | ack) == syn add @connections6 { ip6 daddr . tcp sport }
        udp dport 53 add @questions4 { ip daddr . udp sport }
        udp dport 53 add @questions6 { ip6 daddr . udp sport }
    }
}
"""
CONNECTIONS = 20
"""The most that one host may get for one cause."""
SEEN_BESIDE = 2
"""Of the well-known hosts, once over each family: by the check that tells whether there is a line.
"""
QUESTIONS = 60
"""A dozen names, two families, and the system asks twice if nobody answers; and a few of our own.
"""
QUESTIONS_ELSEWHERE = 10
"""To a public resolver, which is asked for a second opinion alone."""

HOST_OF = {
    address: place.names[0] if place.names else place.ipv4
    for place in places.PLACES
    for address in (place.ipv4, place.ipv6)
}


def counted(lab: Lab, kind: str) -> Counter[str]:
    """By host, as the router saw them: a connection that is tried again (the kernel does that, from
    the same port) is one; each question is one, asked again or not.
    """
    found: Counter[str] = Counter()
    for family in "46":
        said = lab.world.net.router.run(
            "nft", "-j", "list", "set", "inet", "knocks", f"{kind}{family}"
        )
        [listed] = [each["set"] for each in json.loads(said)["nftables"] if "set" in each]
        for element in (each["elem"] for each in listed.get("elem", ())):
            address = element["val"]["concat"][0]
            times = 1 if kind == "connections" else element["counter"]["packets"]
            found[HOST_OF.get(address, address)] += times
    return found


def one_of_twelve_lost(world: World) -> None:
    faults.lose(world.net.router, "forward", 8)


def three_of_twelve_lost(world: World) -> None:
    faults.lose(world.net.router, "forward", 25)


def login_flaps(world: World) -> None:
    """Every third connection is refused."""
    for match in faults.to(places.LOGIN, "tcp dport 443 tcp flags & (syn | ack) == syn"):
        faults.reset(world.net.internet, "input", f"{match} numgen inc mod 3 0")


def login_silent(world: World) -> None:
    faults.host_silent(world.net, places.LOGIN)


def login_cuts_every_handshake(world: World) -> None:
    world.web["login.app.test"].tcp = "resets"


def resolver_silent(world: World) -> None:
    faults.dns_silent(world.net)


def nothing(world: World) -> None:
    del world


@pytest.mark.parametrize(
    "trouble",
    [
        nothing,
        one_of_twelve_lost,
        three_of_twelve_lost,
        login_flaps,
        login_silent,
        login_cuts_every_handshake,
        resolver_silent,
    ],
)
@pytest.mark.parametrize("symptom", ["login", "slow"])
def test_no_host_is_knocked_at_too_often(trouble: Callable[[World], None], symptom: str) -> None:
    with Lab(trouble) as lab:
        lab.world.net.router.run("nft", "-f", "-", given=COUNTERS)
        lab.run("--symptom", symptom)
        connections, questions = counted(lab, "connections"), counted(lab, "questions")
    assert connections.total()
    too_often = {
        host: count for host, count in connections.items() if count > CONNECTIONS + SEEN_BESIDE
    }
    assert too_often == {}
    assert questions.total()
    assert questions[places.ROUTER_IPV4] <= QUESTIONS
    for place in places.RESOLVER_PLACES:
        assert questions[HOST_OF[place.ipv4]] <= QUESTIONS_ELSEWHERE
