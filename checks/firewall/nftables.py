"""Rules of nftables, as `nft --json list ruleset` gives them: libnftables-json(5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct

from checks.firewall.packet import (
    Chain,
    Match,
    Outcome,
    Packet,
    Rule,
    Truth,
    Verdict,
    address_between,
    address_in,
    interface_is,
    inverted,
)
from diag.model import Failed

FAMILIES: dict[str, tuple[str, ...]] = {
    "ipv4": ("ip", "inet"),
    "ipv6": ("ip6", "inet"),
}
VERDICTS: dict[str, Verdict] = {
    "accept": "accept",
    "drop": "drop",
    "reject": "drop",
    "return": "return",
    "jump": "jump",
    "goto": "goto",
    "vmap": "either",
    "queue": "either",
}
NO_MATTER = frozenset({"counter", "log", "comment", "notrack", "mangle", "flow"})
"""Statements that do not decide whether a packet passes."""
OTHER_PROTOCOLS = frozenset({"udp", "udplite", "icmp", "icmpv6", "sctp", "dccp", "esp", "ah"})
TCP = ("tcp", 6, "6")

Sets = Mapping[str, Sequence[Any]]
Test = Callable[[Any], Truth]


OTHERWISE_SHAPED = (KeyError, TypeError, AttributeError, ValueError, IndexError, StopIteration)
"""What a list of rules in some other form than the documented one makes of the reading of it."""


class _Listing(Struct):
    nftables: list[dict[str, Any]]


class Ruleset:
    """chains: by `FAMILY TABLE NAME`. foreign: whether a rule holds parts of iptables' own that
    nftables does not show.
    """

    def __init__(self, output: bytes) -> None:
        """Raises Failed(unparsable)."""
        self.foreign = False
        self.chains: dict[str, Chain] = {}
        self._bases: list[tuple[int, str, str]] = []
        try:
            self._read(msgspec.json.decode(output, type=_Listing).nftables)
        except (msgspec.MsgspecError, UnicodeDecodeError, *OTHERWISE_SHAPED):
            raise Failed("unparsable", "read nftables") from None

    def _read(self, items: list[dict[str, Any]]) -> None:
        sets: dict[str, Sequence[Any]] = {}
        heads: dict[str, dict[str, Any]] = {}
        rules: dict[str, list[Rule]] = {}
        for item in items:
            if chain := item.get("chain"):
                heads[_name(chain, chain["name"])] = chain
            for kind in ("set", "map"):
                if found := item.get(kind):
                    sets[_name(found, found["name"])] = found.get("elem", ())
        for item in items:
            if rule := item.get("rule"):
                name = _name(rule, rule["chain"])
                rules.setdefault(name, []).append(self._rule(rule, sets))
        for name, head in heads.items():
            policy: Outcome | None = None
            if "hook" in head:
                policy = "drop" if head.get("policy") == "drop" else "accept"
                if head["hook"] == "output" and head.get("type") == "filter":
                    priority = head.get("prio", 0)
                    order = priority if isinstance(priority, int) else 0
                    self._bases.append((order, head["family"], name))
            self.chains[name] = Chain(name=name, rules=tuple(rules.get(name, ())), policy=policy)
        self._bases.sort()

    def starts(self, packet: Packet) -> list[str]:
        """The chains that what leaves this device goes through, in their order."""
        return [name for _, family, name in self._bases if family in FAMILIES[packet.family]]

    def _rule(self, rule: Mapping[str, Any], sets: Sets) -> Rule:
        matches: list[Match] = []
        verdict: Verdict | None = None
        target = ""
        for statement in rule.get("expr", ()):
            kind, body = next(iter(statement.items()))
            if kind == "match":
                matches.append(_match(body, partial(_within, sets, rule)))
            elif kind in VERDICTS:
                verdict = VERDICTS[kind]
                if kind in ("jump", "goto"):
                    target = _name(rule, body["target"])
            elif kind == "xt":
                self.foreign = True
                matches.append(_unknown)
                verdict = "either" if body is None or body.get("type") == "target" else verdict
            elif kind not in NO_MATTER:
                matches.append(_unknown)
        said = _name(rule, rule["chain"])
        if comment := rule.get("comment"):
            said += f" ({comment})"
        return Rule(matches=tuple(matches), verdict=verdict, target=target, said=said)


def _name(item: Mapping[str, Any], name: str) -> str:
    return f"{item['family']} {item['table']} {name}"


def _unknown(_: Packet) -> Truth:
    return None


def _match(body: Mapping[str, Any], within: Callable[[Any, Test], Truth]) -> Match:
    left, right, operator = body["left"], body["right"], body.get("op", "==")

    def match(packet: Packet) -> Truth:
        test = _test(left, packet)
        if test is None or isinstance(test, bool):
            return test
        if operator in ("==", "in"):
            return within(right, test)
        return inverted(within(right, test)) if operator == "!=" else None

    return match


def _within(sets: Sets, rule: Mapping[str, Any], right: Any, test: Test) -> Truth:
    """Whether the packet's value is one of those on the right side."""
    if isinstance(right, str) and right.startswith("@"):
        name = _name(rule, right[1:])
        return _any(sets[name], test) if name in sets else None
    if isinstance(right, Mapping) and "set" in right:
        members = right["set"]
        return _any(members if isinstance(members, list) else [members], test)
    return _any(right, test) if isinstance(right, list) else test(right)


def _any(members: Iterable[Any], test: Test) -> Truth:
    found: Truth = False
    for member in members:
        value = (
            member["elem"]["val"] if isinstance(member, Mapping) and "elem" in member else member
        )
        truth = test(value)
        if truth is True:
            return True
        if truth is None:
            found = None
    return found


def _test(left: Any, packet: Packet) -> Test | Truth:
    """What tells whether the packet has a value; a truth if the rule cannot match, or may."""
    if not isinstance(left, Mapping):
        return None
    kind, body = next(iter(left.items()))
    key = body.get("key") if isinstance(body, Mapping) else None
    if kind == "payload":
        return _payload(body, packet)
    if kind == "ct" and key == "state":
        return lambda value: value == "new"
    if kind == "ct" and key == "direction":
        return lambda value: value == "original"
    if kind == "meta":
        return _meta(str(key), packet)
    return None


def _payload(body: Mapping[str, Any], packet: Packet) -> Test | Truth:
    protocol, field = body.get("protocol"), body.get("field")
    if protocol in ("ip", "ip6"):
        if (protocol == "ip") != (packet.family == "ipv4"):
            return False
        if field == "daddr":
            return partial(_address, packet)
        if field in ("protocol", "nexthdr"):
            return lambda value: value in TCP
        return None
    if protocol in ("tcp", "th"):
        return partial(_port, packet) if field == "dport" else None
    return False if protocol in OTHER_PROTOCOLS else None


def _meta(key: str, packet: Packet) -> Test | Truth:
    if key == "l4proto":
        return lambda value: value in TCP
    if key == "nfproto":
        return lambda value: value == packet.family
    if key == "protocol":
        return lambda value: value == ("ip" if packet.family == "ipv4" else "ip6")
    if key in ("oifname", "oif"):
        return lambda value: interface_is(packet.interface, str(value), "*")
    return False if key in ("iifname", "iif") else None


def _address(packet: Packet, value: Any) -> Truth:
    if isinstance(value, str):
        return address_in(packet.address, value)
    if isinstance(value, Mapping) and "prefix" in value:
        prefix = value["prefix"]
        return address_in(packet.address, f"{prefix['addr']}/{prefix['len']}")
    if isinstance(value, Mapping) and "range" in value:
        first, last = value["range"]
        return address_between(packet.address, first, last)
    return None


def _port(packet: Packet, value: Any) -> Truth:
    if isinstance(value, int):
        return packet.port == value
    if isinstance(value, Mapping) and "range" in value:
        first, last = value["range"]
        if isinstance(first, int) and isinstance(last, int):
            return first <= packet.port <= last
    return None
