"""A second look at names: runs only for hosts that did not prove who they are, or have no address.

A host proves itself by a certificate that holds. Names that resolve to something else than a public
resolver says are no finding by themselves: content networks and split DNS do that every day.
"""

from __future__ import annotations

import secrets
from functools import partial
from typing import Literal

from msgspec import Struct

from checks.endpoint import EndpointFact
from checks.endpoint.facts import EndpointProbe
from checks.forgery.hosts_file import entries
from checks.forgery.opinion import Opinion, ask_public
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, Fact, Failed, Failure, Public, ServiceIp
from diag.net.addresses import Scope, is_address, is_internal, scope
from diag.net.gather import gather
from diag.net.resolve import lookup

HAND_IN_S = 0.2
ASK_S = 2.0
MOST_ASKED = 3
"""Hosts that a public resolver is asked about: enough to see a pattern."""

NEUTRAL_DOMAIN = "example.com"

Rewritten = Literal["yes", "no", "unknown"]


class HostNames(Struct, frozen=True, kw_only=True):
    """What one host's name leads to, and what others say.

    scopes: of the addresses that the system gave. in_hosts_file: those that the hosts file gives
    it. public: what a public resolver says; None if none was asked. secure: whether it said so
    where nobody on the way could answer in its place. agrees: whether the system gave one of the
    public addresses; internal: whether it gave only internal ones.
    """

    host: Public
    proven: bool
    scopes: tuple[Scope, ...] = ()
    addresses: tuple[ServiceIp, ...] = ()
    in_hosts_file: tuple[ServiceIp, ...] = ()
    hosts_file_used: bool = False
    public: Literal["ok", "nodata", "nxdomain", "none"] | None = None
    public_resolver: Public = ""
    secure: bool = False
    agrees: bool | None = None
    internal: bool = False


class ForgeryFact(Fact, frozen=True, kw_only=True):
    """rewritten: whether a random name that does not exist resolves all the same."""

    hosts: tuple[HostNames, ...]
    hosts_file: Failure | None = None
    rewritten: Rewritten = "unknown"


def collect(host: Host, ctx: Context) -> ForgeryFact:
    """Raises Failed(not_configured) if the profile names no host."""
    probes = [each for each in ctx.need(EndpointFact).endpoints if not is_address(each.host)]
    if not probes:
        raise Failed("not_configured", "endpoint")
    deadline = ctx.deadline.sooner(HAND_IN_S).within(ASK_S)
    unknown = None
    listed: dict[str, tuple[str, ...]] = {}
    try:
        listed = entries(host, frozenset(each.host.casefold() for each in probes))
    except Failed as failed:
        unknown = failed.failure
    astray = [each for each in probes if _leads_somewhere(each) and not _proven(each)]
    doubtful = [*astray, *(each for each in probes if each.nameless)]
    opinions: dict[str, Opinion] = {}
    if doubtful and ctx.ask_public_resolvers:
        names = list(dict.fromkeys(each.host for each in doubtful))[:MOST_ASKED]
        opinions = gather(
            {name: partial(ask_public, host, name, deadline) for name in names}, deadline
        )
    rewritten = _rewritten(host, deadline) if astray else "unknown"
    return ForgeryFact(
        hosts=tuple(
            _names(each, listed.get(each.host.casefold(), ()), opinions.get(each.host))
            for each in probes
        ),
        hosts_file=unknown,
        rewritten=rewritten,
    )


def _leads_somewhere(probe: EndpointProbe) -> bool:
    """Whether there is an answer that could be false; through a proxy, names are its business."""
    return not probe.proxied and any(probe.probes())


def _proven(probe: EndpointProbe) -> bool:
    """Every address family that leads anywhere leads to a host whose certificate held."""
    ways = [each for each in probe.families if each.probes]
    return bool(ways) and all(any(p.verified for p in way.probes) for way in ways)


def _rewritten(host: Host, deadline: Deadline) -> Rewritten:
    """Some resolvers answer names that do not exist with a page of their own."""
    name = f"{secrets.token_hex(6)}.{NEUTRAL_DOMAIN}"
    outcome = lookup(host, name, "ipv4", deadline).outcome
    if outcome == "ok":
        return "yes"
    return "no" if outcome in ("no_name", "no_address") else "unknown"


def _names(probe: EndpointProbe, listed: tuple[str, ...], opinion: Opinion | None) -> HostNames:
    addresses = tuple(dict.fromkeys(each.address for each in probe.probes() if each.address))
    used = [each for each in probe.probes() if each.address in listed]
    ipv4 = [address for address in addresses if ":" not in address]
    agrees = None
    if opinion is not None and opinion.said == "ok" and ipv4:
        agrees = bool(set(ipv4) & set(opinion.addresses))
    return HostNames(
        host=probe.host,
        proven=_proven(probe),
        scopes=tuple(dict.fromkeys(scope(address) for address in addresses)),
        addresses=addresses,
        in_hosts_file=listed,
        hosts_file_used=bool(used) and not any(each.verified for each in used),
        public=opinion.said if opinion is not None else None,
        public_resolver=opinion.resolver if opinion is not None else "",
        secure=opinion is not None and opinion.secure,
        agrees=agrees,
        internal=bool(addresses) and all(map(is_internal, addresses)),
    )
