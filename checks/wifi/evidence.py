"""What kind of network this is: a score with its reasons, never a list of names alone.

An encrypted network may be public (a key that hangs on the wall), and an open one may be a home;
so each sign has a weight, and the sum is an inference, `certain` only where many signs agree and
none speaks against it.

Two signs of the neighbour table are weaker than any weight. Other devices on the network are a
home's, or a café's that does not keep its guests apart, so they only outweigh weak signs, and take
away certainty. None but the router, in a network with room for a thousand, after minutes: that may
be a hotspot, or a quiet office. It names no network public; it only bears out what others say.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from checks.wifi.facts import OWN_KEY, Lease, WifiFact, WifiLink
from diag.model import Confidence, NetworkKind

Reason = Literal[
    "open",
    "owe",
    "wep",
    "captive",
    "captive_before",
    "known_public",
    "public_domain",
    "public_word",
    "os_says_public",
    "large_network",
    "short_lease",
    "other_router",
    "alone",
    "others_seen",
    "own_login",
    "os_says_home",
    "os_says_work",
    "trusted_home",
    "trusted_work",
    "router_name",
    "phone_name",
    "phone_addresses",
    "phone_lease",
]
"""Words for them are in the catalog: words.network_reason."""

WEIGHTS: dict[Reason, int] = {
    "open": 3,
    "owe": 3,
    "wep": 1,
    "captive": 3,
    "captive_before": 2,
    "known_public": 3,
    "public_domain": 3,
    "public_word": 1,
    "os_says_public": 1,
    "large_network": 1,
    "short_lease": 1,
    "other_router": 0,
    "alone": 0,
    "others_seen": -1,
    "own_login": -2,
    "os_says_home": -3,
    "os_says_work": -3,
    "trusted_home": -6,
    "trusted_work": -6,
    "router_name": 0,
    "phone_name": 0,
    "phone_addresses": 0,
    "phone_lease": 0,
}

PUBLIC_FROM = 3
LIKELY_FROM = 4
CERTAIN_FROM = 6

LARGE_PREFIX = 22
"""Room for a thousand devices and more; routers for the home make 24, but for a few (eero: 22)."""
SHORT_LEASE_S = 1800
"""Routers for the home lend addresses for hours."""
ALONE_S = 300
"""By then a device has heard of others, if the network lets it."""
STRONG_FROM = 2
"""A sign of such a weight is not outweighed by other devices on the network."""

PHONE: frozenset[Reason] = frozenset({"phone_name", "phone_addresses", "phone_lease"})


class Evidence(Struct, frozen=True, kw_only=True):
    """The class of network that the signs speak for, and the signs."""

    network: NetworkKind
    confidence: Confidence
    score: int
    reasons: tuple[Reason, ...]


def weigh(fact: WifiFact, link: WifiLink, captive: bool) -> Evidence:
    """Weigh the signs of the network in use. `captive`: a sign-in page was met on it."""
    reasons = _reasons(fact, link, captive)
    score = _score(reasons)
    network, confidence = _conclusion(link, score, frozenset(reasons))
    return Evidence(network=network, confidence=confidence, score=score, reasons=reasons)


def _score(reasons: tuple[Reason, ...]) -> int:
    strong = any(WEIGHTS[reason] >= STRONG_FROM for reason in reasons)
    return sum(WEIGHTS[each] for each in reasons if not (strong and each == "others_seen"))


def _reasons(fact: WifiFact, link: WifiLink, captive: bool) -> tuple[Reason, ...]:
    lease = fact.lease or Lease()
    on_a_phone = fact.phone_addresses or lease.phone
    signs: dict[Reason, bool] = {
        "trusted_home": fact.trusted == "home",
        "trusted_work": fact.trusted == "work",
        "open": link.security == "open",
        "owe": link.security == "owe",
        "wep": link.security == "wep",
        "captive": captive,
        "captive_before": fact.captive_before and not captive,
        "known_public": link.known_public and link.kind != "campus",
        "public_domain": lease.public_domain,
        "public_word": link.public_word and not link.known_public,
        "os_says_public": fact.place == "public",
        "large_network": _is_large(lease),
        "short_lease": lease.seconds is not None
        and lease.seconds <= SHORT_LEASE_S
        and not on_a_phone,
        "other_router": fact.other_router,
        "alone": fact.others_seen is False
        and _is_large(lease)
        and (lease.held_s or 0) >= ALONE_S
        and not on_a_phone,
        "others_seen": fact.others_seen is True,
        "own_login": link.security == "enterprise",
        "os_says_home": fact.place == "home",
        "os_says_work": fact.place == "work",
        "router_name": link.router_name and not link.known_public,
        "phone_name": link.phone_name and not link.known_public,
        "phone_addresses": fact.phone_addresses,
        "phone_lease": lease.phone,
    }
    return tuple(reason for reason, seen in signs.items() if seen)


def _is_large(lease: Lease) -> bool:
    return lease.prefix is not None and lease.prefix <= LARGE_PREFIX


def _conclusion(
    link: WifiLink, score: int, reasons: frozenset[Reason]
) -> tuple[NetworkKind, Confidence]:
    if "trusted_home" in reasons:
        return "home", "certain"
    if "trusted_work" in reasons:
        return "work", "certain"
    if _is_shared_by_a_phone(link, reasons):
        return "tethered", "certain" if len(reasons & PHONE) > 1 else "likely"
    if "own_login" in reasons:
        return _with_own_login(link, score, reasons)
    if score >= PUBLIC_FROM:
        return "public", _sureness(score, reasons)
    if "os_says_home" in reasons:
        return "home", "likely"
    if "os_says_work" in reasons:
        return "work", "likely"
    beside_the_default = score - (WEIGHTS["os_says_public"] if "os_says_public" in reasons else 0)
    if "router_name" in reasons and link.security in OWN_KEY and beside_the_default <= 0:
        return "home", "possible"  # public is what Windows calls a network that nobody judged
    return "unknown", "possible"


def _is_shared_by_a_phone(link: WifiLink, reasons: frozenset[Reason]) -> bool:
    """A name alone counts only for a network with a key, as phones make them, and nothing else."""
    if not reasons & PHONE or "known_public" in reasons:
        return False
    if reasons & (PHONE - {"phone_name"}):
        return True
    return link.security in OWN_KEY and not reasons & {"captive", "captive_before", "public_word"}


def _with_own_login(
    link: WifiLink, score: int, reasons: frozenset[Reason]
) -> tuple[NetworkKind, Confidence]:
    """802.1X is an employer's, a university's, or a mobile operator's, and never a home's."""
    if "known_public" in reasons or score >= PUBLIC_FROM:
        return "public", "likely"
    sure = link.kind == "campus" or "os_says_work" in reasons
    return "work", "likely" if sure else "possible"


def _sureness(score: int, reasons: frozenset[Reason]) -> Confidence:
    one_persons = {"router_name", "phone_name"}
    against = any(WEIGHTS[each] < 0 for each in reasons) or bool(reasons & one_persons)
    if score >= CERTAIN_FROM and not against:
        return "certain"
    borne_out = score >= LIKELY_FROM or bool(reasons & {"known_public", "alone"})
    return "likely" if borne_out else "possible"
