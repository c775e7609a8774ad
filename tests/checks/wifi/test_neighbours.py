"""Who else is on the network: the real neighbour table of a real kernel, and others by replay."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from checks.gateway.system import Entry
from checks.wifi import CHECK
from checks.wifi.evidence import weigh
from checks.wifi.facts import Lease, WifiFact, WifiLink
from checks.wifi.linux import kernel
from checks.wifi.neighbours import Around, addresses_in, around
from checks.wifi.points import Point, link_of
from diag.host import FileStat, Interface, InterfaceAddress
from diag.model import Failed, PathInfo
from tests.checks.wifi import bus as buses
from tests.checks.wifi.test_windows import ADAPTER, ROUTE, profile
from tests.checks.wifi.test_windows import host as windows_host
from tests.namespaces import needs_root, python_in_namespace
from tests.support import NOW, context, findings, replay, view

ROUTER, PRINTER, OTHER = "00:00:5e:00:53:01", "00:00:5e:00:53:20", "00:00:5e:00:53:99"
WLAN = "wlan0"


def interface(address: str = "192.168.7.10", prefix: int = 24) -> Interface:
    held = (
        InterfaceAddress(family="ipv4", address=address, prefix=prefix),
        InterfaceAddress(family="mac", address="DA-11-22-33-44-55"),
    )
    return Interface(name=WLAN, up=True, mtu=1500, addresses=held)


def seen(*entries: tuple[str, str], servers: Sequence[str] = ()) -> Around:
    known = [Entry("192.168.7.1", ROUTER), *(Entry(address, mac) for address, mac in entries)]
    return around(known, ["192.168.7.1"], interface(), servers)


# --- what counts as another device ---


def test_a_printer_is_another_device() -> None:
    assert seen(("192.168.7.20", PRINTER)) == Around(router=ROUTER, others_seen=True)


@pytest.mark.parametrize(
    ("address", "mac"),
    [
        ("192.168.7.254", ROUTER),  # the router's second address, or its proxy ARP
        ("192.168.7.255", "ff:ff:ff:ff:ff:ff"),
        ("192.168.7.255", PRINTER),
        ("192.168.7.0", PRINTER),
        ("224.0.0.251", "01:00:5e:00:00:fb"),
        ("239.255.255.250", "01:00:5e:7f:ff:fa"),
        ("192.168.7.30", "01:00:5e:00:00:fb"),
        ("192.168.7.10", PRINTER),  # this device's own address
        ("192.168.7.11", "da:11:22:33:44:55"),  # and its own hardware
        ("192.168.8.20", PRINTER),  # a network of before
        ("169.254.7.7", PRINTER),
        ("fe80::20", PRINTER),  # an IPv6 router is often other hardware than the IPv4 one
        ("192.168.7.2", "00:00:5e:00:01:07"),  # VRRP
        ("192.168.7.2", "00:00:0c:07:ac:01"),  # HSRP
        ("no address", PRINTER),
    ],
)
def test_what_is_no_other_device(address: str, mac: str) -> None:
    assert seen((address, mac)) == Around(router=ROUTER, others_seen=False)


def test_who_serves_the_network_is_no_guest_on_it() -> None:
    served = ("192.168.7.2", PRINTER)
    assert seen(served, servers=["192.168.7.2"]).others_seen is False
    assert seen(served).others_seen is True


def test_a_table_without_the_router_tells_nothing() -> None:
    assert around([Entry("192.168.7.20", PRINTER)], ["192.168.7.1"], interface()) == Around()
    assert around([], [], None) == Around()


def test_addresses_in_whatever_form_a_lease_lists_them() -> None:
    assert addresses_in("{192.168.7.1, 8.8.8.8}", "10.0.0.1 10.0.0.2", "", "999.1.1.1 ::1") == (
        *("192.168.7.1", "8.8.8.8", "10.0.0.1", "10.0.0.2"),
    )


# --- the kernel's own table ---

ARP = """\
IP address       HW type     Flags       HW address            Mask     Device
192.168.7.1      0x1         0x2         00:00:5e:00:53:01     *        wlan0
{line}
"""


@pytest.mark.parametrize(
    ("line", "others"),
    [
        ("192.168.7.20     0x1         0x2         00:00:5e:00:53:20     *        wlan0", True),
        ("192.168.7.20     0x1         0x0         00:00:00:00:00:00     *        wlan0", False),
        ("192.168.7.20     0x1         0x0         00:00:5e:00:53:20     *        wlan0", False),
        ("192.168.7.20     0x1         0x6         00:00:5e:00:53:20     *        wlan0", False),
        ("192.168.7.20     0x1         0x2         00:00:5e:00:53:20     *        eth0", False),
        ("192.168.7.20     0x1         zz          00:00:5e:00:53:20     *        wlan0", False),
        ("192.168.7.20", False),
    ],
)
def test_lines_of_proc_net_arp(line: str, others: bool) -> None:
    """Forms after proc(5) and <linux/if_arp.h>: 0x2 complete, 0x4 written down by somebody."""
    route = f"{WLAN}\t00000000\t0107A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
    host = replay(
        files={"/proc/net/route": f"Iface\n{route}", "/proc/net/arp": ARP.format(line=line)},
        interfaces=(interface(),),
    )
    assert kernel.around(host, WLAN) == Around(router=ROUTER, others_seen=others)


def test_a_table_that_may_not_be_read_tells_nothing() -> None:
    denied = Failed("denied", "read")
    host = replay(files={"/proc/net/route": denied, "/proc/net/arp": denied})
    assert kernel.around(host, WLAN) == Around()


LAN = """
ip link add lan type bridge && ip link set lan up
for each in router printer; do
  ip netns add $each
  ip link add $each type veth peer name eth0 netns $each
  ip link set $each master lan && ip link set $each up
  ip -n $each link set lo up && ip -n $each link set eth0 up
done
ip link add wlan0 type veth peer name air && ip link set air master lan && ip link set air up
ip link set wlan0 up
ip addr add 192.168.7.10/PREFIX dev wlan0
ip -n router addr add 192.168.7.1/PREFIX dev eth0
ip -n printer addr add 192.168.7.20/PREFIX dev eth0
ip route add default via 192.168.7.1 dev wlan0
ping -q -c1 -W2 192.168.7.1
"""
"""A network of bridge and cables, whose kernel fills its neighbour tables by itself."""

ISOLATED = "bridge link set dev air isolated on && bridge link set dev printer isolated on\n"
"""Ports of a bridge that reach the others, but not each other: what access points do to guests."""
PRINT = "ping -q -c1 -W1 192.168.7.20 || true\n"
NOBODY = "ping -q -c1 -W1 192.168.7.77 || true\n"
GROUP = "ip neigh replace 224.0.0.251 lladdr 01:00:5e:00:00:fb dev wlan0 nud reachable\n"


def table(setup: str, prefix: int = 24) -> dict[str, Any]:
    code = (
        "import json, msgspec\n"
        "from checks.wifi.linux import kernel\n"
        "from diag.host import real_host\n"
        "print(json.dumps(msgspec.to_builtins(kernel.around(real_host(), 'wlan0'))))\n"
    )
    out = python_in_namespace(LAN.replace("PREFIX", str(prefix)) + setup, code)
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    return found


@needs_root()
@pytest.mark.parametrize(
    ("setup", "others"),
    [
        (PRINT, True),
        ("", False),
        (ISOLATED + PRINT, False),
        (NOBODY, False),
        (GROUP, False),
    ],
    ids=["a printer", "nobody asked for", "guests kept apart", "asked in vain", "a group"],
)
def test_the_table_of_a_real_kernel(setup: str, others: bool) -> None:
    found = table(setup)
    assert found["router"]
    assert found["others_seen"] is others


WHOLE = """
import sys
import msgspec
from checks.wifi import CHECK
from diag.host import real_host
from tests.checks.wifi import bus as buses, network_manager as nm
from tests.support import context, findings, view
import os, time
with buses.system_bus() as address:
    os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = address
    with nm.network_manager(address) as manager:
        device = manager.wifi_device("wlan0")
        point = manager.access_point(device, sys.argv[1].encode(), getattr(nm, sys.argv[2]))
        manager.set(device, nm.BUS_NAME + ".Device.Wireless", ActiveAccessPoint=("o", point))
        manager.activate(device, "802-11-wireless")
        manager.leased(
            device, subnet_mask=sys.argv[3], dhcp_lease_time="3600", domain_name="",
            dhcp_server_identifier="192.168.7.1", expiry=str(int(time.time()) + 3600 - 600),
        )
        fact = CHECK.collect(real_host(), context(seconds=20))
sys.stdout.buffer.write(msgspec.json.encode(fact))
"""


def whole(setup: str, ssid: str, security: str, mask: str, prefix: int) -> WifiFact:
    """What the check learns there: NetworkManager played on a real bus, the table the kernel's."""
    out = python_in_namespace(
        LAN.replace("PREFIX", str(prefix)) + setup, WHOLE, ssid, security, mask
    )
    return msgspec.json.decode(out.splitlines()[-1], type=WifiFact)


def taken_for(fact: WifiFact) -> tuple[str | None, str | None, tuple[str, ...] | None]:
    (info,) = (each for each in CHECK.judge(fact, view(fact)) if isinstance(each, PathInfo))
    return info.network, info.network_confidence, info.network_reasons


@needs_root()
@buses.needs_dbusmock()
@pytest.mark.parametrize(
    ("setup", "ssid", "security", "prefix", "expected"),
    [
        (
            *(PRINT, "Buffalo-A-1234", "WPA2", 24),
            ("home", "possible", ("others_seen", "router_name")),
        ),
        (PRINT, "Tanaka", "WPA2", 24, ("unknown", "possible", ("others_seen",))),
        (
            *(ISOLATED + PRINT, "HOTEL-3F", "WPA2", 21),
            ("unknown", "possible", ("public_word", "large_network", "alone")),
        ),
        (ISOLATED + PRINT, "HOTEL-3F", "WPA2", 24, ("unknown", "possible", ("public_word",))),
        (
            *("", "太郎のiPhone", "WPA2", 24),
            ("tethered", "likely", ("phone_name",)),
        ),
        (
            *(PRINT, "FREE_Wi-Fi", "OPEN", 24),
            ("public", "likely", ("open", "public_word", "others_seen")),
        ),
    ],
)  # fmt: skip
def test_from_the_kernels_table_to_what_a_network_is_taken_for(
    setup: str,
    ssid: str,
    security: str,
    prefix: int,
    expected: tuple[str, str, tuple[str, ...]],
) -> None:
    mask = {24: "255.255.255.0", 21: "255.255.248.0"}[prefix]
    fact = whole(setup, ssid, security, mask, prefix)
    assert fact.lease is not None
    assert fact.lease.held_s is not None
    assert 595 <= fact.lease.held_s <= 700
    assert taken_for(fact) == expected


# --- macOS and Windows, their tables as recorded ---

NETWORK = Path(__file__).parents[2] / "recorded" / "network"
PACKET = (
    "subnet_mask (ip): 255.255.255.0\nrouter (ip_mult): {192.168.0.1}\n"
    "domain_name_server (ip_mult): {192.168.0.1}\nserver_identifier (ip): 192.168.0.1\n"
)


def on_macos(arp: str) -> WifiFact:
    wifi = Path(__file__).parents[2] / "recorded" / "wifi" / "macos-15.5-wpa2-en.json"
    held = InterfaceAddress(family="ipv4", address="192.168.0.105", prefix=24)
    host = replay(
        os="macos",
        commands={
            ("system_profiler", "-json", "SPAirPortDataType"): wifi.read_text(encoding="utf-8"),
            ("ipconfig", "getpacket", "en0"): PACKET,
            ("arp", "-an"): arp,
            ("ndp", "-an"): (NETWORK / "macos-ndp.txt").read_text(encoding="utf-8"),
        },
        interfaces=(Interface(name="en0", up=True, mtu=1500, addresses=(held,)),),
    )
    return CHECK.collect(host, context(seconds=20))


def test_a_macs_table() -> None:
    recorded = (NETWORK / "macos-arp.txt").read_text(encoding="utf-8")
    fact = on_macos(recorded)
    assert (fact.router, fact.others_seen) == ("f8:ce:21:39:5b:f4", True)
    others = ("cc:4d:75:8d:a1:a5", "6:69:3c:a5:6a:3e")
    lines = [each for each in recorded.splitlines(True) if not any(mac in each for mac in others)]
    assert len(lines) == len(recorded.splitlines()) - len(others)
    fact = on_macos("".join(lines))
    assert (fact.router, fact.others_seen) == ("f8:ce:21:39:5b:f4", False)


def on_windows(neighbors: list[dict[str, Any]], lease: dict[str, Any]) -> WifiFact:
    host = windows_host(
        Failed("timeout", "run netsh"),
        wifi=[profile()],
        networks=[],
        adapters=[{**ADAPTER, "index": 23}],
        routes=[{**ROUTE, "index": 23}],
        neighbors=neighbors,
        lease=lease,
    )
    return CHECK.collect(host, context(seconds=20))


def test_a_windows_pcs_table() -> None:
    recorded = json.loads((NETWORK / "windows-neighbors.json").read_bytes())
    fact = on_windows(recorded, {})
    assert (fact.router, fact.others_seen) == ("60:38:e0:12:9d:41", True)
    others = ("192.168.1.227", "192.168.1.111")
    fact = on_windows([row for row in recorded if row["address"] not in others], {})
    assert (fact.router, fact.others_seen) == ("60:38:e0:12:9d:41", False)
    served = {"DhcpServer": "192.168.1.227", "DhcpNameServer": "192.168.1.111 192.168.1.1"}
    assert on_windows(recorded, served).others_seen is False


@pytest.mark.parametrize(("obtained_s", "held_s"), [(600, 600), (-60, None)])
def test_windows_keeps_when_the_lease_came(obtained_s: int, held_s: int | None) -> None:
    obtained = int(NOW.timestamp()) - obtained_s
    fact = on_windows([], {"DhcpSubnetMask": "255.255.248.0", "LeaseObtainedTime": obtained})
    assert fact.lease == Lease(prefix=21, held_s=held_s)


# --- how long the device is there ---


@pytest.mark.parametrize(("minutes", "held_s"), [(10, 600), (0, 0), (-5, None)])
def test_networkd_wrote_the_lease_when_it_came(minutes: int, held_s: int | None) -> None:
    written = NOW.timestamp() - 60 * minutes
    lease = f"{kernel.LEASES}/7"
    host = replay(
        files={
            f"{kernel.NET}/{WLAN}/ifindex": "7\n",
            lease: "ADDRESS=10.20.3.4\nNETMASK=255.255.248.0\nSERVER_ADDRESS=10.20.0.2\n",
            "/proc/net/route": "Iface\n",
            "/proc/net/arp": "IP\n",
        },
        stats={
            lease: FileStat(
                size=9,
                modified=NOW.fromtimestamp(written, tz=NOW.tzinfo),
                is_dir=False,
                owner=0,
                mode=0o644,
            )
        },
        interfaces=(interface("10.20.3.4", 21),),
    )
    fact = kernel.placed(host, WifiFact(adapter=True, joined=True), WLAN)
    assert fact.lease == Lease(prefix=21, held_s=held_s)


# --- what it is worth ---


def network(others: bool | None, prefix: int = 21, held_s: int | None = 600) -> WifiFact:
    return WifiFact(
        adapter=True,
        joined=True,
        carries_default=True,
        lease=Lease(prefix=prefix, held_s=held_s),
        others_seen=others,
    )


def link(ssid: str, security: Any = "wpa2") -> WifiLink:
    return link_of(Point(ssid=ssid, security=security, signal=70))


@pytest.mark.parametrize(
    ("others", "prefix", "held_s", "reason"),
    [
        (False, 21, 600, "alone"),
        (False, 21, 299, None),
        (False, 21, None, None),
        (False, 24, 600, None),
        (None, 21, 600, None),
        (True, 21, 0, "others_seen"),
        (True, 24, None, "others_seen"),
    ],
)
def test_when_it_is_a_sign(
    others: bool | None, prefix: int, held_s: int | None, reason: str | None
) -> None:
    reasons = weigh(network(others, prefix, held_s), link("Tanaka"), captive=False).reasons
    assert {*reasons} & {"alone", "others_seen"} == ({reason} if reason else set())


@pytest.mark.parametrize("captive", [False, True])
@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("place", [None, "home", "work", "public"])
@pytest.mark.parametrize("security", ["open", "owe", "wep", "wpa2", "enterprise", "unknown"])
@pytest.mark.parametrize(
    "ssid", ["Tanaka", "Buffalo-A-1234", "HOTEL-3F", "FREE_Wi-Fi", "AndroidAP", "0001docomo"]
)
def test_being_alone_moves_no_class_and_makes_nothing_certain(
    ssid: str, security: Any, place: Any, before: bool, captive: bool
) -> None:
    alone = replace(network(False), place=place, captive_before=before)
    untold = replace(alone, others_seen=None)
    with_it = weigh(alone, link(ssid, security), captive)
    without = weigh(untold, link(ssid, security), captive)
    assert (with_it.network, with_it.score) == (without.network, without.score)
    assert (with_it.confidence == "certain") is (without.confidence == "certain")
    in_company = weigh(replace(alone, others_seen=True), link(ssid, security), captive)
    if in_company.network == "public":
        assert in_company.confidence != "certain"
    if without.network != "public":
        assert in_company.network != "public"


@pytest.mark.parametrize(
    ("ssid", "security", "expected"),
    [
        ("HOTEL-3F", "wep", ("public", "unknown")),  # three weak signs: 3, less one
        ("HOTEL-3F", "open", ("public", "public")),  # a strong one stays
        ("Dennys_Free_Wifi", "wpa2", ("public", "public")),
    ],
)
def test_other_devices_outweigh_weak_signs_alone(
    ssid: str, security: Any, expected: tuple[str, str]
) -> None:
    classes = [
        weigh(network(others), link(ssid, security), captive=False).network
        for others in (None, True)
    ]
    assert tuple(classes) == expected


@pytest.mark.parametrize("prefix", [20, 24, 28])
def test_a_phone_that_shares_its_line_shows_nobody_either(prefix: int) -> None:
    shared = replace(network(False, prefix), phone_addresses=True)
    evidence = weigh(shared, link("太郎のiPhone"), captive=False)
    assert (evidence.network, evidence.confidence) == ("tethered", "certain")
    assert "alone" not in evidence.reasons


def test_the_reason_stands_in_the_finding() -> None:
    fact = replace(network(False), link=link("HOTEL-3F", "open"))
    (public,) = [each for each in findings(CHECK, fact) if each.code == "wifi.public"]
    assert public.args["reasons"] == ["open", "public_word", "large_network", "alone"]
