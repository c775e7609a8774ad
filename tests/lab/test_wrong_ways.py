"""The wrong ways of the lab, seen with ordinary tools: each is what its name says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.lab import faults, places, ways, wrong_ways
from tests.lab.lab import Lab, World
from tests.lab.net import Net

SEND = """
import socket, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
    out.settimeout(0.2)
    try:
        out.connect((sys.argv[1], 443))
        out.send(b"")
    except OSError as error:
        print(error.strerror)
    else:
        print("sent")
"""

CONNECT = """
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
with socket.socket(family) as out:
    out.settimeout(1.5)
    if sys.argv[2]:
        out.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, sys.argv[2].encode())
    if out.connect_ex((sys.argv[1], 443)) == 0:
        print("connected")
"""


def sends(lab: Lab, address: str = "1.1.1.1") -> str:
    return lab.world.device.run("python3", "-Ic", SEND, address).stdout.strip()


def connects(lab: Lab, address: str, interface: str = "") -> bool:
    ran = lab.world.device.run("python3", "-Ic", CONNECT, address, interface)
    return ran.stdout.strip() == "connected"


def neighbours(lab: Lab) -> dict[str, str]:
    listed: list[dict[str, Any]] = json.loads(lab.world.device.run("ip", "-j", "neigh").stdout)
    return {each["dst"]: each.get("lladdr", "") for each in listed}


@pytest.mark.parametrize(
    "break_it",
    [
        faults.default_route_by_dead_end,
        wrong_ways.dead_end_without_router,
        wrong_ways.equal_metrics,
    ],
)
def test_preferred_way_is_dead_and_the_other_one_works(break_it: Callable[[Net], None]) -> None:
    with Lab(lambda world: break_it(world.net)) as lab:
        assert not connects(lab, places.LOGIN.ipv4)
        assert connects(lab, places.LOGIN.ipv4, "eth0")


def test_nothing_gets_out_but_to_the_local_network() -> None:
    for shut in (wrong_ways.lets_nothing_out, wrong_ways.refuses_aloud):
        with Lab(lambda world, shut=shut: shut(world.net)) as lab:  # type: ignore[misc]
            assert sends(lab) == "Operation not permitted"
            assert sends(lab, places.ROUTER_IPV4) == "sent"


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("prohibit", "Permission denied"),
        ("unreachable", "No route to host"),
        ("blackhole", "Invalid argument"),
    ],
)
def test_route_that_refuses(kind: str, says: str) -> None:
    with Lab(lambda world: wrong_ways.barred_by_routes(world.net, kind)) as lab:
        assert sends(lab) == says


def test_silent_vpn_beside_a_line_that_works() -> None:
    with Lab(wrong_ways.vpn_silent) as lab:
        assert not connects(lab, places.LOGIN.ipv4)
        assert connects(lab, places.LOGIN.ipv4, "eth0")
    with Lab(ways.vpn) as lab:
        assert connects(lab, places.LOGIN.ipv4)


def test_listener_passes_everything_on_and_is_not_the_ipv6_router() -> None:
    with Lab(lambda world: wrong_ways.listener(world.net)) as lab:
        assert connects(lab, places.LOGIN.ipv4)
        assert connects(lab, places.LOGIN.ipv6)
        known = neighbours(lab)
        assert known[places.ROUTER_IPV4] == known[wrong_ways.LISTENER_IPV4] == places.ROUTER_MAC
        assert known[places.ROUTER_LINK_LOCAL] == wrong_ways.IPV6_ROUTER_MAC


def test_router_without_ipv4_serves_ipv6() -> None:
    def arrange(world: World) -> None:
        wrong_ways.router_without_ipv4(world.net)

    with Lab(arrange) as lab:
        assert not connects(lab, places.LOGIN.ipv4)
        assert connects(lab, places.LOGIN.ipv6)


def test_router_answers_on_the_link_for_the_whole_internet() -> None:
    with Lab(lambda world: wrong_ways.on_link(world.net)) as lab:
        assert connects(lab, places.LOGIN.ipv4)
        assert neighbours(lab)[places.LOGIN.ipv4] == places.ROUTER_MAC
