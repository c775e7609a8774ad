"""Is there an internet behind the router, and does it want a sign-in first?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.internet.facts import InternetFact, ProbeAnswer
from checks.internet.portal_api import PortalApi
from checks.notices import What
from checks.operators import fault_pages
from checks.remedies import (
    ASK_AT_WORK,
    ASK_NETWORK_OWNER,
    ASK_PROVIDER,
    RESTART_ROUTER,
    USE_MOBILE_LINE,
)
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
    RemedyContext,
    Unmeasured,
    View,
)


def _is_used_up(context: RemedyContext) -> bool:
    """Then more can often be had on that page; and the mobile line may be the one that is used."""
    return context.finding.args.get("used_up") is True


SIGN_IN = Remedy(code="portal.sign_in", minutes=2)
READ_NOTICE = Remedy(code="access.read_notice", minutes=3)
TOP_UP_FIRST = Remedy(code="access.read_notice", minutes=3, applies=_is_used_up)
SETTLE = Remedy(code="access.settle", who="isp", minutes=20)

SHUT_OFF: tuple[What, ...] = ("unpaid", "used_up", "suspended")

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
    remedies=(ASK_AT_WORK, RESTART_ROUTER, USE_MOBILE_LINE, ASK_PROVIDER),
)

IN_BETWEEN = (
    *NEEDS_INTERNET,
    "dns.hijacked",
    "firewall.port_blocked",
    "firewall.host_blocked",
    "service.unresponsive",
    "service.rejects_client",
    "service.error",
    "tls.intercepted",
    "tls.untrusted",
    "tls.chain_incomplete",
    "tls.expired",
    "tls.wrong_host",
)
"""What one sees of a page that somebody in between puts in place of every other."""

SUSPENDED = Problem(
    code="internet.access_suspended",
    severity="problem",
    where="network",
    layer=Layer.INTERNET,
    blocking=True,
    explains=IN_BETWEEN,
    remedies=(TOP_UP_FIRST, USE_MOBILE_LINE, READ_NOTICE, SETTLE),
)

SIGN_IN_FIRST = Problem(
    code="captive_portal.signin",
    severity="problem",
    where="network",
    layer=Layer.PORTAL,
    blocking=True,
    explains=IN_BETWEEN,
    remedies=(SIGN_IN, USE_MOBILE_LINE, ASK_NETWORK_OWNER),
)

PROBLEMS = (DOWN, SUSPENDED, SIGN_IN_FIRST)


def judge(fact: InternetFact, view: View) -> Iterator[Judgement]:
    connected = any(connect.outcome == "connected" for connect in fact.connects)
    answered = [probe for probe in fact.probes if probe.outcome != "no_answer"]
    api = fact.api
    if fact.works:
        # Some portals let the vendors' pages through.
        yield Crossed(layer=Layer.HOSTS_FILE, subject=PATH)
        if api is not None and api.captive:
            yield _signin(_portal_args(answered, api), "likely")
        return
    if connected or any(not probe.via_proxy for probe in answered):
        yield Crossed(layer=Layer.GATEWAY, subject=PATH)
    shut_off = _shut_off(fact, answered)
    if shut_off is not None:
        yield shut_off
        return
    confidence = portal_confidence(fact)
    if confidence is not None:
        yield _signin(_portal_args(answered, api), confidence)
        return
    why = _why_untold(fact)
    lacks = "dns" if why == "needs_missing" else ""
    yield Unmeasured(code=SIGN_IN_FIRST.code, subject=PATH, reason=why, lacks=lacks)
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
    if fact.api is not None and fact.api.captive:
        return "certain"
    direct = [probe for probe in fact.probes if not probe.via_proxy]
    if blocked_by_filter(fact):
        return None
    vendors = sorted({probe.vendor for probe in direct})
    by_vendor = [[probe for probe in direct if probe.vendor == each] for each in vendors]
    asking = sum(any(probe.asks_to_sign_in for probe in probes) for probes in by_vendor)
    wrong = sum(
        any(probe.asks_to_sign_in or probe.forbids for probe in probes) for probes in by_vendor
    )
    if asking > 1:
        return "certain"
    return "likely" if asking == 1 or wrong > 1 else None


def blocked_by_filter(fact: InternetFact) -> tuple[ProbeAnswer, ...]:
    """The vendors' pages in place of which a filter's own came, if no vendor's came at all."""
    if fact.works:
        return ()
    return tuple(probe for probe in fact.probes if probe.says == "blocked")


def stands_in_between(fact: InternetFact) -> bool:
    """Whether it is clear already that somebody answers in place of everybody."""
    if fact.works:
        return False
    return portal_confidence(fact) is not None or any(probe.says for probe in fact.probes)


def _why_untold(fact: InternetFact) -> FailureCode:
    layers = {probe.layer for probe in fact.probes}
    if None in layers:
        return "unparsable"
    return "needs_missing" if layers == {"resolve"} else "unreachable"


def _signin(args: Args, confidence: Confidence) -> Finding:
    return Finding(code=SIGN_IN_FIRST.code, subject=PATH, args=args, confidence=confidence)


def _shut_off(fact: InternetFact, answered: Sequence[ProbeAnswer]) -> Finding | None:
    """The line is not free to use again by a sign-in: what came instead says why."""
    saying = [probe for probe in answered if probe.says in SHUT_OFF and not probe.via_proxy]
    api = fact.api
    used_up = api is not None and bool(api.captive) and api.bytes_left == 0
    if not saying and not used_up:
        return None
    said_so = {probe.vendor for probe in saying if probe.said_so}
    why = saying[0].says if saying else "used_up"
    return Finding(
        code=SUSPENDED.code,
        subject=PATH,
        args={
            **_portal_args(answered, api),
            "why": why,
            "unpaid": why == "unpaid" or None,
            "used_up": why == "used_up" or None,
        },
        confidence="certain" if len(said_so) > 1 or used_up else "likely",
    )


def _portal_args(answered: Sequence[ProbeAnswer], api: PortalApi | None) -> Args:
    """The network's own word for its page goes before where a redirect led."""
    led: list[ProbeAnswer | PortalApi] = [probe for probe in answered if probe.portal_host]
    if api is not None and api.portal_host:
        led.insert(0, api)
    first = led[0] if led else None
    url = (
        f"{first.portal_scheme}://{first.portal_host}{first.portal_path or '/'}" if first else None
    )
    return {
        "host": first.portal_host if first else None,
        "portal_url": url,
        "answers": sorted({probe.outcome for probe in answered}) or None,
        "statuses": sorted({str(probe.status) for probe in answered if probe.status}) or None,
        "announced": True if api is not None and api.captive else None,
        "in_place_of": None,
        "page_title": next((probe.title for probe in answered if probe.title), None),
    }


def _down_args(fact: InternetFact) -> Args:
    waits = [*(each.took_s for each in fact.probes), *(each.took_s for each in fact.connects)]
    return {
        "addresses": [each.address for each in fact.connects],
        "waited_s": round(longest, 1) if (longest := max(waits, default=0.0)) >= 1 else None,
    }
