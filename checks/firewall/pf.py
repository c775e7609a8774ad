"""Rules of pf, the packet filter of macOS, as `pfctl -s rules` shows them: pf.conf(5).

The last rule that matches decides, or the first one with `quick`; without any, a packet passes.
Anchors hold rules of their own, which stand where the anchor is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from checks.firewall.packet import (
    Match,
    Packet,
    Ruled,
    Truth,
    address_in,
    interface_is,
    inverted,
    port_in,
)

Action = Literal["pass", "block", "anchor"]
Way = Literal["pass", "block"]

DEPTH = 8
NO_MATTER = {"log": 0, "label": 1, "flags": 1, "keep": 1, "modulate": 1, "synproxy": 1, "no": 1}
"""Words that change nothing for the first packet of a connection, and how many follow each."""
AFTER_BLOCK = ("drop", "return", "return-rst", "return-icmp", "return-icmp6")
COMPARED = {"=": True, "!=": False}


class PfRule(Struct, frozen=True):
    """target: an anchor's name."""

    action: Action
    quick: bool
    matches: tuple[Match, ...]
    said: str
    target: str = ""


Anchors = Mapping[str, Sequence[PfRule]]
"""By full name; the main rules are those of the empty name."""


def parse(text: str) -> list[PfRule]:
    """The filter rules for what leaves; noise and rules of other kinds are passed over."""
    return [rule for line in text.splitlines() if (rule := _rule(line.split(), line.strip()))]


def names(text: str) -> list[str]:
    """The anchors that `pfctl -v -s Anchors` lists."""
    return sorted({line.strip() for line in text.splitlines() if line.startswith("  ")})


def ruled(anchors: Anchors, packet: Packet) -> Ruled:
    said: list[str] = []
    ways = {way for way, _ in _through(anchors, "", packet, {"pass"}, said, 0)}
    if ways == {"block"}:
        return Ruled("blocked", said[-1] if said else "")
    return Ruled("unclear" if "block" in ways else "passes")


def _through(
    anchors: Anchors, name: str, packet: Packet, ways: set[Way], said: list[str], depth: int
) -> set[tuple[Way, bool]]:
    """What may become of a packet that comes here with these ways open; with True, for good."""
    final: set[tuple[Way, bool]] = set()
    for rule in anchors.get(name, ()):
        truth = _all(rule, packet)
        if truth is False:
            continue
        if rule.action == "anchor":
            inside: set[tuple[Way, bool]] = {(way, False) for way in ways}
            for child in _children(anchors, name, rule.target) if depth < DEPTH else ():
                open_ways = {way for way, ends in inside if not ends}
                ended = {each for each in inside if each[1]}
                inside = ended | _through(anchors, child, packet, open_ways, said, depth + 1)
            final |= {each for each in inside if each[1]}
            after = {way for way, ends in inside if not ends}
            ways = after if truth is True else ways | after
        else:
            if rule.action == "block":
                said.append(rule.said)
            if rule.quick:
                final.add((rule.action, True))
            ways = _next(ways, rule.action, truth is True, rule.quick)
        if not ways:
            break
    return final | {(way, False) for way in ways}


def _next(ways: set[Way], action: Way, certain: bool, quick: bool) -> set[Way]:
    if quick:
        return set() if certain else ways
    return {action} if certain else ways | {action}


def _children(anchors: Anchors, at: str, target: str) -> Iterator[str]:
    """`com.apple/*` stands for every anchor right below, in the order of their names."""
    full = f"{at}/{target}" if at and not target.startswith("/") else target.lstrip("/")
    if not full.endswith("/*"):
        yield full
        return
    prefix = full[:-1]
    for name in sorted(anchors):
        if name.startswith(prefix) and "/" not in name[len(prefix) :]:
            yield name


def _all(rule: PfRule, packet: Packet) -> Truth:
    truths = [match(packet) for match in rule.matches]
    return False if False in truths else None if None in truths else True


def _unknown(_: Packet) -> Truth:
    return None


# --- reading a rule ---


def _rule(words: list[str], line: str) -> PfRule | None:
    if len(words) < 2 or words[0] not in ("pass", "block", "anchor"):
        return None
    action: Action = words[0]  # type: ignore[assignment]
    rest = iter(words[1:])
    target = next(rest).strip('"') if action == "anchor" else ""
    matches: list[Match] = []
    quick = False
    for word in rest:
        if word == "in":
            return None
        if word == "quick":
            quick = True
        elif word in ("out", "all", "state", "(", ")") or (
            word in AFTER_BLOCK or word.startswith("(")
        ):
            continue
        elif word in NO_MATTER:
            for _ in range(NO_MATTER[word]):
                next(rest, "")
        elif word in ("inet", "inet6"):
            family = "ipv4" if word == "inet" else "ipv6"
            matches.append(lambda packet, family=family: packet.family == family)  # type: ignore[misc]
        elif word == "proto":
            protocol = next(rest, "")
            matches.append(lambda _, protocol=protocol: protocol == "tcp")  # type: ignore[misc]
        elif word == "on":
            matches.append(_on(rest))
        elif word == "from":
            source = next(rest, "")
            if source != "any":
                matches.append(_unknown)
        elif word == "to":
            matches.append(_to(rest))
        elif word == "port":
            matches.append(_port(rest, after_to="to" in line.split(" port ")[0].split()))
        else:
            matches.append(_unknown)
    return PfRule(action, quick, tuple(matches), line, target)


def _negated(rest: Iterator[str]) -> tuple[str, bool]:
    word = next(rest, "")
    return (next(rest, ""), True) if word == "!" else (word, False)


def _on(rest: Iterator[str]) -> Match:
    name, negated = _negated(rest)

    def match(packet: Packet) -> Truth:
        there = interface_is(packet.interface, name if name != "lo0" else "lo", "*")
        return inverted(there) if negated else there

    return match


def _to(rest: Iterator[str]) -> Match:
    address, negated = _negated(rest)

    def match(packet: Packet) -> Truth:
        there = True if address == "any" else address_in(packet.address, address)
        return inverted(there) if negated else there

    return match


def _port(rest: Iterator[str], after_to: bool) -> Match:
    """`port = 443`, `port != 80`, `port 8000:8001`, `port > 1024`; a source's port is not known."""
    word = next(rest, "")
    negated = COMPARED.get(word) is False
    written = next(rest, "") if word in (*COMPARED, "<", ">", "<=", ">=", "><", "<>") else word
    if not after_to or (word not in COMPARED and word != written):
        return _unknown

    def match(packet: Packet) -> Truth:
        there = port_in(packet.port, {"https": "443", "http": "80"}.get(written, written))
        return inverted(there) if negated else there

    return match
