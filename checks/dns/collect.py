"""What the name servers and the system's resolver say, all asked at the same time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from msgspec import Struct

from checks.dns.configured import configured_servers
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, Fact, Failed, Failure, PrivateIp, Public
from diag.net.addresses import family_of, is_address, scope
from diag.net.gather import gather
from diag.net.name_server import NameAnswer, NameOutcome, ask
from diag.net.resolve import Family, ResolveOutcome, lookup

NEUTRAL_NAME = "example.com"
"""Tells nothing about anyone, and always exists (RFC 2606)."""

PUBLIC_RESOLVERS = ("1.1.1.1", "8.8.8.8")
"""Asked for the neutral name alone, and only if the system's answer failed."""

ANSWER_TIMEOUT_S = 4.5
SECOND_OPINION_TIMEOUT_S = 1.5
HAND_IN_S = 0.3

FAMILIES: tuple[Family, ...] = ("ipv4", "ipv6")

SPOKEN: frozenset[NameOutcome] = frozenset({"ok", "nodata", "nxdomain", "servfail", "refused"})
"""Outcomes that a name server brought about itself."""

Asked = tuple[str, str]
"""A server and a name; or nobody and a family, for the system's own resolver."""


class NameAsked(Struct, frozen=True, kw_only=True):
    """What one server said to one question (type A). The name is neutral or the profile's."""

    name: Public
    outcome: NameOutcome
    took_s: float


class ConfiguredServer(Struct, frozen=True, kw_only=True):
    """A name server that this device is told to ask, directly or through its stub.

    near: on this device's own network, as a router is. answers: those that were in when the others
    became needless, since names work; else all.
    """

    address: PrivateIp
    family: Family
    loopback: bool
    near: bool = True
    answers: tuple[NameAsked, ...]

    @property
    def silent(self) -> bool:
        return bool(self.answers) and not self.speaks

    @property
    def speaks(self) -> bool:
        return any(answer.outcome in SPOKEN for answer in self.answers)

    def said(self, name: str) -> NameOutcome | None:
        return next((each.outcome for each in self.answers if each.name == name), None)


class SystemAsked(Struct, frozen=True, kw_only=True):
    """What the system's resolver said to the neutral name, as programs ask it."""

    outcome: ResolveOutcome
    took_s: float


class SecondOpinion(Struct, frozen=True, kw_only=True):
    """What a public resolver said to the neutral name."""

    resolver: Public
    outcome: NameOutcome


class DnsFact(Fact, frozen=True, kw_only=True):
    """servers: in the configured order, or why they are not known."""

    system: SystemAsked
    servers: tuple[ConfiguredServer, ...] | Failure
    second_opinion: tuple[SecondOpinion, ...] = ()

    @property
    def names_work(self) -> bool:
        """Whether programs on this device can resolve a name at all."""
        return self.system.outcome == "ok"

    @property
    def known_servers(self) -> tuple[ConfiguredServer, ...]:
        return () if isinstance(self.servers, Failure) else self.servers

    def said_by_servers(self, name: str) -> tuple[NameOutcome, ...]:
        """What the configured servers said to this name."""
        said = (server.said(name) for server in self.known_servers)
        return tuple(outcome for outcome in said if outcome is not None)


def collect(host: Host, ctx: Context) -> DnsFact:
    deadline = ctx.deadline.sooner(HAND_IN_S)
    addresses: tuple[str, ...] = ()
    unknown = None
    try:
        addresses = configured_servers(host)
    except Failed as failed:
        unknown = failed.failure
    names = (NEUTRAL_NAME, *(n for n in ctx.profile.endpoint_hosts() if not is_address(n)))
    until = deadline.within(ANSWER_TIMEOUT_S)
    started = time.monotonic()
    probes: dict[Asked, Callable[[], SystemAsked | NameAnswer]] = {
        ("", family): partial(ask_system, host, family, until) for family in FAMILIES
    }
    for address in addresses:
        for name in names:
            probes[address, name] = partial(ask, host, address, name, "A", until)
    done = gather(probes, until, partial(_enough, names if addresses else ()))
    waited_s = time.monotonic() - started
    system = _system([each for each in done.values() if isinstance(each, SystemAsked)], waited_s)
    answers = {key: each for key, each in done.items() if isinstance(each, NameAnswer)}
    if until.expired:
        late = NameAnswer(outcome="timeout", took_s=waited_s)
        answers = {key: answers.get(key, late) for key in probes if key[0]}
    near = _own_networks(host)
    return DnsFact(
        system=system,
        servers=unknown or tuple(_server(each, names, answers, near) for each in addresses),
        second_opinion=() if system.outcome == "ok" else second_opinion(host, deadline),
    )


def _enough(names: tuple[str, ...], done: Mapping[Asked, SystemAsked | NameAnswer]) -> bool:
    """Where programs can resolve names, one server's word on each name will do."""
    works = any(isinstance(each, SystemAsked) and each.outcome == "ok" for each in done.values())
    said = {
        name
        for (_, name), each in done.items()
        if isinstance(each, NameAnswer) and each.outcome in SPOKEN
    }
    return works and said.issuperset(names)


def ask_system(host: Host, family: Family, deadline: Deadline) -> SystemAsked:
    found = lookup(host, NEUTRAL_NAME, family, deadline)
    return SystemAsked(outcome=found.outcome, took_s=found.took_s)


def _system(answers: list[SystemAsked], waited_s: float) -> SystemAsked:
    """One family is enough; if there is none, what came of the other says most."""
    for outcome in ("ok", "no_address", "no_name", "failed"):
        for answer in answers:
            if answer.outcome == outcome:
                return answer
    return SystemAsked(outcome="timeout", took_s=waited_s)


Network = IPv4Network | IPv6Network


def _own_networks(host: Host) -> tuple[Network, ...]:
    """The networks that this device has an address in; none if that cannot be told."""
    try:
        held = [each for interface in host.interfaces() for each in interface.addresses]
    except Failed:
        return ()
    return tuple(
        ip_network(f"{each.address}/{each.prefix}", strict=False)
        for each in held
        if each.prefix is not None and is_address(each.address)
    )


def _is_near(address: str, networks: tuple[Network, ...]) -> bool:
    parsed = ip_address(address.partition("%")[0])
    return not networks or parsed.is_link_local or any(parsed in each for each in networks)


def _server(
    address: str,
    names: tuple[str, ...],
    answers: Mapping[Asked, NameAnswer],
    networks: tuple[Network, ...],
) -> ConfiguredServer:
    said = ((name, answers.get((address, name))) for name in names)
    return ConfiguredServer(
        address=address,
        family=family_of(address),
        loopback=scope(address) == "loopback",
        near=_is_near(address, networks),
        answers=tuple(
            NameAsked(name=name, outcome=answer.outcome, took_s=answer.took_s)
            for name, answer in said
            if answer is not None
        ),
    )


def second_opinion(host: Host, deadline: Deadline) -> tuple[SecondOpinion, ...]:
    until = deadline.within(SECOND_OPINION_TIMEOUT_S)
    done = gather(
        {each: partial(ask, host, each, NEUTRAL_NAME, "A", until) for each in PUBLIC_RESOLVERS},
        until,
    )
    return tuple(
        SecondOpinion(resolver=each, outcome=done[each].outcome if each in done else "timeout")
        for each in PUBLIC_RESOLVERS
    )
