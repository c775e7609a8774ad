"""`gateway` on macOS, over the recorded output of real Macs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from checks.gateway import CHECK, DefaultRoute, GatewayFact, OtherRoute
from diag.model import Failed, PathInfo, Unmeasured
from tests.support import CommandAnswer, context, findings, replay, view

RECORDED = Path(__file__).parents[1] / "recorded" / "network"


def recorded(name: str) -> str:
    return (RECORDED / f"macos-{name}.txt").read_text()


GET = ("route", "-n", "get", "-inet", "1.1.1.1")
GET6 = ("route", "-n", "get", "-inet6", "2606:4700:4700::1111")
NETSTAT = ("netstat", "-rn", "-f", "inet")
NETSTAT6 = ("netstat", "-rn", "-f", "inet6")
ARP, NDP = ("arp", "-an"), ("ndp", "-an")
NOT_IN_TABLE = (1, "", "route: writing to routing socket: not in table\n")
ROUTER, ROUTER6 = "192.168.0.1", "fe80::face:21ff:fe39:5bf4"
PING = ("ping", "-n", "-c", "1", "-t", "1", ROUTER)
PING6 = ("ping6", "-n", "-c", "1", f"{ROUTER6}%en0")

HOME: dict[tuple[str, ...], CommandAnswer] = {
    GET: recorded("route-get"),
    GET6: recorded("route-get-inet6"),
    NETSTAT: recorded("netstat-inet-10.14").replace("192.168.1.254", ROUTER),
    NETSTAT6: recorded("netstat-inet6-10.14"),
    ARP: recorded("arp"),
    NDP: recorded("ndp"),
    PING: "1 packets received",
    PING6: (2, "", ""),
}
CONNECTS: dict[Any, Any] = {(ROUTER, 53): "ECONNREFUSED", (f"{ROUTER6}%en0", 53): "ETIMEDOUT"}


def collected(
    changes: dict[tuple[str, ...], CommandAnswer] | None = None,
    connects: dict[Any, Any] | None = None,
    resolves: dict[tuple[str, str], list[str] | str] | None = None,
) -> GatewayFact:
    host = replay(
        os="macos",
        commands={**HOME, **(changes or {})},
        connects={**CONNECTS, **(connects or {})},
        resolves=resolves,
    )
    return CHECK.collect(host, context())


def test_home() -> None:
    """The system's own tunnels have default routes without a router: they are no other way."""
    fact = collected()
    assert fact == GatewayFact(
        routes=(
            DefaultRoute(
                family="ipv4",
                interface="en0",
                gateway=ROUTER,
                reachable=True,
                neighbour="reachable",
            ),
            DefaultRoute(
                family="ipv6",
                interface="en0",
                gateway=ROUTER6,
                reachable=True,
                neighbour="reachable",
            ),
        ),
        vpn=False,
        nat64=False,
    )
    assert PathInfo(interface="en0", vpn=False, nat64=False) in list(CHECK.judge(fact, view()))


def test_router_that_is_gone() -> None:
    gone = recorded("arp").replace("f8:ce:21:39:5b:f4", "(incomplete)")
    fact = collected(
        {GET6: NOT_IN_TABLE, ARP: gone, PING: (2, "", "")}, connects={(ROUTER, 53): "EHOSTDOWN"}
    )
    assert [(route.reachable, route.neighbour) for route in fact.routes] == [(False, "pending")]
    assert [finding.code for finding in findings(CHECK, fact)] == ["gateway.unreachable"]


@pytest.mark.parametrize("entry", ["f8:ce:21:39:5b:f4", "(incomplete)"])
def test_local_network_that_macos_keeps_this_program_off(entry: str) -> None:
    """As TN3179 describes it for agents in the background, from macOS 15 on."""
    table = recorded("arp").replace("f8:ce:21:39:5b:f4", entry)
    fact = collected(
        {GET6: NOT_IN_TABLE, ARP: table, PING: (2, "", "")}, connects={(ROUTER, 53): "EHOSTUNREACH"}
    )
    assert [(route.reachable, route.denied) for route in fact.routes] == [(None, True)]
    said = [each for each in CHECK.judge(fact, view()) if not isinstance(each, PathInfo)]
    assert said == [Unmeasured(code="gateway.unreachable", subject="path", reason="denied")]


def test_silent_router_with_an_old_address_is_not_known() -> None:
    fact = collected({GET6: NOT_IN_TABLE, PING: (2, "", "")}, connects={(ROUTER, 53): "ETIMEDOUT"})
    assert [(route.reachable, route.neighbour) for route in fact.routes] == [(None, "unconfirmed")]
    assert findings(CHECK, fact) == []


def test_no_way_out() -> None:
    fact = collected({GET: NOT_IN_TABLE, GET6: NOT_IN_TABLE})
    assert [finding.code for finding in findings(CHECK, fact)] == ["route.missing"]


@pytest.mark.parametrize("flag", ["REJECT", "BLACKHOLE"])
def test_route_that_refuses(flag: str) -> None:
    refusing = recorded("route-get").replace("DONE", f"DONE,{flag}")
    fact = collected({GET: refusing, GET6: NOT_IN_TABLE})
    assert fact == GatewayFact(routes=(), barred=("ipv4",))
    (finding,) = findings(CHECK, fact)
    assert (finding.code, finding.args) == ("route.missing", {"barred": "route"})


def test_full_tunnel_in_two_halves_with_the_line_beside_it() -> None:
    fact = collected(
        {
            GET: recorded("route-get-tunnel"),
            GET6: NOT_IN_TABLE,
            NETSTAT: recorded("netstat-inet-vpn").replace("utun4", "utun5"),
        }
    )
    (route,) = fact.routes
    assert (route.interface, route.gateway, fact.vpn) == ("utun5", None, True)
    assert fact.others == (OtherRoute(family="ipv4", interface="en0", gateway="192.168.87.1"),)
    assert findings(CHECK, fact) == []


def test_ipv6_alone_is_asked_whether_ipv4_is_translated() -> None:
    changes: dict[tuple[str, ...], CommandAnswer] = {GET: NOT_IN_TABLE}
    for answer, nat64 in ((["64:ff9b::c000:aa"], True), ("EAI_NODATA", False), ("EAI_AGAIN", None)):
        fact = collected(changes, resolves={("ipv4only.arpa", "ipv6"): answer})
        assert fact.nat64 is nat64


def test_listener_in_the_routers_place() -> None:
    """192.168.0.108 answers for the router; for IPv6 the router still answers itself."""
    spoofed = recorded("arp").replace("f8:ce:21:39:5b:f4", "6:69:3c:a5:6a:3e")
    fact = collected({ARP: spoofed})
    (finding,) = findings(CHECK, fact)
    assert (finding.code, finding.confidence) == ("gateway.spoofed", "possible")
    assert finding.args == {
        "gateway": ROUTER,
        "mac": "06:69:3c:a5:6a:3e",
        "others": ["192.168.0.108"],
        "ipv6_router": ROUTER6,
        "ipv6_router_mac": "f8:ce:21:39:5b:f4",
    }


def test_router_that_answers_for_everybody_is_no_listener() -> None:
    proxy_arp = recorded("arp")
    for mac in ("f8:ce:21:39:5b:f4", "cc:4d:75:8d:a1:a5"):
        proxy_arp = proxy_arp.replace(mac, "6:69:3c:a5:6a:3e")
    assert findings(CHECK, collected({ARP: proxy_arp})) == []


def test_tool_that_is_missing_or_odd_is_a_failure() -> None:
    with pytest.raises(Failed, match="tool_missing"):
        collected({GET: Failed("tool_missing", "run route")})
    with pytest.raises(Failed, match="unparsable"):
        collected({GET: "something else"})
