"""`address`: has any interface that is up an address with which others can be reached?"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from checks.lines import interfaces, is_tunnel
from checks.remedies import ASK_AT_WORK, ASK_NETWORK_OWNER, RESTART_ROUTER, USE_MOBILE_LINE
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
from diag.net.addresses import Scope, scope
from diag.net.resolve import Family

MAKESHIFT: frozenset[Scope] = frozenset({"link_local", "loopback", "unspecified", "multicast"})
"""What a device has without anybody giving it an address (RFC 3927, RFC 4862)."""

RENEW = Remedy(code="address.renew", minutes=2)

ADDRESS_MISSING = Problem(
    code="address.missing",
    severity="problem",
    where="network",
    layer=Layer.ADDRESS,
    blocking=True,
    explained_by=("link.down",),
    explains=("route.missing",),
    remedies=(ASK_AT_WORK, RENEW, USE_MOBILE_LINE, RESTART_ROUTER, ASK_NETWORK_OWNER),
)


class HeldAddress(Struct, frozen=True, kw_only=True):
    """An address of this device. `scope` is how far it reaches."""

    family: Family
    scope: Scope
    address: PrivateIp


class InterfaceAddresses(Struct, frozen=True, kw_only=True):
    """tunnel: a VPN's; its address is of no use without a line's."""

    name: Public
    up: bool
    tunnel: bool = False
    addresses: tuple[HeldAddress, ...]


class AddressFact(Fact, frozen=True, kw_only=True):
    """The addresses by interface, without loopback and software-made interfaces."""

    interfaces: tuple[InterfaceAddresses, ...]

    def reaching(self) -> frozenset[Family]:
        """The families in which a line that is up has more than a makeshift one."""
        return frozenset(
            held.family
            for interface in self.interfaces
            if interface.up and not interface.tunnel
            for held in interface.addresses
            if held.scope not in MAKESHIFT
        )


def collect(host: Host, _: Context) -> AddressFact:
    return AddressFact(
        interfaces=tuple(
            InterfaceAddresses(
                name=interface.name,
                up=interface.up,
                tunnel=is_tunnel(host.family, interface.name),
                addresses=tuple(
                    HeldAddress(
                        family="ipv4" if held.family == "ipv4" else "ipv6",
                        scope=scope(held.address),
                        address=held.address,
                    )
                    for held in interface.addresses
                    if held.family in ("ipv4", "ipv6")
                ),
            )
            for interface in interfaces(host)
        )
    )


def judge(fact: AddressFact, _: View) -> Iterator[Judgement]:
    if fact.reaching():
        return
    up = [interface for interface in fact.interfaces if interface.up and not interface.tunnel]
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
