"""Is there an internet behind the router, and does it want a sign-in first?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.internet.facts import InternetFact, ProbeAnswer
from checks.operators import fault_pages
from checks.remedies import ASK_NETWORK_OWNER, ASK_PROVIDER, RESTART_ROUTER, USE_MOBILE_LINE
from diag.model import (
    PATH,
    Args,
    Confidence,
    Crossed,
    FailureCode,
    Finding,
    Judgement,
    Layer,
    Problem,
    Remedy,
    Unmeasured,
    View,
)

SIGN_IN = Remedy(code="portal.sign_in", minutes=2)

NEEDS_INTERNET = (
    "endpoint.unresolved",
    "endpoint.unreachable",
    "status_page.unavailable",
    "store.unavailable",
)

DOWN = Problem(
    code="internet.down",
    severity="problem",
    where="network",
    layer=Layer.INTERNET,
    blocking=True,
    explained_by=("link.down", "address.missing", "route.missing", "gateway.unreachable"),
    explains=NEEDS_INTERNET,
    remedies=(RESTART_ROUTER, USE_MOBILE_LINE, ASK_PROVIDER),
)

SIGN_IN_FIRST = Problem(
    code="captive_portal.signin",
    severity="problem",
    where="network",
    layer=Layer.PORTAL,
    blocking=True,
    explains=(
        *NEEDS_INTERNET,
        "tls.intercepted",
        "tls.untrusted",
        "tls.chain_incomplete",
        "tls.expired",
        "tls.wrong_host",
    ),
    remedies=(SIGN_IN, USE_MOBILE_LINE, ASK_NETWORK_OWNER),
)

PROBLEMS = (DOWN, SIGN_IN_FIRST)


def judge(fact: InternetFact, view: View) -> Iterator[Judgement]:
    connected = any(connect.outcome == "connected" for connect in fact.connects)
    answered = [probe for probe in fact.probes if probe.outcome != "no_answer"]
    if fact.works:
        yield Crossed(layer=Layer.PORTAL, subject=PATH)
        return
    if connected or any(not probe.via_proxy for probe in answered):
        yield Crossed(layer=Layer.GATEWAY, subject=PATH)
    confidence = portal_confidence(fact)
    if confidence is not None:
        yield Finding(
            code=SIGN_IN_FIRST.code,
            subject=PATH,
            args=_portal_args(answered),
            confidence=confidence,
        )
        return
    yield Unmeasured(code=SIGN_IN_FIRST.code, subject=PATH, reason=_why_untold(fact))
    if connected:
        # A portal's router may accept any connection, but nothing here looks like a portal.
        yield Crossed(layer=Layer.INTERNET, subject=PATH)
    elif answered or fact.proxy == "remote":
        # Something speaks, or the way out is a proxy: that the direct way is shut tells nothing.
        yield Unmeasured(code=DOWN.code, subject=PATH, reason="unreachable")
    else:
        yield Finding(
            code=DOWN.code,
            subject=PATH,
            args={**_down_args(fact), "fault_pages": fault_pages(view.zone)},
            confidence="certain" if fact.proxy == "none" else "likely",
        )


def portal_confidence(fact: InternetFact) -> Confidence | None:
    """How sure a portal is, from what each vendor's page answered; None: nothing says so."""
    direct = [probe for probe in fact.probes if not probe.via_proxy]
    vendors = sorted({probe.vendor for probe in direct})
    by_vendor = [[probe for probe in direct if probe.vendor == each] for each in vendors]
    asking = sum(any(probe.asks_to_sign_in for probe in probes) for probes in by_vendor)
    wrong = sum(
        any(probe.asks_to_sign_in or probe.forbids for probe in probes) for probes in by_vendor
    )
    if asking > 1:
        return "certain"
    return "likely" if asking == 1 or wrong > 1 else None


def _why_untold(fact: InternetFact) -> FailureCode:
    layers = {probe.layer for probe in fact.probes}
    if None in layers:
        return "unparsable"
    return "needs_missing" if layers == {"resolve"} else "unreachable"


def _portal_args(answered: Sequence[ProbeAnswer]) -> Args:
    led = [probe for probe in answered if probe.portal_host]
    first = led[0] if led else None
    url = (
        f"{first.portal_scheme}://{first.portal_host}{first.portal_path or '/'}" if first else None
    )
    return {
        "host": first.portal_host if first else None,
        "portal_url": url,
        "answers": sorted({probe.outcome for probe in answered}),
        "statuses": sorted({str(probe.status) for probe in answered if probe.status}) or None,
    }


def _down_args(fact: InternetFact) -> Args:
    waits = [*(each.took_s for each in fact.probes), *(each.took_s for each in fact.connects)]
    return {
        "addresses": [each.address for each in fact.connects],
        "waited_s": round(longest, 1) if (longest := max(waits, default=0.0)) >= 1 else None,
    }
