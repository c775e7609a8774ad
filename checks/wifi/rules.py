"""What the Wi-Fi means for the user."""

from __future__ import annotations

from collections.abc import Iterator

from checks.device import DeviceFact
from checks.endpoint.facts import EndpointFact
from checks.forgery.collect import ForgeryFact
from checks.gateway.fact import GatewayFact
from checks.wifi import twins
from checks.wifi.carried import carries, is_covered
from checks.wifi.evidence import Evidence, weigh
from checks.wifi.facts import WifiFact, WifiLink
from checks.wifi.portals import page_now
from checks.wifi.problems import (
    EVIL_TWIN,
    OPEN,
    PROBLEMS,
    PUBLIC,
    WEAK_ENCRYPTION,
    WEAK_SIGNAL,
    WITHHELD,
)
from diag.model import (
    PATH,
    Args,
    FailureCode,
    Finding,
    Judgement,
    PathInfo,
    Severity,
    Unmeasured,
    View,
)

WEAK_SIGNAL_PERCENT = 20
"""At or below this quality (about -90 dBm as NetworkManager maps it) frames are lost."""

WEAK_ENCRYPTION_KINDS = ("wep", "wpa")
FALSE_CERTIFICATES = ("untrusted", "wrong_host", "unknown_issuer", "self_signed")


def judge(fact: WifiFact, view: View) -> Iterator[Judgement]:
    """Of a Wi-Fi that is joined but carries nothing to the internet nothing is said. What stands
    on an organisation's cable is told by its domain.
    """
    link = fact.link
    if not fact.joined or carries(fact, view) is False:
        if fact.phone_addresses:
            yield PathInfo(
                tether=True,
                network="tethered",
                network_confidence="likely",
                network_reasons=("phone_addresses",),
            )
        device = view.find(DeviceFact)
        if not fact.joined and device is not None and device.at_work:
            yield PathInfo(network="work", network_confidence="likely", network_reasons=())
        return
    if link is None:
        for problem in PROBLEMS:
            yield Unmeasured(code=problem.code, subject=PATH, reason="unparsable")
        return
    captive = page_now(fact, view)
    evidence = weigh(fact, link, captive)
    yield PathInfo(
        interface=fact.interface,
        tether=evidence.network == "tethered",
        vpn=True if is_covered(fact, view) else None,
        network=evidence.network,
        network_confidence=evidence.confidence,
        network_reasons=tuple(evidence.reasons),
    )
    args = _args(fact, link, evidence, view, captive)
    yield from _twin(link, args, evidence)
    if evidence.network == "public":
        yield _public(link, evidence, args)
    yield from _encryption(fact, link, args)
    yield from _signal(fact, link)


def _args(fact: WifiFact, link: WifiLink, evidence: Evidence, view: View, captive: bool) -> Args:
    reasons = [str(reason) for reason in evidence.reasons] or None
    return {
        "ssid": link.ssid,
        "security": link.security,
        "network": evidence.network,
        "reasons": reasons,
        "maybe": reasons if evidence.confidence == "possible" else None,
        "score": evidence.score,
        "shared_key_of": link.ssid if link.shared_key else None,
        "withheld": fact.withheld,
        "verified_host": _verified_host(view),
        "covered": "VPN" if is_covered(fact, view) else None,
        "interfered": None if captive else list(_interference(view)) or None,
    }


def _verified_host(view: View) -> str | None:
    """A host of the profile that proved itself over this network."""
    endpoints = view.find(EndpointFact)
    for endpoint in endpoints.endpoints if endpoints is not None else ():
        probes = endpoint.probes()
        if probes and all(probe.verified for probe in probes if probe.tls is not None):
            verified = [probe for probe in probes if probe.verified]
            if verified:
                return endpoint.host
    return None


def _interference(view: View) -> Iterator[str]:
    """What was seen of somebody in between. A sign-in page does such things of right."""
    gateway = view.find(GatewayFact)
    if gateway is not None and gateway.two_routers is not None:
        yield "router"
    names = view.find(ForgeryFact)
    if names is not None and any(
        each.agrees is False and each.secure and not each.internal and not each.proven
        for each in names.hosts
    ):
        yield "names"
    endpoints = view.find(EndpointFact)
    if endpoints is not None and any(
        probe.tls is not None and probe.tls.outcome in FALSE_CERTIFICATES
        for endpoint in endpoints.endpoints
        for probe in endpoint.probes()
    ):
        yield "certificates"


def _twin(link: WifiLink, args: Args, evidence: Evidence) -> Iterator[Judgement]:
    """Where the signs are strong nobody should log in here; an open network beside one's own is a
    note.
    """
    found = tuple(twins.signs(link))
    if not found or "trusted_home" in evidence.reasons:
        return
    joined_it = "open_beside" not in found
    confidence = twins.confidence(found)
    severity: Severity = "info"
    if joined_it:
        severity = "warning" if confidence == "possible" else "problem"
    known = link.remembered or link.expected
    yield Finding(
        code=EVIL_TWIN.code,
        subject=PATH,
        args={
            **args,
            "signs": list(found),
            "which": "joined" if joined_it else "beside",
            "other": next((str(twin.security) for twin in link.twins), None),
            "usual": known if known != link.security else None,
        },
        confidence=confidence,
        severity=severity,
    )


def _public(link: WifiLink, evidence: Evidence, args: Args) -> Finding:
    """A note, no more, where the air is encrypted for each alone, or a VPN carries everything."""
    harmless = link.security == "enterprise" or args["covered"] is not None
    return Finding(
        code=PUBLIC.code,
        subject=PATH,
        args=args,
        confidence=evidence.confidence,
        severity="info" if harmless and args["interfered"] is None else None,
    )


def _encryption(fact: WifiFact, link: WifiLink, args: Args) -> Iterator[Judgement]:
    if link.security == "unknown":
        for code in (OPEN.code, WEAK_ENCRYPTION.code):
            yield Unmeasured(code=code, subject=PATH, reason=_why_not_known(fact))
        if fact.withheld is not None:
            yield Finding(code=WITHHELD.code, subject=PATH, args=args)
    elif link.security == "open":
        severity: Severity | None = "info" if args["covered"] is not None else None
        yield Finding(code=OPEN.code, subject=PATH, args=args, severity=severity)
    elif link.security in WEAK_ENCRYPTION_KINDS:
        yield Finding(code=WEAK_ENCRYPTION.code, subject=PATH, args=args)


def _signal(fact: WifiFact, link: WifiLink) -> Iterator[Judgement]:
    if link.signal is None:
        yield Unmeasured(code=WEAK_SIGNAL.code, subject=PATH, reason=_why_not_known(fact))
    elif link.signal <= WEAK_SIGNAL_PERCENT:
        args: Args = {"ssid": link.ssid, "signal": link.signal, "band": link.band}
        yield Finding(code=WEAK_SIGNAL.code, subject=PATH, args=args, confidence="likely")


def _why_not_known(fact: WifiFact) -> FailureCode:
    return "unparsable" if fact.withheld is None else "denied"
