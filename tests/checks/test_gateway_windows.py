"""`gateway` on Windows: what PowerShell says once, and `arp` afterwards, whatever the language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from checks.gateway import CHECK, DefaultRoute, GatewayFact, OtherRoute
from diag.model import Failed, PathInfo
from tests.support import context, findings, replay, view, windows_answers

RECORDED = Path(__file__).parents[1] / "recorded" / "network"
ROUTER = "192.168.1.1"
PING = ("ping", "-n", "1", "-w", "1000", ROUTER)
ARP = ("arp", "-a", ROUTER)
ANSWERED = "192.168.1.1 からの応答: バイト数 =32 時間 =1ms TTL=64\r\n"
FROM_MYSELF = "192.168.1.102 からの応答: 宛先ホストに到達できません。\r\n"
TIMED_OUT = (1, "要求がタイムアウトしました。\r\n", "")


def recorded(name: str) -> Any:
    return msgspec.json.decode((RECORDED / f"windows-{name}.json").read_bytes())


ROUTES, NEIGHBORS, ADAPTERS = recorded("routes"), recorded("neighbors"), recorded("adapters")
WIFI = {"prefix": "0.0.0.0/0", "next_hop": "192.168.8.1", "index": 17, "alias": "Wi-Fi"}
VPN_ADAPTER = {
    "index": 50,
    "name": "Home",
    "description": "WireGuard Tunnel",
    "status": "Up",
    "type": 53,
    "hardware": False,
}
VPN_ROUTE = {"prefix": "0.0.0.0/0", "next_hop": "0.0.0.0", "index": 50, "alias": "Home"}


def collected(
    *,
    routes: Any = ROUTES,
    neighbors: Any = NEIGHBORS,
    adapters: Any = ADAPTERS,
    ping: Any = ANSWERED,
    arp: Any = "",
    connect: str | None = "ECONNREFUSED",
    seconds: float = 5.0,
) -> GatewayFact:
    answers: dict[tuple[str, ...], Any] = {
        **windows_answers(routes=routes, neighbors=neighbors, adapters=adapters),
        PING: ping,
        ARP: arp,
    }
    host = replay(os="windows", commands=answers, connects={(ROUTER, 53): connect})
    return CHECK.collect(host, context(seconds=seconds))


def stale() -> list[dict[str, Any]]:
    return [{**row, "state": 4} if row["address"] == ROUTER else row for row in NEIGHBORS]


def test_home() -> None:
    fact = collected()
    assert fact == GatewayFact(
        routes=(
            DefaultRoute(
                family="ipv4",
                interface="Ethernet",
                gateway=ROUTER,
                metric=25,
                reachable=True,
                neighbour="reachable",
            ),
        ),
        vpn=False,
        nat64=False,
    )
    assert PathInfo(interface="Ethernet", vpn=False, nat64=False) in list(CHECK.judge(fact, view()))


@pytest.mark.parametrize("arp", ["", (RECORDED / "windows-arp-ja.txt").read_bytes()])
def test_reply_from_this_pc_itself_is_none(arp: str | bytes) -> None:
    """`ping` ends with 0 where this PC itself reports that nobody is there."""
    text = arp if isinstance(arp, str) else arp.decode("cp932")
    fact = collected(neighbors=stale(), ping=FROM_MYSELF, arp=text, connect="ETIMEDOUT")
    reachable, codes = (False, ["gateway.unreachable"]) if not arp else (None, [])
    assert [route.reachable for route in fact.routes] == [reachable]
    assert [finding.code for finding in findings(CHECK, fact)] == codes


def test_smaller_sum_of_metrics_wins_and_the_other_line_is_kept_in_mind() -> None:
    up = [{**row, "status": "Up"} for row in ADAPTERS]
    fact = collected(routes=[{**WIFI, "metric": 35}, *ROUTES], adapters=up)
    assert [route.interface for route in fact.routes] == ["Ethernet"]
    assert fact.others == (OtherRoute(family="ipv4", interface="Wi-Fi", gateway="192.168.8.1"),)


def test_interface_that_is_not_up_has_no_way_out() -> None:
    fact = collected(routes=[{**WIFI, "metric": 5}, *ROUTES])
    assert [route.interface for route in fact.routes] == ["Ethernet"]
    assert fact.others == ()


@pytest.mark.parametrize(
    "tunnel",
    [
        [{**VPN_ROUTE, "metric": 5}],
        [{**VPN_ROUTE, "prefix": half, "metric": 500} for half in ("0.0.0.0/1", "128.0.0.0/1")],
    ],
)
def test_tunnel_goes_first_and_the_line_stands_beside_it(tunnel: list[dict[str, Any]]) -> None:
    fact = collected(routes=[*ROUTES, *tunnel], adapters=[*ADAPTERS, VPN_ADAPTER])
    (route,) = fact.routes
    assert (route.interface, route.gateway, fact.vpn) == ("Home", None, True)
    assert fact.others == (OtherRoute(family="ipv4", interface="Ethernet", gateway=ROUTER),)


def test_windows_own_vpn_has_no_adapter() -> None:
    ras = {**VPN_ROUTE, "alias": "Work VPN", "index": 61, "metric": 26}
    fact = collected(routes=[ras])
    assert (fact.routes[0].interface, fact.vpn) == ("Work VPN", True)


def test_phone_on_usb() -> None:
    usb = [{**ADAPTERS[0], "description": "Apple Mobile Device Ethernet"}]
    assert collected(adapters=usb).tether is True


def test_ipv6_router_is_reached_by_its_interfaces_number() -> None:
    routes = [
        *ROUTES,
        {"prefix": "::/0", "next_hop": "fe80::1", "index": 23, "alias": "Ethernet", "metric": 281},
    ]
    answers: dict[tuple[str, ...], Any] = {
        **windows_answers(routes=routes, neighbors=NEIGHBORS, adapters=ADAPTERS),
        PING: ANSWERED,
        ARP: "",
    }
    host = replay(
        os="windows",
        commands=answers,
        connects={(ROUTER, 53): "ECONNREFUSED", ("fe80::1%23", 53): "ECONNREFUSED"},
    )
    fact = CHECK.collect(host, context())
    assert [(route.gateway, route.reachable) for route in fact.routes] == [
        (ROUTER, True),
        ("fe80::1", True),
    ]


def test_no_way_out() -> None:
    assert [finding.code for finding in findings(CHECK, collected(routes=[]))] == ["route.missing"]


def test_without_powershell_nothing_is_known() -> None:
    with pytest.raises(Failed, match="unsupported"):
        CHECK.collect(replay(os="windows", commands=windows_answers()), context())
    with pytest.raises(Failed, match="unparsable"):
        collected(routes=[{"prefix": 1}])
