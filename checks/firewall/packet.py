"""What a list of packet filter rules does to the first packet of a connection.

Rules may ask for more than is known here (who sends it, how many came before): then a match is
neither true nor false, and both ways are followed. A packet is *blocked* only if every way ends so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address, ip_network
from typing import Literal

from msgspec import Struct

from diag.net.resolve import Family

Truth = bool | None
"""None: it cannot be told."""
Fate = Literal["passes", "blocked", "unclear"]
Verdict = Literal["accept", "drop", "jump", "goto", "return", "either"]
"""drop: also a rejection. either: a verdict from a map, or another program's."""
Outcome = Literal["accept", "drop", "continue"]

DEPTH = 16
"""How deep chains may jump; the kernel's own limit (NFT_JUMP_STACK_SIZE)."""
STEPS = 20_000
"""Most rules that are followed for one packet."""


class Packet(Struct, frozen=True, kw_only=True):
    """The SYN of a TCP connection. interface: by which it leaves; None: not known."""

    address: str
    port: int
    interface: str | None = None

    @property
    def family(self) -> Family:
        return "ipv6" if ":" in self.address else "ipv4"


Match = Callable[[Packet], Truth]


class Rule(Struct, frozen=True, kw_only=True):
    """verdict None: it counts, logs or marks, and the packet goes on. said: for people to read."""

    matches: tuple[Match, ...]
    verdict: Verdict | None
    target: str = ""
    said: str = ""


class Chain(Struct, frozen=True, kw_only=True):
    """policy: what becomes of packets that no rule decides on; None: they return to the caller."""

    name: str
    rules: tuple[Rule, ...]
    policy: Outcome | None = None


class Ruled(Struct, frozen=True):
    """What becomes of a packet, the rule that does it, and the chain that holds that."""

    fate: Fate
    rule: str = ""
    chain: str = ""


def ruled(chains: Mapping[str, Chain], starts: Iterable[str], packet: Packet) -> Ruled:
    """Every chain of `starts` has to let the packet pass."""
    unclear = False
    for name in starts:
        walk = _Walk(chains, packet)
        outcomes = walk.through(chains[name], 0)
        if outcomes == {"drop"}:
            return Ruled("blocked", walk.blocked_by, walk.blocked_in)
        unclear |= "drop" in outcomes
    return Ruled("unclear" if unclear else "passes")


class _Walk:
    def __init__(self, chains: Mapping[str, Chain], packet: Packet) -> None:
        self.chains = chains
        self.packet = packet
        self.blocked_by = ""
        self.blocked_in = ""
        self.steps = 0

    def through(self, chain: Chain, depth: int) -> set[Outcome]:
        """All outcomes that this chain may have for the packet."""
        found: set[Outcome] = set()
        for rule in chain.rules:
            self.steps += 1
            if self.steps > STEPS or depth > DEPTH:
                return {"accept", "drop"}
            truth = _all(match(self.packet) for match in rule.matches)
            if truth is False or rule.verdict is None:
                continue
            ends = self._verdict(rule, depth)
            found |= ends - {"continue"}
            if "drop" in ends:
                self._note(rule.said, chain.name)
            if truth is True and ("continue" not in ends or rule.verdict in ("goto", "return")):
                if "continue" in ends:
                    found.add(chain.policy or "continue")
                return found
        if chain.policy == "drop":
            self._note(chain.name, chain.name)
        return found | {chain.policy or "continue"}

    def _note(self, rule: str, chain: str) -> None:
        """The first one, which is the innermost where chains jump."""
        if not self.blocked_by:
            self.blocked_by, self.blocked_in = rule, chain

    def _verdict(self, rule: Rule, depth: int) -> set[Outcome]:
        if rule.verdict == "either":
            return {"accept", "drop", "continue"}
        if rule.verdict in ("jump", "goto"):
            target = self.chains.get(rule.target)
            return self.through(target, depth + 1) if target else {"accept", "drop", "continue"}
        if rule.verdict == "return":
            return {"continue"}
        return {"drop" if rule.verdict == "drop" else "accept"}


def _all(truths: Iterable[Truth]) -> Truth:
    known: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            known = None
    return known


def inverted(truth: Truth) -> Truth:
    return None if truth is None else not truth


def address_in(address: str, network: str) -> Truth:
    """Whether an address lies in a network, or is it; None if that is no network."""
    try:
        return ip_address(address) in ip_network(network, strict=False)
    except ValueError:
        return None


def address_between(address: str, first: str, last: str) -> Truth:
    try:
        start, end, at = ip_address(first), ip_address(last), ip_address(address)
    except ValueError:
        return None
    return start.version == at.version and int(start) <= int(at) <= int(end)


def port_in(port: int, written: str) -> Truth:
    """`443`, or `400:500` and `400-500`."""
    first, sign, last = written.replace("-", ":").partition(":")
    try:
        return int(first or 0) <= port <= int((last or 65_535) if sign else first)
    except ValueError:
        return None


def interface_is(interface: str | None, pattern: str, wildcard: str) -> Truth:
    """`tun+` and `tun*` stand for all whose names begin with tun."""
    if pattern == "lo":
        return False if interface is None else interface == "lo"
    if interface is None:
        return None
    if pattern.endswith(wildcard):
        return interface.startswith(pattern[:-1])
    return interface == pattern
