"""`gateway.ways`: each way out, on paper on every system and in real namespaces."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from checks.gateway import DefaultRoute, GatewayFact, OtherRoute
from checks.internet import InternetFact, LandmarkConnect, ProbeAnswer
from checks.ways import CHECK, Way, WaysFact
from diag.host import FileStat, Interface, InterfaceAddress
from diag.model import Failed, Finding, OsFamily, Unmeasured
from tests.namespaces import needs_root, python_in_namespace
from tests.support import NOW, PaperHost, context, findings, replay, view, windows_answers

PORTS = (53, 123, 443)
NOTHING = InternetFact(probes=(), connects=())
WORKS = InternetFact(
    probes=(ProbeAnswer(vendor="apple", family="ipv4", outcome="expected", took_s=0.1),),
    connects=(),
)
NAMES_ONLY = InternetFact(
    probes=(),
    connects=(
        LandmarkConnect(
            address="1.1.1.1", port=443, family="ipv4", outcome="connected", took_s=0.1
        ),
    ),
)
ETH0 = DefaultRoute(family="ipv4", interface="eth0", gateway="192.0.2.1", reachable=True)
TUN0 = DefaultRoute(family="ipv4", interface="tun0")
WLAN0 = OtherRoute(family="ipv4", interface="wlan0", gateway="198.51.100.1")
ETH0_BESIDE = OtherRoute(family="ipv4", interface="eth0", gateway="192.0.2.1")


def datagrams(error: str, *over: str) -> dict[tuple[Any, ...], str | bytes]:
    return {("1.1.1.1", port, b"", *over): error for port in PORTS}


def connections(error: str | None, over: str) -> dict[Any, Any]:
    return {("1.1.1.1", 443, over): error, ("8.8.8.8", 53, over): error}


class Refusing(PaperHost):
    """Programs may not choose a way here."""

    def connect(self, *_args: Any, **_options: Any) -> Any:
        raise Failed("denied", "choose an interface")


def device(
    exchanges: Mapping[tuple[Any, ...], str | bytes],
    connects: Mapping[Any, Any] | None = None,
    os: OsFamily = "linux",
    interfaces: tuple[str, ...] = (),
    programs: tuple[str, ...] = (),
    commands: Mapping[tuple[str, ...], Any] | None = None,
) -> PaperHost:
    from checks.ways.clients import INSTALLED

    there = FileStat(size=0, modified=NOW, is_dir=True, owner=0, mode=0o755)
    stats: dict[str, FileStat | None] = {
        path: there if name in programs else None for name, path in INSTALLED.get(os, ())
    }
    stats |= {
        f"/sys/class/net/{name}/wireless": there if name.startswith("w") else None
        for name in ("eth0", "wlan0", "tun0")
    }
    held = (InterfaceAddress(family="ipv4", address="10.66.0.2"),)
    return replay(
        os=os,
        exchanges=exchanges,
        connects=connects,
        stats=stats,
        commands=commands,
        interfaces=tuple(
            Interface(name=name, up=False, mtu=1400, addresses=held) for name in interfaces
        ),
    )


def collected(host: PaperHost, gateway: GatewayFact, internet: InternetFact = NOTHING) -> WaysFact:
    return CHECK.collect(host, context(None, gateway, internet, seconds=3.0))


@pytest.mark.parametrize("internet", [WORKS, NAMES_ONLY])
def test_nothing_is_probed_while_the_internet_answers(internet: InternetFact) -> None:
    """A host that knows no answer would raise."""
    fact = collected(replay(), GatewayFact(routes=(ETH0,), others=(WLAN0,)), internet)
    assert fact == WaysFact(looked=False)
    assert list(CHECK.judge(fact, view())) == []


def test_other_line_answers() -> None:
    host = device(
        datagrams("ETIMEDOUT") | datagrams("ETIMEDOUT", "wlan0"), connections(None, "wlan0")
    )
    fact = collected(host, GatewayFact(routes=(ETH0,), others=(WLAN0,)))
    assert [(way.interface, way.kind, way.answer) for way in fact.ways] == [
        ("eth0", "cable", "silent"),
        ("wlan0", "wifi", "answered"),
    ]
    assert findings(CHECK, fact) == [
        Finding(
            code="route.wrong_interface",
            subject="device",
            args={
                "used": "eth0",
                "used_kind": "cable",
                "better": "wlan0",
                "better_kind": "wifi",
            },
        )
    ]


def test_both_lines_silent_is_no_wrong_way() -> None:
    host = device(
        datagrams("ETIMEDOUT") | datagrams("ETIMEDOUT", "wlan0"), connections("ETIMEDOUT", "wlan0")
    )
    fact = collected(host, GatewayFact(routes=(ETH0,), others=(WLAN0,)))
    assert list(CHECK.judge(fact, view())) == []


def test_line_that_a_program_may_not_choose_is_not_known() -> None:
    host = device(datagrams("ETIMEDOUT") | datagrams("ETIMEDOUT", "wlan0"))
    host.__class__ = Refusing
    fact = collected(host, GatewayFact(routes=(ETH0,), others=(WLAN0,)))
    assert (fact.ways[1].answer, fact.ways[1].failed) == ("unknown", "denied")
    assert list(CHECK.judge(fact, view())) == [
        Unmeasured(code="route.wrong_interface", subject="device", reason="denied")
    ]


def test_silent_tunnel_beside_a_line_that_works() -> None:
    host = device(
        datagrams("ETIMEDOUT") | datagrams("ETIMEDOUT", "eth0"),
        connections(None, "eth0"),
        interfaces=("tun0",),
    )
    fact = collected(host, GatewayFact(routes=(TUN0,), others=(ETH0_BESIDE,), vpn=True))
    assert findings(CHECK, fact) == [
        Finding(
            code="vpn.silent",
            subject="device",
            args={"tunnel": "tun0", "line": "eth0"},
            confidence="likely",
        )
    ]


def test_silent_tunnel_and_nothing_let_past_it() -> None:
    host = device(
        datagrams("ETIMEDOUT") | datagrams("EPERM", "eth0"),
        connections("ETIMEDOUT", "eth0"),
        interfaces=("tun0",),
        programs=("NordVPN",),
    )
    fact = collected(host, GatewayFact(routes=(TUN0,), others=(ETH0_BESIDE,), vpn=True))
    assert findings(CHECK, fact) == [
        Finding(
            code="vpn.kill_switch",
            subject="device",
            args={
                "line": "eth0",
                "tunnel": "tun0",
                "vpn": ["NordVPN", "tun0"],
                "held_back": None,
            },
            confidence="likely",
        )
    ]


@pytest.mark.parametrize(
    ("interfaces", "programs", "code"),
    [
        (("wg0-mullvad",), (), "vpn.kill_switch"),
        ((), ("Mullvad VPN",), "vpn.kill_switch"),
        (("wlan0",), (), "firewall.outbound_blocked"),
    ],
)
def test_whose_rules_they_may_be(
    interfaces: tuple[str, ...], programs: tuple[str, ...], code: str
) -> None:
    host = device(datagrams("EPERM"), interfaces=interfaces, programs=programs)
    (finding,) = findings(CHECK, collected(host, GatewayFact(routes=(ETH0,))))
    assert (finding.code, finding.confidence) == (code, "likely")


@pytest.mark.parametrize("let_out", PORTS)
def test_one_port_that_is_let_out_is_enough(let_out: int) -> None:
    """Rules that close DNS, QUIC or NTP are common, and nothing of this kind."""
    sent = datagrams("EPERM") | {("1.1.1.1", let_out, b""): "ETIMEDOUT"}
    assert findings(CHECK, collected(device(sent), GatewayFact(routes=(ETH0,)))) == []


def test_windows_says_so_with_an_error_of_its_own() -> None:
    adapters = [{"index": 9, "name": "x", "description": "NordLynx Tunnel", "type": 53}]
    host = device(datagrams("EACCES"), os="windows", commands=windows_answers(adapters=adapters))
    ethernet = msgspec.structs.replace(ETH0, interface="Ethernet")
    (finding,) = findings(CHECK, collected(host, GatewayFact(routes=(ethernet,))))
    assert (finding.code, finding.args["vpn"]) == ("vpn.kill_switch", ["NordLynx Tunnel"])


@pytest.mark.parametrize(("router_there", "codes"), [(True, ["vpn.kill_switch"]), (None, [])])
def test_macos_says_no_route_to_host(router_there: bool | None, codes: list[str]) -> None:
    """As it does where the router is missing, so the router has to be there."""
    host = device(datagrams("EHOSTUNREACH"), os="macos", interfaces=("utun4",))
    route = msgspec.structs.replace(ETH0, interface="en0", reachable=router_there)
    fact = collected(host, GatewayFact(routes=(route,)))
    assert [finding.code for finding in findings(CHECK, fact)] == codes


def test_tunnels_of_macos_itself_are_no_vpn() -> None:
    host = device(datagrams("EPERM"), os="macos", interfaces=("utun0",))
    bare = Interface(name="utun0", up=True, mtu=1380)
    host = replay(
        os="macos",
        exchanges=datagrams("EPERM"),
        stats={path: None for _, path in _installed("macos")},
        interfaces=(bare,),
    )
    route = msgspec.structs.replace(ETH0, interface="en0")
    (finding,) = findings(CHECK, collected(host, GatewayFact(routes=(route,))))
    assert finding.code == "firewall.outbound_blocked"


def _installed(os: OsFamily) -> tuple[tuple[str, str], ...]:
    from checks.ways.clients import INSTALLED

    return INSTALLED[os]


@pytest.mark.parametrize(("interfaces", "codes"), [(("wg0",), ["vpn.kill_switch"]), ((), [])])
def test_route_that_refuses_everything(interfaces: tuple[str, ...], codes: list[str]) -> None:
    """Without any sign of a VPN it is the gateway check's to tell."""
    host = device({}, interfaces=interfaces)
    fact = collected(host, GatewayFact(routes=(), barred=("ipv4", "ipv6")))
    assert [finding.code for finding in findings(CHECK, fact)] == codes


def test_without_the_routes_nothing_can_be_tried() -> None:
    with pytest.raises(Failed, match="needs_missing"):
        CHECK.collect(replay(), context(None, NOTHING))


def test_fact_survives_the_report() -> None:
    way = Way(interface="eth0", family="ipv4", in_use=True, tunnel=False, answer="silent")
    fact = WaysFact(looked=True, ways=(way,), vpn_clients=("NordVPN",))
    assert msgspec.json.decode(msgspec.json.encode(fact), type=WaysFact) == fact


CODE = """
import json, os
import msgspec, psutil  # a user who is nobody may not read it where it stands
from checks.gateway import CHECK as GATEWAY
from checks.internet import InternetFact
from checks.ways import CHECK
from diag.host import real_host
from tests.support import context, view
os.setgid(65534)
os.setuid(65534)
host = real_host()
gateway = GATEWAY.collect(host, context(seconds=3.0))
silent = InternetFact(probes=(), connects=())
fact = CHECK.collect(host, context(None, gateway, silent, seconds=3.0))
print(json.dumps([[f.code for f in CHECK.judge(fact, view())], msgspec.to_builtins(fact.ways)]))
"""

WORLD = """
for name in a b; do
  ip netns add $name
  ip link add dev-$name type veth peer name far netns $name
  ip link set dev-$name up
  ip -n $name link set far up
  ip -n $name link set lo up
done
ip address add 198.51.100.2/24 dev dev-a
ip -n a address add 198.51.100.1/24 dev far
ip address add 192.0.2.2/24 dev dev-b
ip -n b address add 192.0.2.1/24 dev far
ip -n b address add 1.1.1.1/32 dev lo
ip -n b route add 198.51.100.0/24 via 192.0.2.2
ip netns exec b python3 -Ic 'import socket
s = socket.create_server(("1.1.1.1", 443))
import time
time.sleep(20)' &
while ! ip netns exec b ss -Htln | grep -q 1.1.1.1:443; do :; done
ip route add default via 198.51.100.1 dev dev-a metric 100
ip route add default via 192.0.2.1 dev dev-b metric 600
"""
SHUT = """
nft -f - <<END
table inet shut {
  chain output {
    type filter hook output priority 0
    oifname "dev-*" ip daddr != { 192.0.2.0/24, 198.51.100.0/24 } drop
  }
}
END
"""


def in_world(setup: str) -> tuple[list[str], list[dict[str, Any]]]:
    codes, ways = json.loads(python_in_namespace(setup, CODE))
    return codes, ways


@needs_root()
def test_way_that_works_beside_the_preferred_one_as_an_ordinary_user() -> None:
    codes, ways = in_world(WORLD)
    assert codes == ["route.wrong_interface"]
    assert [(way["interface"], way["answer"]) for way in ways] == [
        ("dev-a", "silent"),
        ("dev-b", "answered"),
    ]


@needs_root()
def test_rules_that_hold_everything_back_as_an_ordinary_user() -> None:
    codes, ways = in_world(WORLD + SHUT)
    assert codes == ["firewall.outbound_blocked"]
    assert {way["answer"] for way in ways} == {"refused_here"}
    codes, _ = in_world(WORLD + SHUT + "ip tuntap add dev tun7 mode tun\n")
    assert codes == ["vpn.kill_switch"]
