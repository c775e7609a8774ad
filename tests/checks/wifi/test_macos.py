"""Wi-Fi on macOS by replay: system_profiler of five versions, redacted names, DHCP leases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from checks.wifi import CHECK
from checks.wifi.facts import WifiFact
from diag.host import Interface, InterfaceAddress
from diag.model import Failed
from tests.support import CommandAnswer, PaperHost, context, findings, replay

RECORDED = Path(__file__).parents[2] / "recorded" / "wifi"
ARP = "? (172.16.12.1) at 0:0:5e:0:53:1 on en0 ifscope [ethernet]\n"


def recorded(name: str) -> str:
    return (RECORDED / name).read_text(encoding="utf-8")


def host(
    profiler: str | Failed, packet: str = "", address: str = "172.16.13.237", prefix: int = 22
) -> PaperHost:
    commands: dict[tuple[str, ...], CommandAnswer] = {
        ("system_profiler", "-json", "SPAirPortDataType"): profiler,
        ("arp", "-an"): ARP,
        ("ndp", "-an"): "",
    }
    for name in ("en0", "en1"):
        commands["ipconfig", "getpacket", name] = packet
    held = (
        InterfaceAddress(family="ipv4", address=address, prefix=prefix),
        InterfaceAddress(family="mac", address="8c:85:90:ad:ee:a3"),
    )
    return replay(
        os="macos",
        commands=commands,
        interfaces=tuple(
            Interface(name=name, up=True, mtu=1500, addresses=held) for name in ("en0", "en1")
        ),
    )


def collect(on: PaperHost) -> WifiFact:
    return CHECK.collect(on, context(seconds=20))


def codes(fact: WifiFact) -> set[str]:
    return {each.code for each in findings(CHECK, fact)}


@pytest.mark.parametrize(
    ("version", "interface", "ssid", "security", "signal", "channel", "band"),
    [
        ("10.15.7", "en1", "SSID-6", "open", 90, 6, "2.4"),
        ("12.7.2-AP", "en0", "SSID-4", "wpa2", 64, 149, "5"),
        ("15.5", "en0", "SSID-2", "open", 100, 6, "2.4"),
        ("15.5-wpa2-en", "en0", "SSID-7", "wpa2", 84, 6, "2.4"),
        ("15.5-on-iPhone", "en0", "SSID-1", "wpa2", 90, 149, "5"),
        ("26-redacted", "en0", None, "wpa3", 96, 37, "6"),
    ],
)
def test_each_version(
    version: str,
    interface: str,
    ssid: str | None,
    security: str,
    signal: int,
    channel: int,
    band: str,
) -> None:
    fact = collect(host(recorded(f"macos-{version}.json")))
    assert (fact.source, fact.interface, fact.joined) == ("system_profiler", interface, True)
    assert fact.link is not None
    assert (fact.link.ssid, fact.link.security) == (ssid, security)
    assert (fact.link.signal, fact.link.channel, fact.link.band) == (signal, channel, band)
    assert fact.withheld == ("os" if ssid is None else None)
    assert ("wifi.open" in codes(fact)) is (security == "open")


@pytest.mark.parametrize(
    ("name", "radio_on"),
    [
        ("12.7.2-no-AP", True),
        ("15.5-no-iPhone", True),
        ("15.5-wifi-disabled", False),
    ],
)
def test_on_no_network(name: str, radio_on: bool) -> None:
    fact = collect(host(recorded(f"macos-{name}.json")))
    assert (fact.adapter, fact.radio_on, fact.joined, fact.link) == (True, radio_on, False, None)
    assert codes(fact) == set()


def test_a_redacted_open_network_is_found_open() -> None:
    text = recorded("macos-26-redacted.json").replace("wpa3_personal", "none")
    fact = collect(host(text))
    assert {"wifi.open", "wifi.public"} <= codes(fact)


@pytest.mark.parametrize(
    ("mode", "security"),
    [
        ("none", "open"),
        ("wep", "wep"),
        ("wpa_personal", "wpa"),
        ("wpa2_personal_mixed", "wpa2"),
        ("wpa3_transition", "wpa2_wpa3"),
        ("wpa3_personal", "wpa3"),
        ("wpa2_enterprise", "enterprise"),
        ("wpa3_enterprise", "enterprise"),
        ("quantum", "unknown"),
    ],
)
def test_every_kind_of_security(mode: str, security: str) -> None:
    fact = collect(host(recorded("macos-26-redacted.json").replace("wpa3_personal", mode)))
    assert fact.link is not None
    assert fact.link.security == security


def test_the_lease_of_a_phone() -> None:
    fact = collect(
        host(
            recorded("macos-15.5-on-iPhone.json"),
            recorded("macos-getpacket-phone.txt"),
            address="192.168.43.223",
            prefix=24,
        )
    )
    assert fact.phone_addresses
    assert fact.lease is not None
    assert fact.lease.phone
    assert (fact.lease.prefix, fact.lease.seconds) == (24, 3599)


def test_the_lease_of_a_router() -> None:
    packet = recorded("macos-getpacket-router.txt")
    fact = collect(host(recorded("macos-26-redacted.json"), packet))
    assert fact.lease is not None
    assert (fact.lease.prefix, fact.lease.seconds, fact.lease.phone) == (22, 3600, False)
    assert not fact.lease.public_domain
    assert fact.router == "00:00:5e:00:53:01"
    named = packet.replace("(string): .", "(string): shop.wi2.ne.jp")
    fact = collect(host(recorded("macos-26-redacted.json"), named))
    assert fact.lease is not None
    assert fact.lease.public_domain


def test_without_a_lease_the_address_tells_the_size() -> None:
    fact = collect(host(recorded("macos-26-redacted.json")))
    assert fact.lease is not None
    assert (fact.lease.prefix, fact.lease.seconds) == (22, None)
    assert fact.router is None


def test_a_twin_in_reach() -> None:
    said: dict[str, Any] = json.loads(recorded("macos-15.5.json"))
    (interface,) = [
        each
        for each in said["SPAirPortDataType"][0]["spairport_airport_interfaces"]
        if each["_name"] == "en0"
    ]
    interface["spairport_airport_other_local_wireless_networks"][0]["_name"] = "SSID-2"
    fact = collect(host(json.dumps(said)))
    assert fact.link is not None
    assert [each.security for each in fact.link.twins] == ["wpa2"]


def test_a_mac_without_wifi() -> None:
    fact = collect(host('{"SPAirPortDataType": []}'))
    assert (fact.adapter, fact.joined) == (False, False)


@pytest.mark.parametrize("text", ["", "not json", "[]", '{"other": 1}', '{"SPAirPortDataType": 3}'])
def test_what_is_not_understood_is_unparsable(text: str) -> None:
    with pytest.raises(Failed) as failed:
        collect(host(text))
    assert failed.value.failure.code == "unparsable"
