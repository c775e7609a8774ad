"""What kind of address this is, by the registries of special-purpose addresses (RFC 6890)."""

from __future__ import annotations

import ipaddress
from typing import Literal

Scope = Literal[
    "global",
    "private",
    "shared",
    "loopback",
    "link_local",
    "unique_local",
    "multicast",
    "unspecified",
    "benchmark",
    "documentation",
    "reserved",
]

_SCOPES: tuple[tuple[str, Scope], ...] = (
    ("0.0.0.0/8", "unspecified"),  # RFC 1122
    ("10.0.0.0/8", "private"),  # RFC 1918
    ("100.64.0.0/10", "shared"),  # RFC 6598, carrier-grade NAT
    ("127.0.0.0/8", "loopback"),  # RFC 1122
    ("169.254.0.0/16", "link_local"),  # RFC 3927
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "private"),  # RFC 6333, RFC 7335: the near end of a translation
    ("192.0.2.0/24", "documentation"),  # RFC 5737
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmark"),  # RFC 2544
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),  # RFC 5771
    ("240.0.0.0/4", "reserved"),  # RFC 1112
    ("::/128", "unspecified"),  # RFC 4291
    ("::1/128", "loopback"),
    ("100::/64", "reserved"),  # RFC 6666, discard only
    ("2001:db8::/32", "documentation"),  # RFC 3849
    ("3fff::/20", "documentation"),  # RFC 9637
    ("fc00::/7", "unique_local"),  # RFC 4193
    ("fe80::/10", "link_local"),  # RFC 4291
    ("fec0::/10", "unique_local"),  # RFC 3879, its forerunner
    ("ff00::/8", "multicast"),
)
_NETWORKS = tuple((ipaddress.ip_network(network), scope) for network, scope in _SCOPES)

_LOW_32_BITS = (
    ipaddress.IPv6Network("64:ff9b::/96"),  # RFC 6052: NAT64
    ipaddress.IPv6Network("::/96"),  # RFC 4291, 2.5.5.1: once "IPv4-compatible"
)

INTERNAL: frozenset[Scope] = frozenset(
    {"private", "shared", "loopback", "link_local", "unique_local", "unspecified"}
)


def is_address(text: str) -> bool:
    """Whether this is an IP address literal (a scope id may follow)."""
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def family_of(address: str) -> Literal["ipv4", "ipv6"]:
    return "ipv6" if ":" in address else "ipv4"


def scope(address: str) -> Scope:
    """The scope of an address literal; one that carries an IPv4 address has that one's."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = _carried(parsed) or parsed
    for network, known in _NETWORKS:
        if parsed.version == network.version and parsed in network:
            return known
    return "global"


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that packets to this one may end up at, through a translation or tunnel."""
    if address in _LOW_32_BITS[1] and int(address) <= 1:
        return None  # :: and ::1
    if any(address in network for network in _LOW_32_BITS):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour  # RFC 4291, 2.5.5.2; RFC 3056


def is_internal(address: str) -> bool:
    """Whether a public host has no business sending us there."""
    return scope(address) in INTERNAL
