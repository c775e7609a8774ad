"""What `device.firewall` learns."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from diag.model import Fact, Failure, FreeText, Public, ServiceIp

Maker = Literal["nftables", "iptables", "ufw", "firewalld", "pf", "windows"]
"""Whose rule it is: what one opens to change it."""
Profile = Literal["domain", "private", "public"]
"""The kinds of network for which Windows keeps a firewall each."""


class Hit(Struct, frozen=True, kw_only=True):
    """A rule of this device stops connections to this address of an endpoint. chain: that it stands
    in, on Linux.
    """

    endpoint: Public
    address: ServiceIp
    port: int
    maker: Maker
    rule: FreeText
    chain: FreeText = ""


class FirewallFact(Fact, frozen=True, kw_only=True):
    """on: whether the system's own firewall is (on Linux ufw or firewalld); None: not known, or it
    has no such switch.

    off: the Windows profiles where it is not. others: other firewall programs that have taken over.
    looked: whether there was a reason to look at its rules, that is an endpoint that could not be
    connected to; rules: why they could not be seen. app_rule: one that shuts in a program of the
    app's; app_itself: it is the app's main one; app_unseen: why such rules could not be seen.
    """

    on: bool | None = None
    off: tuple[Profile, ...] = ()
    others: tuple[Public, ...] = ()
    looked: bool = False
    hits: tuple[Hit, ...] = ()
    rules: Failure | None = None
    app_rule: FreeText | None = None
    app_itself: bool = False
    app_unseen: Failure | None = None

    def stops(self, endpoint: str, addresses: set[str]) -> tuple[Hit, ...]:
        """The rules that stop all of these addresses of an endpoint; none if some are not."""
        hits = [each for each in self.hits if each.endpoint == endpoint]
        stopped = {each.address for each in hits}
        return tuple(hits) if addresses and addresses <= stopped else ()
