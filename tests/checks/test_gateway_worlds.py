"""`gateway` in real namespaces: a router that answers, is silent, is gone."""

from __future__ import annotations

import json

import msgspec
import pytest

from checks.gateway import GatewayFact
from tests.namespaces import needs_root, python_in_namespace

CODE = """
import json, sys, time
import psutil  # a user who is nobody may not read it where it stands
import msgspec
from checks.gateway import CHECK
from diag.host import real_host
from tests.support import context, view
if "nobody" in sys.argv:
    import os
    os.setgid(65534)
    os.setuid(65534)
started = time.monotonic()
fact = CHECK.collect(real_host(), context())
took_s = time.monotonic() - started
judged = [[type(item).__name__, getattr(item, "code", "")] for item in CHECK.judge(fact, view())]
print(json.dumps([msgspec.to_builtins(fact), judged, took_s]))
"""

WORLD = """
ip netns add router
ip link add dev0 type veth peer name far0 netns router
ip address add 198.51.100.2/24 dev dev0
ip address add 2001:db8::2/64 dev dev0 nodad
ip link set dev0 up
ip -n router address add 198.51.100.1/24 dev far0
ip -n router address add 2001:db8::1/64 dev far0 nodad
ip -n router link set far0 up
ip route add default via 198.51.100.1 metric 77
ip -6 route add default via 2001:db8::1
"""
SILENT = """
ip netns exec router nft -f - <<END
add table inet f
add chain inet f input { type filter hook input priority 0; policy drop; }
add rule inet f input icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
END
"""
GONE = "ip -n router address flush dev far0\n"


def in_world(setup: str, *args: str) -> tuple[GatewayFact, list[list[str]], float]:
    fact, judged, took_s = json.loads(python_in_namespace(setup, CODE, *args))
    return msgspec.convert(fact, GatewayFact), judged, took_s


@needs_root()
@pytest.mark.parametrize("user", ["root", "nobody"])
def test_router_that_answers(user: str) -> None:
    fact, judged, _ = in_world(WORLD, user)
    assert [(route.gateway, route.reachable) for route in fact.routes] == [
        ("198.51.100.1", True),
        ("2001:db8::1", True),
    ]
    assert (fact.routes[0].interface, fact.routes[0].metric, fact.vpn) == ("dev0", 77, False)
    assert judged == [["PathInfo", ""], ["Crossed", ""]]


@needs_root()
def test_router_that_ignores_everything_but_its_link_is_there() -> None:
    fact, judged, _ = in_world(WORLD + SILENT)
    assert [route.reachable for route in fact.routes] == [True, True]
    assert judged == [["PathInfo", ""], ["Crossed", ""]]


@needs_root()
def test_silent_router_with_an_old_address_is_not_known() -> None:
    stale = (
        "ip neighbour replace 198.51.100.1 lladdr 02:00:00:00:00:09 dev dev0 nud stale\n"
        "ip -6 route del default\n"
    )
    fact, judged, took_s = in_world(WORLD + SILENT + stale)
    assert [(route.reachable, route.neighbour) for route in fact.routes] == [(None, "unconfirmed")]
    assert judged == [["PathInfo", ""], ["Unmeasured", "gateway.unreachable"]]
    assert took_s < 2.0


@needs_root()
def test_router_that_is_gone() -> None:
    fact, judged, took_s = in_world(WORLD + GONE)
    assert [route.reachable for route in fact.routes] == [False, False]
    assert judged == [["PathInfo", ""], ["Finding", "gateway.unreachable"]]
    assert took_s < 4.7


@needs_root()
def test_ipv6_router_that_is_gone_does_not_hold_up_the_rest() -> None:
    gone6 = "ip -n router address del 2001:db8::1/64 dev far0\n"
    fact, judged, took_s = in_world(WORLD + gone6)
    assert fact.routes[0].reachable is True
    assert fact.routes[1].reachable is not True
    assert judged == [["PathInfo", ""], ["Crossed", ""]]
    assert took_s < 2.0


@needs_root()
def test_link_local_router() -> None:
    setup = WORLD + (
        "ip route del default; ip -6 route del default\n"
        "ip -n router address add fe80::77/64 dev far0 nodad\n"
        "ip -6 route add default via fe80::77 dev dev0\n"
    )
    fact, judged, _ = in_world(setup)
    assert [(route.gateway, route.reachable) for route in fact.routes] == [("fe80::77", True)]
    assert judged == [["PathInfo", ""], ["Crossed", ""]]


@needs_root()
def test_no_way_out() -> None:
    setup = WORLD + "ip route del default; ip -6 route del default\n"
    assert in_world(setup)[1] == [["Finding", "route.missing"]]
    assert in_world(setup + "ip route add unreachable default\n")[1] == [
        ["Finding", "route.missing"]
    ]


@needs_root()
def test_route_in_a_table_of_its_own_counts() -> None:
    """As VPN clients set it up: the main table alone would say that there is no way out."""
    setup = WORLD + (
        "ip route del default; ip -6 route del default\n"
        "ip route add default via 198.51.100.1 table 51820\n"
        "ip rule add not fwmark 51820 table 51820\n"
    )
    fact, judged, _ = in_world(setup)
    assert [(route.gateway, route.reachable) for route in fact.routes] == [("198.51.100.1", True)]
    assert judged == [["PathInfo", ""], ["Crossed", ""]]


@needs_root()
def test_default_route_without_a_router() -> None:
    setup = WORLD + (
        "ip route del default; ip -6 route del default\nip route add default dev dev0\n"
    )
    fact, judged, _ = in_world(setup)
    assert [(route.gateway, route.reachable) for route in fact.routes] == [(None, None)]
    assert judged == [["PathInfo", ""]]
