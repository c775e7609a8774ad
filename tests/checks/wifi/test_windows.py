"""Wi-Fi on Windows by replay: netsh in ten languages, WinRT's profiles, the location refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from checks.wifi import CHECK, netsh, windows
from checks.wifi.facts import WifiFact
from diag.host import Interface, InterfaceAddress
from diag.model import Failed, Unmeasured
from tests.support import CommandAnswer, PaperHost, context, findings, replay, view, windows_answers

RECORDED = Path(__file__).parents[2] / "recorded" / "wifi"
GUID = "{7825d47a-5d59-4c93-8d91-2b0e1b5f6c4b}"
ADAPTER = {
    "index": 12,
    "name": "Wi-Fi",
    "description": "Intel(R) Wi-Fi 6 AX201 160MHz",
    "status": "Up",
    "type": 71,
    "hardware": True,
}
WIFI_DIRECT = {
    **ADAPTER,
    "index": 13,
    "name": "ローカル エリア接続* 1",
    "description": "Microsoft Wi-Fi Direct Virtual Adapter",
    "hardware": False,
}
ETHERNET = {**ADAPTER, "index": 5, "name": "イーサネット", "type": 6}
ROUTE = {
    "prefix": "0.0.0.0/0",
    "next_hop": "192.168.1.1",
    "index": 12,
    "alias": "Wi-Fi",
    "metric": 40,
}
NEIGHBOR = {"address": "192.168.1.1", "index": 12, "mac": "00-00-5E-00-53-01", "state": 5}


def recorded(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


def profile(**values: Any) -> dict[str, Any]:
    """A row of the section `wifi`: constructed after Windows.Networking.Connectivity."""
    return {
        "name": "Tanaka",
        "wifi": True,
        "ssid": "Tanaka",
        "authentication": 8,
        "encryption": 6,
        "connectivity": 3,
        "bars": 4,
        "cost": 1,
        "adapter": GUID.strip("{}"),
        "type": 71,
        "internet": True,
        **values,
    }


def network(category: int, name: str = "Tanaka") -> dict[str, Any]:
    return {"name": name, "alias": "Wi-Fi", "category": category}


def host(
    interfaces: bytes | tuple[int, bytes, bytes] | Failed = b"",
    in_reach: bytes = b"",
    code_page: str = "437",
    address: str = "192.168.1.20",
    lease: Mapping[str, Any] | None = None,
    **sections: Any,
) -> PaperHost:
    """A PC with Wi-Fi; `interfaces` and `in_reach` are what netsh writes."""
    known = {"adapters": [ADAPTER, WIFI_DIRECT], "routes": [ROUTE], "neighbors": [NEIGHBOR]}
    commands: dict[tuple[str, ...], CommandAnswer] = {
        **windows_answers(**{**known, **sections}),
        ("netsh", "wlan", "show", "networks", "mode=bssid"): (0, in_reach, b""),
    }
    asked = ("netsh", "wlan", "show", "interfaces")
    commands[asked] = (0, interfaces, b"") if isinstance(interfaces, bytes) else interfaces
    held = (
        InterfaceAddress(family="ipv4", address=address, prefix=24),
        InterfaceAddress(family="mac", address="7C-2A-31-00-00-01"),
    )
    key = f"{windows.TCPIP}\\{GUID.lower()}"
    return replay(
        os="windows",
        commands=commands,
        interfaces=(Interface(name="Wi-Fi", up=True, mtu=1500, addresses=held),),
        registry={
            windows.CODE_PAGES: {"OEMCP": code_page},
            key: lease,
            f"{windows.TCPIP}\\{{00000000-0000-0000-0000-000000000000}}": None,
            f"{windows.TCPIP}\\{{f899e530-fd03-44a9-8307-4d4fc4827eab}}": None,
            f"{windows.TCPIP}\\{{e36a6a75-d662-4a6b-9399-f1304b0fe75e}}": None,
            f"{windows.TCPIP}\\{{828dda06-e46a-4700-876c-1ade7776687c}}": None,
        },
    )


def collect(on: PaperHost) -> WifiFact:
    return CHECK.collect(on, context(seconds=20))


def codes(fact: WifiFact) -> set[str]:
    return {each.code for each in findings(CHECK, fact)}


# --- netsh alone ---


@pytest.mark.parametrize(
    ("language", "code_page", "ssid", "security", "signal", "channel", "band"),
    [
        ("de", "850", "SSID-1", "enterprise", 43, 116, "5"),
        ("en", "437", "SSID-1", "wpa2", 42, 44, "5"),
        ("es", "850", "SSID-1", "open", 81, 11, "2.4"),
        ("fr", "850", "SSID-1", "open", 80, 11, "2.4"),
        ("it", "850", "SSID-1", "wpa2", 85, 4, "2.4"),
        ("ja", "932", "TEST_SSID", "wpa2", 100, 1, "2.4"),
        ("ko", "949", "SSID-1_5G", "wpa2", 96, 157, "5"),
        ("pt", "850", "SSID-1", "wpa2", 82, 44, "5"),
        ("ru", "866", "SSID-1", "wpa2", 100, 36, "5"),
        ("zh", "936", "DC_WLAN(5GHz)", "enterprise", 99, 44, "5"),
    ],
)
def test_netsh_in_ten_languages(
    language: str, code_page: str, ssid: str, security: str, signal: int, channel: int, band: str
) -> None:
    fact = collect(host(recorded(f"netsh-interfaces-{language}.txt"), code_page=code_page))
    assert (fact.source, fact.adapter, fact.joined, fact.withheld) == ("netsh", True, True, None)
    assert fact.link is not None
    assert (fact.link.ssid, fact.link.security) == (ssid, security)
    assert (fact.link.signal, fact.link.channel, fact.link.band) == (signal, channel, band)
    assert fact.link.bssid not in (None, "fe:dc:ba:09:87:01")
    assert ("wifi.open" in codes(fact)) is (security == "open")


@pytest.mark.parametrize(
    ("language", "encoding", "names", "kinds"),
    [
        ("de", "cp850", {"SSID-1", "SSID-2"}, {"wpa2", "open"}),
        ("en", "cp437", {None, "SSID-2"}, {"wpa2", "open"}),
        ("fr", "utf-8", {"SSID-1"}, {"open"}),
        ("it", "cp850", {None, "SSID-1", "SSID-3"}, {"wpa2"}),
        ("ja", "cp932", {"aterm-82aef0-g"}, {"wpa2"}),
    ],
)
def test_networks_in_reach_in_five_languages(
    language: str, encoding: str, names: set[str | None], kinds: set[str]
) -> None:
    text = netsh.text_of(recorded(f"netsh-networks-{language}.txt"), encoding)
    found = netsh.networks(text)
    assert names <= {each.ssid for each in found}
    assert kinds <= {each.security for each in found}
    assert all(each.bssid for each in found)


def test_a_disconnected_adapter_is_joined_to_nothing() -> None:
    down = {**ADAPTER, "status": "Disconnected"}
    fact = collect(host(adapters=[down], wifi=[]))
    assert (fact.adapter, fact.joined, fact.link) == (True, False, None)
    text = netsh.text_of(recorded("netsh-interfaces-de-disconnected.txt"), "cp850")
    said = netsh.interfaces(text)
    assert (said.count, said.joined) == (1, ())


def test_what_netsh_calls_by_a_word_that_is_not_known_is_unknown_not_open() -> None:
    text = recorded("netsh-interfaces-es.txt").replace(b"Abierta", b"Zabaldua")
    fact = collect(host(text))
    assert fact.link is not None
    assert fact.link.security == "unknown"
    assert codes(fact) == set()


@pytest.mark.parametrize(
    ("authentication", "cipher", "security"),
    [
        ("Open", "None", "open"),
        ("Open", "WEP", "wep"),
        ("オープン システム", "なし", "open"),
        ("开放式", "无", "open"),
        ("OWE", "CCMP", "owe"),
        ("WPA-Personal", "TKIP", "wpa"),
        ("WPA2-Personal", "TKIP", "wpa"),
        ("WPA2 - Personnel", "CCMP", "wpa2"),
        ("WPA3-Personal", "GCMP", "wpa3"),
        ("WPA3-エンタープライズ 192 ビット", "GCMP", "enterprise"),
        ("WPA2-Entreprise", "CCMP", "enterprise"),
        ("Primär", "", None),
        ("Infrastructure", "802.11ac", None),
    ],
)
def test_kinds_of_authentication(authentication: str, cipher: str, security: str | None) -> None:
    assert netsh.security_of(authentication, cipher) == security


def test_two_adapters_one_of_which_is_joined() -> None:
    first = recorded("netsh-interfaces-de-disconnected.txt").decode("cp850")
    second = netsh.text_of(recorded("netsh-interfaces-de.txt"), "cp850")
    body = second.partition("vorhanden:")[2].replace("\n   ", "\n    ")
    said = netsh.interfaces(first + body)
    assert said.count == 2
    assert [each.point.ssid for each in said.joined] == ["SSID-1"]


# --- the location permission ---


def test_without_the_permission_winrt_still_names_the_network() -> None:
    on = host(recorded("netsh-refused-en.txt"), wifi=[profile()], networks=[network(1)])
    fact = collect(on)
    assert (fact.source, fact.withheld, fact.joined) == ("windows", "location", True)
    assert fact.link is not None
    assert (fact.link.ssid, fact.link.security, fact.link.bssid) == ("Tanaka", "wpa2", None)
    assert fact.link.signal == 80
    assert codes(fact) == set()


def test_without_the_permission_and_without_winrt_the_profile_has_a_name() -> None:
    """As on a managed device: constrained language mode refuses WinRT."""
    on = host(recorded("netsh-refused-en.txt"), networks=[network(0, "FREE_Wi-Fi")])
    fact = collect(on)
    assert (fact.withheld, fact.joined, fact.place) == ("location", True, "public")
    assert fact.link is not None
    assert (fact.link.ssid, fact.link.security) == ("FREE_Wi-Fi", "unknown")
    assert fact.link.public_word
    (note,) = findings(CHECK, fact)
    assert (note.code, note.args["withheld"]) == ("wifi.withheld", "location")
    reasons = {e.reason for e in CHECK.judge(fact, view(fact)) if isinstance(e, Unmeasured)}
    assert reasons == {"denied"}


REFUSED_JA = """
システムに 1 インターフェイスがあります:

ネットワーク シェル コマンドで WLAN 情報にアクセスするには、位置情報のアクセス許可が必要です。

ms-settings:privacy-location

関数 WlanQueryInterface はエラー 5 を返します:
アクセスが拒否されました。
"""
"""Constructed after the English one: what matters of it is translated nowhere."""


@pytest.mark.parametrize(
    ("output", "code_page"),
    [
        (recorded("netsh-refused-en.txt"), "437"),
        (recorded("netsh-refused-en-elevation.txt"), "437"),
        (recorded("netsh-refused-de.txt"), "850"),
        (recorded("netsh-refused-zh.txt"), "936"),
        (REFUSED_JA.encode("cp932"), "932"),
        ("関数 WlanQueryInterface はエラー5を返します".encode("cp932"), "932"),
    ],
    ids=["en", "en, elevation", "de", "zh", "ja", "ja, without spaces"],
)
def test_the_refusal_in_every_language(output: bytes, code_page: str) -> None:
    """Said by exit code 1 and text on stdout; WinRT names the network all the same."""
    fact = collect(host((1, output, b""), code_page=code_page, wifi=[profile()], networks=[]))
    assert (fact.source, fact.withheld, fact.joined) == ("windows", "location", True)
    assert fact.link is not None
    assert (fact.link.ssid, fact.link.security, fact.link.bssid) == ("Tanaka", "wpa2", None)
    alone = collect(host((1, output, b""), code_page=code_page, networks=[network(1)]))
    (note,) = findings(CHECK, alone)
    assert (note.code, note.args["withheld"]) == ("wifi.withheld", "location")


@pytest.mark.parametrize(
    "text",
    [
        "Profil : ms-settings",
        "Function WlanQueryInterface returns error 50:",
        "Function WlanQueryInterface returns error 1175:",
        "Function WlanOpenHandle returns error 5:",
    ],
)
def test_what_is_no_refusal(text: str) -> None:
    assert not netsh.REFUSED.search(text)


def test_the_category_as_it_was_recorded() -> None:
    known = json.loads(recorded("windows-network-profile.json"))
    fact = collect(host(recorded("netsh-refused-en-elevation.txt"), networks=known))
    assert fact.link is not None
    assert (fact.link.ssid, fact.place, fact.withheld) == ("Andromeda", "home", "location")


def test_where_nobody_may_be_asked_the_refusal_is_the_reason() -> None:
    on = host(recorded("netsh-refused-en.txt"), adapters=[])
    with pytest.raises(Failed) as failed:
        collect(on)
    assert failed.value.failure.code == "denied"


# --- WinRT ---


@pytest.mark.parametrize(
    ("authentication", "encryption", "security"),
    [
        (0, 0, "unknown"),
        (1, 1, "unknown"),
        (2, 0, "open"),
        (2, 2, "wep"),
        (3, 2, "wep"),
        (4, 5, "enterprise"),
        (5, 5, "wpa"),
        (7, 6, "enterprise"),
        (8, 6, "wpa2"),
        (8, 5, "wpa"),
        (10, 9, "enterprise"),
        (11, 6, "wpa3"),
        (12, 6, "owe"),
        (13, 6, "enterprise"),
        (99, 6, "unknown"),
    ],
)
def test_winrt_in_every_kind_of_security(
    authentication: int, encryption: int, security: str
) -> None:
    row = profile(authentication=authentication, encryption=encryption)
    fact = collect(host(Failed("timeout", "run netsh"), wifi=[row], networks=[]))
    assert fact.link is not None
    assert fact.link.security == security


@pytest.mark.parametrize(
    ("level", "connectivity", "codes_found"),
    [(0, "none", set()), (1, "limited", set()), (2, "portal", {"wifi.public"}), (3, "full", set())],
)
def test_what_windows_found_of_the_internet(
    level: int, connectivity: str, codes_found: set[str]
) -> None:
    on = host(Failed("timeout", "run netsh"), wifi=[profile(connectivity=level)], networks=[])
    fact = collect(on)
    assert fact.connectivity == connectivity
    assert codes(fact) == codes_found


@pytest.mark.parametrize(("cost", "metered"), [(0, None), (1, False), (2, True), (3, True)])
def test_metered(cost: int, metered: bool | None) -> None:
    on = host(Failed("timeout", "run netsh"), wifi=[profile(cost=cost)], networks=[])
    assert collect(on).metered is metered


@pytest.mark.parametrize(
    ("category", "place"), [(0, "public"), (1, "home"), (2, "work"), (7, None)]
)
def test_category_of_the_network(category: int, place: str | None) -> None:
    on = host(Failed("timeout", "run netsh"), wifi=[profile()], networks=[network(category)])
    assert collect(on).place == place


def test_everything_at_once() -> None:
    lease = {
        "DhcpSubnetMask": "255.255.252.0",
        "Lease": 3600,
        "DhcpDomain": "shop.wi2.ne.jp",
        "DhcpInterfaceOptions": b"\x2b\0\0\0\x0fANDROID_METERED",
    }
    on = host(recorded("netsh-interfaces-en.txt"), wifi=[profile(ssid="SSID-1")], networks=[],
              lease=lease)  # fmt: skip
    fact = collect(on)
    assert fact.link is not None
    assert (fact.link.bssid, fact.link.signal) == ("fe:dc:ba:09:87:02", 42)
    assert fact.lease is not None
    assert (fact.lease.prefix, fact.lease.seconds) == (22, 3600)
    assert fact.lease.phone
    assert fact.lease.public_domain
    assert fact.router == "00:00:5e:00:53:01"
    assert fact.random_mac is False
    assert (fact.line, fact.carries_default) == ("wifi", True)


def test_a_twin_in_reach() -> None:
    on = host(
        recorded("netsh-interfaces-es.txt"),
        recorded("netsh-networks-de.txt"),
        wifi=[profile(ssid="SSID-1", authentication=2, encryption=0)],
        networks=[],
    )
    fact = collect(on)
    assert fact.link is not None
    assert [(each.bssid, each.security) for each in fact.link.twins] == [
        ("fe:dc:ba:09:87:01", "wpa2")
    ]


def test_wired_with_wifi_present() -> None:
    cable = profile(wifi=False, ssid=None, type=6, adapter="0" * 8, name="office")
    wifi = profile(internet=False, authentication=2, encryption=0)
    on = host(Failed("timeout", "run netsh"), wifi=[cable, wifi], networks=[])
    fact = collect(on)
    assert (fact.joined, fact.carries_default, fact.line) == (True, False, "wired")
    assert codes(fact) == set()


def test_a_vpn_over_wifi_leaves_open_what_carries_it() -> None:
    vpn = profile(wifi=False, ssid=None, type=23, adapter="0" * 8, name="office VPN")
    on = host(Failed("timeout", "run netsh"), wifi=[vpn, profile(internet=False)], networks=[])
    fact = collect(on)
    assert (fact.joined, fact.carries_default, fact.line) == (True, None, "vpn")


def test_no_wifi_in_the_pc() -> None:
    fact = collect(host(Failed("timeout", "run netsh"), adapters=[ETHERNET], wifi=[]))
    assert (fact.adapter, fact.joined) == (False, False)


def test_the_hotspot_of_another_windows_pc() -> None:
    on = host(
        Failed("timeout", "run netsh"), address="192.168.137.5", wifi=[profile()], networks=[]
    )
    assert collect(on).phone_addresses


def test_names_in_japanese_and_hostile_ones_arrive() -> None:
    for name in ("珈琲館フリー", "\x1b[31m[/red]", "📶" * 8):
        on = host(Failed("timeout", "run netsh"), wifi=[profile(ssid=name)], networks=[])
        fact = collect(on)
        assert fact.link is not None
        assert fact.link.ssid == name
