"""`gateway`: the way out and the router at its beginning, on paper.

The tables are those of a Debian 12 device (kernel 6.18) with addresses of documentation networks.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from checks.gateway import CHECK, DefaultRoute, GatewayFact
from checks.gateway.tables import Route, parse_ipv4, parse_ipv6
from diag.host import Interface
from diag.model import Crossed, Failed, Finding, Layer, PathInfo, Unmeasured
from tests.support import CommandAnswer, FileAnswer, context, findings, replay, view

ROUTE = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wlan0\t00000000\t010200C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
eth0\t00000000\t016433C6\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t006433C6\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
wlan0\t000200C0\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0
"""
ZERO = "0" * 32
IPV6_ROUTE = f"""\
fd000000000000000000000000000000 40 {ZERO} 00 {ZERO} 00000100 00000001 00000000 00000001     eth0
fe800000000000000000000000000000 40 {ZERO} 00 {ZERO} 00000100 00000002 00000000 00000001     eth0
{ZERO} 00 {ZERO} 00 fe800000000000000000000000000001 00000400 00000002 00000000 00000003     eth0
{ZERO[:-1]}1 80 {ZERO} 00 {ZERO} 00000000 00000002 00000000 80200001       lo
ff000000000000000000000000000000 08 {ZERO} 00 {ZERO} 00000100 00000003 00000000 00000001     eth0
{ZERO} 00 {ZERO} 00 {ZERO} ffffffff 00000001 00000000 00200200       lo
"""
NO_ROUTE = (2, "", "RTNETLINK answers: Network is unreachable\n")
GET4 = ("ip", "-j", "-4", "route", "get", "1.1.1.1")
GET6 = ("ip", "-j", "-6", "route", "get", "2606:4700:4700::1111")
NEIGHBOURS = ("ip", "-j", "neigh", "show", "dev", "eth0")
ETHERNET: dict[str, FileAnswer] = {
    "/sys/class/net/eth0/type": "1\n",
    "/sys/class/net/eth0/device/uevent": "DRIVER=e1000e\nPCI_CLASS=20000\n",
}


def ping(gateway: str) -> tuple[str, ...]:
    return ("ping", "-n", "-c", "1", "-W", "1", gateway)


def neigh(gateway: str, dev: str = "eth0") -> tuple[str, ...]:
    return ("ip", "-j", "neigh", "show", "to", gateway, "dev", dev)


def neighbour(state: str) -> str:
    return json.dumps([{"dst": "x", "lladdr": "02:fc:00:00:00:05", "state": [state]}])


def route_get(dev: str, gateway: str | None = None) -> str:
    answer = {"dst": "1.1.1.1", "dev": dev, "prefsrc": "198.51.100.2", "flags": [], "cache": []}
    return json.dumps([{**answer, **({"gateway": gateway} if gateway else {})}])


def collected(
    commands: dict[tuple[str, ...], CommandAnswer],
    files: dict[str, FileAnswer] | None = None,
    connects: dict[Any, str | None] | None = None,
    seconds: float = 5.0,
    resolves: dict[tuple[str, str], list[str] | str] | None = None,
    interfaces: tuple[Interface, ...] = (),
) -> GatewayFact:
    tables: dict[str, FileAnswer] = {
        "/proc/net/route": ROUTE,
        "/proc/net/ipv6_route": IPV6_ROUTE,
    }
    host = replay(
        commands={GET6: NO_ROUTE, NEIGHBOURS: "[]", **commands},
        files={**tables, **ETHERNET, **(files or {})},
        connects=connects,
        resolves=resolves,
        interfaces=interfaces,
    )
    return CHECK.collect(host, context(seconds=seconds))


GATEWAY = "198.51.100.1"
ON_ETH0: dict[tuple[str, ...], CommandAnswer] = {
    GET4: route_get("eth0", GATEWAY),
    ping(GATEWAY): (1, "", ""),
    neigh(GATEWAY): neighbour("STALE"),
}


def test_tables_as_the_kernel_prints_them() -> None:
    assert parse_ipv4(ROUTE) == (
        Route("eth0", "198.51.100.1", 100),
        Route("wlan0", "192.0.2.1", 600),
    )
    assert parse_ipv6(IPV6_ROUTE) == (Route("eth0", "fe80::1", 1024),)


def test_tables_with_split_tunnels_rejections_and_odd_lines() -> None:
    head = ROUTE.splitlines()[0]
    halves = (
        "tun0\t00000000\t0100080A\t0003\t0\t0\t0\t00000080\t0\t0\t0",
        "tun0\t00000080\t0100080A\t0003\t0\t0\t0\t00000080\t0\t0\t0",
    )
    plain = "eth0\t00000000\t016433C6\t0003\t0\t0\t0\t00000000\t0\t0\t0"
    both = parse_ipv4("\n".join((head, plain, *halves)))
    assert both == (Route("tun0", "10.8.0.1", 0), Route("eth0", "198.51.100.1", 0))
    assert parse_ipv4("\n".join((head, halves[0]))) == ()  # half the internet is no way out
    assert parse_ipv4(f"{head}\n*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0") == ()
    assert parse_ipv4(f"{head}\nppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0") == (
        Route("ppp0", None, 0),
    )
    assert parse_ipv4("") == parse_ipv4("odd\nx y z\n\n") == parse_ipv6("odd\n") == ()


@pytest.mark.parametrize(
    ("answer", "ping_says", "state"),
    [
        (None, (1, "", ""), "STALE"),  # its name service port is open
        ("ECONNREFUSED", (1, "", ""), "STALE"),
        ("ETIMEDOUT", (0, "1 received", ""), "DELAY"),
        ("ETIMEDOUT", (1, "", ""), "REACHABLE"),  # silent, but just confirmed
        ("EPERM", Failed("tool_missing", "run ping"), "REACHABLE"),
    ],
)
def test_any_sign_of_life_will_do(answer: str | None, ping_says: CommandAnswer, state: str) -> None:
    fact = collected(
        {**ON_ETH0, ping(GATEWAY): ping_says, neigh(GATEWAY): neighbour(state)},
        connects={(GATEWAY, 53): answer},
    )
    assert fact.routes == (
        DefaultRoute(
            family="ipv4",
            interface="eth0",
            gateway=GATEWAY,
            metric=100,
            reachable=True,
            neighbour="reachable",
        ),
    )
    assert list(CHECK.judge(fact, view())) == [
        PathInfo(interface="eth0", vpn=False, tether=None, nat64=False),
        Crossed(layer=Layer.GATEWAY, subject="path"),
    ]


def test_no_hardware_address_after_every_attempt_is_unreachable() -> None:
    fact = collected(
        {**ON_ETH0, neigh(GATEWAY): neighbour("FAILED")},
        connects={(GATEWAY, 53): "EHOSTUNREACH"},
    )
    assert findings(CHECK, fact) == [
        Finding(
            code="gateway.unreachable",
            subject="path",
            args={"gateways": [GATEWAY], "interface": "eth0"},
        )
    ]
    assert not any(isinstance(item, Crossed) for item in CHECK.judge(fact, view()))


@pytest.mark.parametrize("state", ["STALE", "DELAY", "PROBE", "PERMANENT", "NOARP"])
def test_silence_alone_proves_nothing(state: str) -> None:
    fact = collected(
        {**ON_ETH0, neigh(GATEWAY): neighbour(state)}, connects={(GATEWAY, 53): "ETIMEDOUT"}
    )
    assert fact.routes[0].reachable is None
    assert findings(CHECK, fact) == []
    assert Unmeasured(code="gateway.unreachable", subject="path", reason="timeout") in list(
        CHECK.judge(fact, view())
    )


def test_local_firewall_that_keeps_the_poke_in_proves_nothing() -> None:
    fact = collected({**ON_ETH0, neigh(GATEWAY): "[ ]"}, connects={(GATEWAY, 53): "EPERM"})
    assert (fact.routes[0].reachable, fact.routes[0].neighbour) == (None, "absent")


def test_too_little_time_to_ask_three_times_proves_nothing() -> None:
    fact = collected(
        {**ON_ETH0, neigh(GATEWAY): neighbour("INCOMPLETE")},
        connects={(GATEWAY, 53): "ETIMEDOUT"},
        seconds=0.6,
    )
    assert (fact.routes[0].reachable, fact.routes[0].neighbour) == (None, "pending")


def test_no_default_route_at_all() -> None:
    fact = collected({GET4: NO_ROUTE})
    assert findings(CHECK, fact) == [
        Finding(code="route.missing", subject="device", args={"barred": None})
    ]


@pytest.mark.parametrize("kind", ["unreachable", "blackhole", "prohibit"])
def test_route_to_nowhere_is_no_way_out(kind: str) -> None:
    fact = collected({GET4: json.dumps([{"type": kind, "dst": "1.1.1.1", "dev": "lo"}])})
    assert findings(CHECK, fact) == [
        Finding(code="route.missing", subject="device", args={"barred": "route"})
    ]


def test_device_with_ipv6_alone_has_a_way_out() -> None:
    gateway = "fe80::1"
    fact = collected(
        {
            GET4: NO_ROUTE,
            GET6: route_get("eth0", gateway),
            ping(f"{gateway}%eth0"): "",
            neigh(gateway): neighbour("REACHABLE"),
        },
        connects={(f"{gateway}%eth0", 53): "ECONNREFUSED"},
        resolves={("ipv4only.arpa", "ipv6"): "EAI_NODATA"},
    )
    (route,) = fact.routes
    assert (route.family, route.gateway, route.metric) == ("ipv6", gateway, 1024)
    assert findings(CHECK, fact) == []


def test_one_family_that_works_is_enough() -> None:
    fact = collected(
        {
            GET4: route_get("eth0", GATEWAY),
            GET6: route_get("eth0", "2001:db8::1"),
            ping(GATEWAY): "",
            ping("2001:db8::1"): (1, "", ""),
            neigh(GATEWAY): neighbour("REACHABLE"),
            neigh("2001:db8::1"): neighbour("FAILED"),
        },
        connects={(GATEWAY, 53): None, ("2001:db8::1", 53): "EHOSTUNREACH"},
    )
    assert [route.reachable for route in fact.routes] == [True, False]
    assert findings(CHECK, fact) == []


def test_ipv4_through_an_ipv6_gateway() -> None:
    """RFC 8950; iproute2 then says `via` instead of `gateway`."""
    gateway = "fe80::1"
    answer = [{"dst": "1.1.1.1", "via": {"family": "inet6", "host": gateway}, "dev": "eth0"}]
    fact = collected(
        {GET4: json.dumps(answer), ping(f"{gateway}%eth0"): "", neigh(gateway): "[]"},
        connects={(f"{gateway}%eth0", 53): "ECONNREFUSED"},
    )
    assert (fact.routes[0].gateway, fact.routes[0].reachable) == (gateway, True)


def test_route_without_a_gateway_is_not_blamed() -> None:
    fact = collected({GET4: route_get("eth0")})
    assert (fact.routes[0].gateway, fact.routes[0].reachable) == (None, None)
    assert findings(CHECK, fact) == []


@pytest.mark.parametrize(
    ("interface", "kind", "vpn"),
    [
        ("tun0", "65534", True),
        ("wg0", "65534", True),
        ("office", "65534", True),  # a WireGuard interface with a name of its own
        ("utun3", "65534", True),
        ("eth0", "1", False),
        ("wlan0", "1", False),
        ("wwan0", "65534", False),
        ("ppp0", "512", True),  # it rides on eth0
        ("br0", None, False),
    ],
)
def test_vpn_by_the_interface(interface: str, kind: str | None, vpn: bool) -> None:
    fact = collected(
        {GET4: route_get(interface)},
        files={
            f"/sys/class/net/{interface}/type": kind,
            f"/sys/class/net/{interface}/device/uevent": None,
        },
    )
    assert fact.vpn is vpn


def test_dial_in_line_of_its_own_may_or_may_not_be_a_vpn() -> None:
    head = ROUTE.splitlines()[0]
    table = f"{head}\nppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n"
    fact = collected(
        {GET4: route_get("ppp0")},
        files={"/proc/net/route": table, "/sys/class/net/ppp0/device/uevent": None},
    )
    assert fact.vpn is None
    assert PathInfo(interface="ppp0", vpn=None, tether=None, nat64=False) in list(
        CHECK.judge(fact, view())
    )


@pytest.mark.parametrize(
    ("gateway", "uevent", "tether"),
    [
        ("172.20.10.1", None, True),
        ("172.20.10.17", None, None),
        ("192.168.43.1", None, True),
        ("192.168.42.129", None, True),
        ("192.168.45.1", None, None),
        ("10.120.3.4", "DRIVER=rndis_host\n", True),
        ("10.120.3.4", "DEVTYPE=x\nDRIVER=ipheth\n", True),
        ("10.120.3.4", "DRIVER=cdc_ncm\n", None),  # docks speak it, too
    ],
)
def test_tether(gateway: str, uevent: str | None, tether: bool | None) -> None:
    fact = collected(
        {
            GET4: route_get("eth0", gateway),
            ping(gateway): "",
            neigh(gateway): neighbour("REACHABLE"),
        },
        files={"/sys/class/net/eth0/device/uevent": uevent},
        connects={(gateway, 53): None},
    )
    assert fact.tether is tether


NO_IP: dict[tuple[str, ...], CommandAnswer] = {
    GET4: Failed("tool_missing", "run ip"),
    GET6: Failed("tool_missing", "run ip"),
    neigh(GATEWAY): Failed("tool_missing", "run ip"),
    neigh("fe80::1"): Failed("tool_missing", "run ip"),
    ping(GATEWAY): (1, "", ""),
    ping("fe80::1%eth0"): (1, "", ""),
}
SILENCE: dict[tuple[str, int], str | None] = {
    (GATEWAY, 53): "ETIMEDOUT",
    ("fe80::1%eth0", 53): "ETIMEDOUT",
}


@pytest.mark.parametrize(
    ("arp_flags", "reachable", "seen"), [("0x2", None, "unconfirmed"), ("0x0", False, "pending")]
)
def test_without_the_ip_tool_the_tables_stand_in(
    arp_flags: str, reachable: bool | None, seen: str
) -> None:
    arp = (
        "IP address       HW type     Flags       HW address            Mask     Device\n"
        f"{GATEWAY}     0x1         {arp_flags}         02:fc:00:00:00:05     *        eth0\n"
    )
    fact = collected(NO_IP, files={"/proc/net/arp": arp}, connects=SILENCE)
    ipv4, ipv6 = fact.routes
    assert (ipv4.gateway, ipv4.metric, ipv4.reachable, ipv4.neighbour) == (
        GATEWAY,
        100,
        reachable,
        seen,
    )
    assert (ipv6.gateway, ipv6.reachable, ipv6.neighbour) == ("fe80::1", None, "unknown")


@pytest.mark.parametrize(
    "odd",
    [
        (1, "", "ip: invalid option -- 'j'"),  # BusyBox
        "no JSON",
        "[]",
        '[{"dst": "1.1.1.1"}]',
    ],
)
def test_odd_ip_tool_is_not_believed(odd: CommandAnswer) -> None:
    fact = collected(
        {**ON_ETH0, GET4: odd, neigh(GATEWAY): neighbour("REACHABLE")},
        connects={(GATEWAY, 53): "ECONNREFUSED"},
    )
    assert fact.routes[0].gateway == GATEWAY


def test_nobody_to_ask_is_a_failure() -> None:
    with pytest.raises(Failed, match="tool_missing"):
        collected(NO_IP, files={"/proc/net/route": None})


def test_other_systems_are_unsupported() -> None:
    with pytest.raises(Failed, match="unsupported"):
        CHECK.collect(replay(os="other"), context())


def test_fact_survives_the_report() -> None:
    fact = collected(ON_ETH0, connects={(GATEWAY, 53): "ECONNREFUSED"})
    assert msgspec.json.decode(msgspec.json.encode(fact), type=GatewayFact) == fact
