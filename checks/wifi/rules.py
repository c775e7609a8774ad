"""What the Wi-Fi means for the user."""

from __future__ import annotations

from collections.abc import Iterator

from checks.internet.facts import InternetFact
from checks.internet.rules import portal_confidence
from checks.wifi.evidence import weigh
from checks.wifi.facts import WifiFact, WifiLink
from checks.wifi.problems import OPEN, PROBLEMS, PUBLIC, WEAK_ENCRYPTION, WEAK_SIGNAL
from diag.model import PATH, Args, Finding, Judgement, PathInfo, Unmeasured, View

WEAK_SIGNAL_PERCENT = 20
"""At or below this quality (about -90 dBm as NetworkManager maps it) frames are lost."""

WEAK_ENCRYPTION_KINDS = ("wep", "wpa")


def judge(fact: WifiFact, view: View) -> Iterator[Judgement]:
    """Of a Wi-Fi that is joined but carries nothing to the internet nothing is said."""
    link = fact.link
    if not fact.joined or fact.carries_default is False:
        if fact.phone_addresses:
            yield PathInfo(tether=True)
        return
    if link is None:
        for problem in PROBLEMS:
            yield Unmeasured(code=problem.code, subject=PATH, reason="unparsable")
        return
    evidence = weigh(fact, link, _captive(fact, view))
    tethered = evidence.network == "tethered"
    yield PathInfo(interface=fact.interface, tether=tethered)
    reasons = [str(reason) for reason in evidence.reasons] or None
    args: Args = {
        "ssid": link.ssid,
        "security": link.security,
        "reasons": reasons,
        "maybe": reasons if evidence.confidence == "possible" else None,
        "score": evidence.score,
        "shared_key_of": link.ssid if link.shared_key else None,
    }
    if evidence.network == "public" and evidence.reasons != ("wep",):
        # Old encryption alone has a finding of its own; it is what old homes have, too.
        yield Finding(code=PUBLIC.code, subject=PATH, args=args, confidence=evidence.confidence)
    if link.security == "unknown":
        for code in (OPEN.code, WEAK_ENCRYPTION.code):
            yield Unmeasured(code=code, subject=PATH, reason="unparsable")
    elif link.security == "open":
        yield Finding(code=OPEN.code, subject=PATH, args=args)
    elif link.security in WEAK_ENCRYPTION_KINDS:
        yield Finding(code=WEAK_ENCRYPTION.code, subject=PATH, args=args)
    yield from _signal(link)


def _captive(fact: WifiFact, view: View) -> bool:
    """Whether the OS or our own probes met a sign-in page."""
    if fact.connectivity == "portal":
        return True
    internet = view.find(InternetFact)
    return internet is not None and not internet.works and portal_confidence(internet) is not None


def _signal(link: WifiLink) -> Iterator[Judgement]:
    if link.signal is None:
        yield Unmeasured(code=WEAK_SIGNAL.code, subject=PATH, reason="unparsable")
    elif link.signal <= WEAK_SIGNAL_PERCENT:
        args: Args = {"ssid": link.ssid, "signal": link.signal, "band": link.band}
        yield Finding(code=WEAK_SIGNAL.code, subject=PATH, args=args, confidence="likely")
