"""What kind of network this is: a score with its reasons, never a list of names alone.

An encrypted network may be public (a key that hangs on the wall), and an open one may be a home;
so each sign has a weight, and the sum is an inference, `certain` only where many signs agree and
none speaks against it.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from checks.wifi.facts import WifiFact, WifiLink
from diag.model import Confidence

Reason = Literal[
    "open",
    "owe",
    "wep",
    "captive",
    "known_public",
    "public_word",
    "os_says_public",
    "own_login",
    "os_says_home",
    "os_says_work",
    "phone_name",
    "phone_addresses",
]
"""Words for them are in the catalog: words.wifi_reason."""

WEIGHTS: dict[Reason, int] = {
    "open": 3,
    "owe": 3,
    "wep": 3,
    "captive": 3,
    "known_public": 3,
    "public_word": 1,
    "os_says_public": 1,
    "own_login": -2,
    "os_says_home": -3,
    "os_says_work": -3,
    "phone_name": 0,
    "phone_addresses": 0,
}

PUBLIC_FROM = 3
LIKELY_FROM = 4
CERTAIN_FROM = 6

NetworkClass = Literal["home", "work", "tethered", "public", "unknown"]


class Evidence(Struct, frozen=True, kw_only=True):
    """The class of network that the signs speak for, and the signs."""

    network: NetworkClass
    confidence: Confidence
    score: int
    reasons: tuple[Reason, ...]


def weigh(fact: WifiFact, link: WifiLink, captive: bool) -> Evidence:
    """Weigh the signs of the network in use. `captive`: a sign-in page was met on it."""
    reasons = _reasons(fact, link, captive)
    score = sum(WEIGHTS[reason] for reason in reasons)
    network, confidence = _conclusion(score, set(reasons))
    return Evidence(network=network, confidence=confidence, score=score, reasons=reasons)


def _reasons(fact: WifiFact, link: WifiLink, captive: bool) -> tuple[Reason, ...]:
    signs: dict[Reason, bool] = {
        "open": link.security == "open",
        "owe": link.security == "owe",
        "wep": link.security == "wep",
        "captive": captive,
        "known_public": link.known_public,
        "public_word": link.public_word and not link.known_public,
        "os_says_public": fact.place == "public",
        "own_login": link.security == "enterprise",
        "os_says_home": fact.place == "home",
        "os_says_work": fact.place == "work",
        "phone_name": link.phone_name and not link.known_public,
        "phone_addresses": fact.phone_addresses,
    }
    return tuple(reason for reason, seen in signs.items() if seen)


def _conclusion(score: int, reasons: set[Reason]) -> tuple[NetworkClass, Confidence]:
    if reasons & {"phone_name", "phone_addresses"} and "known_public" not in reasons:
        both = {"phone_name", "phone_addresses"} <= reasons
        return "tethered", "certain" if both else "likely"
    if score >= PUBLIC_FROM:
        against = any(WEIGHTS[reason] < 0 for reason in reasons)
        if score >= CERTAIN_FROM and not against:
            return "public", "certain"
        return (
            "public",
            "likely" if score >= LIKELY_FROM or "known_public" in reasons else "possible",
        )
    if "os_says_home" in reasons:
        return "home", "likely"
    if "os_says_work" in reasons or "own_login" in reasons:
        return "work", "likely" if "os_says_work" in reasons else "possible"
    return "unknown", "possible"
