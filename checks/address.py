"""`address`: has any interface that is up an address with which others can be reached?"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Literal

from msgspec import Struct

from checks.link import VIRTUAL_PREFIXES
from checks.remedies import ASK_NETWORK_OWNER, RESTART_ROUTER, USE_MOBILE_LINE
from diag.host import Host
from diag.model import (
    DEVICE,
    Check,
    Context,
    Fact,
    Finding,
    Judgement,
    Layer,
    PrivateIp,
    Problem,
    Public,
    Remedy,
    View,
)

Family = Literal["ipv4", "ipv6"]
Scope = Literal["global", "private", "shared", "link_local", "loopback"]

NETWORKS: tuple[tuple[Scope, IPv4Network | IPv6Network], ...] = (
    ("loopback", IPv4Network("127.0.0.0/8")),
    ("loopback", IPv6Network("::1/128")),
    ("link_local", IPv4Network("169.254.0.0/16")),  # RFC 3927: what a device gives itself
    ("link_local", IPv6Network("fe80::/10")),  # RFC 4291
    ("private", IPv4Network("10.0.0.0/8")),  # RFC 1918
    ("private", IPv4Network("172.16.0.0/12")),
    ("private", IPv4Network("192.168.0.0/16")),
    ("private", IPv6Network("fc00::/7")),  # RFC 4193
    ("shared", IPv4Network("100.64.0.0/10")),  # RFC 6598: behind a provider's own NAT
)

RENEW = Remedy(code="address.renew", minutes=2)

ADDRESS_MISSING = Problem(
    code="address.missing",
    severity="problem",
    where="network",
    layer=Layer.ADDRESS,
    blocking=True,
    explained_by=("link.down",),
    explains=("route.missing",),
    remedies=(RENEW, USE_MOBILE_LINE, RESTART_ROUTER, ASK_NETWORK_OWNER),
)


class HeldAddress(Struct, frozen=True, kw_only=True):
    """An address of this device. `scope` is how far it reaches."""

    family: Family
    scope: Scope
    address: PrivateIp


class InterfaceAddresses(Struct, frozen=True, kw_only=True):
    name: Public
    up: bool
    addresses: tuple[HeldAddress, ...]


class AddressFact(Fact, frozen=True, kw_only=True):
    """The addresses by interface, without loopback and software-made interfaces."""

    interfaces: tuple[InterfaceAddresses, ...]

    def reaching(self) -> frozenset[Family]:
        """The families in which an interface that is up has more than a link-local address."""
        return frozenset(
            held.family
            for interface in self.interfaces
            if interface.up
            for held in interface.addresses
            if held.scope not in ("link_local", "loopback")
        )


def scope_of(address: str) -> Scope:
    """Raises ValueError if this is no IP address."""
    parsed = ip_address(address)
    for scope, network in NETWORKS:
        if parsed.version == network.version and parsed in network:
            return scope
    return "global"


def collect(host: Host, _: Context) -> AddressFact:
    return AddressFact(
        interfaces=tuple(
            InterfaceAddresses(
                name=interface.name,
                up=interface.up,
                addresses=tuple(
                    HeldAddress(
                        family="ipv4" if held.family == "ipv4" else "ipv6",
                        scope=scope_of(held.address),
                        address=held.address,
                    )
                    for held in interface.addresses
                    if held.family in ("ipv4", "ipv6")
                ),
            )
            for interface in host.interfaces()
            if not interface.loopback and not interface.name.startswith(VIRTUAL_PREFIXES)
        )
    )


def judge(fact: AddressFact, _: View) -> Iterator[Judgement]:
    if fact.reaching():
        return
    up = [interface for interface in fact.interfaces if interface.up]
    self_given = sorted(
        held.address
        for interface in up
        for held in interface.addresses
        if held.scope == "link_local" and held.family == "ipv4"
    )
    yield Finding(
        code=ADDRESS_MISSING.code,
        subject=DEVICE,
        args={
            "interfaces": [interface.name for interface in up] or None,
            "self_given": self_given or None,
        },
    )


CHECK = Check(
    name="address",
    fact=AddressFact,
    collect=collect,
    judge=judge,
    problems=(ADDRESS_MISSING,),
    timeout_s=2.0,
)
