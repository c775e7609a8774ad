"""Rules of iptables, as `iptables-save` and `ip6tables-save` write them: iptables(8)."""

from __future__ import annotations

import shlex
from collections.abc import Callable

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
    port_in,
)

START = "OUTPUT"
VERDICTS: dict[str, Verdict | None] = {
    "ACCEPT": "accept",
    "DROP": "drop",
    "REJECT": "drop",
    "RETURN": "return",
    "LOG": None,
    "NFLOG": None,
    "MARK": None,
    "CONNMARK": None,
    "QUEUE": "either",
    "NFQUEUE": "either",
}
PLAIN = {"-m": 1, "--comment": 1, "--reject-with": 1, "--log-prefix": 1, "--log-level": 1}
"""Options that decide nothing, with how many words follow them."""


def parse(text: str) -> dict[str, Chain]:
    """The chains of the table `filter`; empty if there is none."""
    policies: dict[str, Outcome | None] = {}
    rules: dict[str, list[Rule]] = {}
    inside = False
    for line in text.splitlines():
        if line.startswith("*"):
            inside = line.strip() == "*filter"
        elif inside and line.startswith(":"):
            name, policy = line[1:].split()[:2]
            policies[name] = {"ACCEPT": "accept", "DROP": "drop"}.get(policy)  # type: ignore[assignment]
        elif inside and line.startswith("-A "):
            try:
                words = shlex.split(line)
            except ValueError:
                continue
            rules.setdefault(words[1], []).append(_rule(words[2:], set(policies), line))
    return {
        name: Chain(name=name, rules=tuple(rules.get(name, ())), policy=policy)
        for name, policy in policies.items()
    }


def _rule(words: list[str], chains: set[str], line: str) -> Rule:
    matches: list[Match] = []
    verdict: Verdict | None = None
    target = ""
    negated = False
    rest = iter(words)
    for word in rest:
        if word == "!":
            negated = True
            continue
        if word in PLAIN:
            for _ in range(PLAIN[word]):
                next(rest, "")
        elif word in ("-j", "-g"):
            target = next(rest, "")
            known: Verdict = "goto" if word == "-g" else "jump"
            verdict = known if target in chains else VERDICTS.get(target, "either")
        elif word in TESTS:
            matches.append(_asked(TESTS[word], next(rest, ""), negated))
        elif word.startswith("-"):
            matches.append(_unknown)
        negated = False
    return Rule(matches=tuple(matches), verdict=verdict, target=target, said=line)


def _asked(test: Callable[[Packet, str], Truth], value: str, negated: bool) -> Match:
    def match(packet: Packet) -> Truth:
        truth = test(packet, value)
        return inverted(truth) if negated else truth

    return match


def _unknown(_: Packet) -> Truth:
    return None


def _any_port(packet: Packet, value: str) -> Truth:
    truths = [port_in(packet.port, each) for each in value.split(",")]
    return True if True in truths else None if None in truths else False


def _range(packet: Packet, value: str) -> Truth:
    first, _, last = value.partition("-")
    return address_between(packet.address, first, last or first)


TESTS: dict[str, Callable[[Packet, str], Truth]] = {
    "-d": lambda packet, value: address_in(packet.address, value),
    "--dst-range": _range,
    "-p": lambda _, value: value in ("tcp", "6", "all"),
    "-o": lambda packet, value: interface_is(packet.interface, value, "+"),
    "-i": lambda _packet, _value: False,
    "--dport": _any_port,
    "--dports": _any_port,
    "--ctstate": lambda _, value: "NEW" in value.split(","),
    "--state": lambda _, value: "NEW" in value.split(","),
}
