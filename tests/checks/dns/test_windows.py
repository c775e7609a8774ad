"""The name servers of Windows, as the registry holds them."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

import pytest

from checks.dns.configured import configured_servers
from checks.dns.windows import CONNECTIONS, INTERFACES_IPV4, INTERFACES_IPV6, POLICIES
from diag.host import Interface, InterfaceAddress, RegistryKey
from diag.host.base import RegistryValue
from diag.model import Failed
from tests.support import replay

Values = Mapping[str, RegistryValue]

WIFI = "{17397C8A-56E6-4309-A7A7-F136385D9613}"
CABLE = "{9c1e752a-b125-4651-a60a-2620edabb7d8}"
"""Windows writes the same GUID in capitals below Control\\Network."""
UNKNOWN = "{846ee342-7039-11de-9d20-806e6f6e6963}"

DHCP: Values = {"EnableDHCP": 1, "NameServer": "", "DhcpNameServer": "172.20.2.10 172.20.2.39"}


def interface(name: str, up: bool = True) -> Interface:
    held = InterfaceAddress(family="ipv4", address="192.0.2.7", prefix=24)
    return Interface(name=name, up=up, mtu=1500, addresses=(held,))


def servers(
    wifi: Values | None = None,
    wifi_ipv6: Values | None = None,
    cable: Values | None = None,
    rules: Mapping[str, Mapping[str, Values]] | None = None,
    up: tuple[str, ...] = ("Wi-Fi", "イーサネット 2"),
) -> tuple[str, ...]:
    """rules: by the place of POLICIES, by name."""
    registry: dict[str, Mapping[str, RegistryValue] | RegistryKey | Failed | None] = {
        INTERFACES_IPV4: RegistryKey(subkeys=(UNKNOWN, WIFI, CABLE)),
        rf"{CONNECTIONS}\{UNKNOWN.upper()}\Connection": None,
        rf"{CONNECTIONS}\{WIFI}\Connection": {"Name": "Wi-Fi", "DefaultNameIndex": 3},
        rf"{CONNECTIONS}\{CABLE.upper()}\Connection": {"Name": "イーサネット 2"},
        rf"{INTERFACES_IPV4}\{WIFI}": wifi or {},
        rf"{INTERFACES_IPV6}\{WIFI}": wifi_ipv6,
        rf"{INTERFACES_IPV4}\{CABLE}": cable,
        rf"{INTERFACES_IPV6}\{CABLE}": None,
    }
    for place in POLICIES:
        names = (rules or {}).get(place, {})
        registry[place] = RegistryKey(subkeys=tuple(names)) if names else None
        registry |= {rf"{place}\{name}": rule for name, rule in names.items()}
    names_of = ("Wi-Fi", "イーサネット 2")
    host = replay(
        os="windows",
        registry=registry,
        interfaces=tuple(interface(name, name in up) for name in names_of),
    )
    return configured_servers(host)


def test_given_by_dhcp() -> None:
    assert servers(wifi=DHCP) == ("172.20.2.10", "172.20.2.39")


@pytest.mark.parametrize(
    "typed",
    [
        {"NameServer": "1.1.1.1,9.9.9.9"},
        {"NameServer": "1.1.1.1 9.9.9.9"},
        {"NameServer": "192.0.2.1", "ProfileNameServer": "1.1.1.1,9.9.9.9"},
    ],
)
def test_typed_in_ones_go_first(typed: Values) -> None:
    assert servers(wifi={**DHCP, **typed}) == ("1.1.1.1", "9.9.9.9")


def test_over_ipv6() -> None:
    packed = b"".join(ipaddress.IPv6Address(each).packed for each in ("2001:db8::53", "fd00::1"))
    found = servers(wifi=DHCP, wifi_ipv6={"Dhcpv6DNSServers": packed + b"\x20"})
    assert found == ("172.20.2.10", "172.20.2.39", "2001:db8::53", "fd00::1")
    typed: Values = {"Dhcpv6DNSServers": packed, "NameServer": "2606:4700:4700::1111"}
    assert servers(wifi_ipv6=typed) == ("2606:4700:4700::1111",)


def test_what_a_connection_had_that_is_down_now_does_not_count() -> None:
    old: Values = {"DhcpNameServer": "192.168.1.1"}
    assert servers(wifi=DHCP, cable=old, up=("イーサネット 2",)) == ("192.168.1.1",)
    assert servers(wifi=DHCP, cable=old, up=()) == ()


def test_a_rule_for_all_names_goes_before_every_connection() -> None:
    rule: Values = {
        "Name": (".",),
        "GenericDNSServers": "94.140.14.15;94.140.15.16",
        "ConfigOptions": 8,
        "Version": 2,
    }
    for place in POLICIES:
        found = servers(wifi=DHCP, rules={place: {"Family": rule}})
        assert found == ("94.140.14.15", "94.140.15.16")


def test_rules_for_some_names_change_nothing_for_the_others() -> None:
    rule: Values = {"Name": (".corp.example",), "GenericDNSServers": "192.0.2.53"}
    assert servers(wifi=DHCP, rules={POLICIES[1]: {"{1}": rule}}) == servers(wifi=DHCP)


def test_policy_makes_local_rules_void() -> None:
    some: Values = {"Name": ".corp.example", "GenericDNSServers": "192.0.2.53"}
    all_names: Values = {"Name": (".",), "GenericDNSServers": "192.0.2.1"}
    rules = {POLICIES[0]: {"a": some}, POLICIES[1]: {"b": all_names}}
    assert servers(wifi=DHCP, rules=rules) == servers(wifi=DHCP)


def test_what_is_no_address_is_left_out() -> None:
    assert servers(wifi={"NameServer": "dns.test,192.0.2.1"}) == ("192.0.2.1",)
    assert servers(wifi={"NameServer": 7}) == ()
