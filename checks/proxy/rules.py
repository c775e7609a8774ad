"""What can be wrong with a proxy, and how one tells."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from checks.proxy.collect import ProxyEntry, ProxyFact, ProxyOutcome
from checks.remedies import on_unmanaged_device
from diag.model import (
    PATH,
    Args,
    Blame,
    Confidence,
    Crossed,
    Finding,
    Judgement,
    Layer,
    PathInfo,
    Problem,
    Remedy,
    RemedyContext,
    Severity,
    Unmeasured,
    View,
)


def _on_this_device(context: RemedyContext) -> bool:
    """A filter or a developer's tool that made itself this device's proxy."""
    return context.finding.args.get("own_port") is not None


def _by_itself(context: RemedyContext) -> bool:
    return context.finding.args.get("own_sign_in") is not None


SWITCH_OFF = Remedy(code="proxy.switch_off", minutes=2, risk="low", applies=on_unmanaged_device)
START_PROGRAM = Remedy(code="proxy.start_program", minutes=3, applies=_on_this_device)
SIGN_IN = Remedy(code="proxy.sign_in", minutes=3)
ASK_ADMIN = Remedy(code="proxy.ask_admin", who="admin", minutes=15)
OPEN_IN_BROWSER = Remedy(code="proxy.open_in_browser", minutes=1)

NEEDS_PROXY = ("endpoint.unreachable", "status_page.unavailable", "store.unavailable")


def _not_found_by_name(_: Finding, effect: Finding) -> bool:
    return effect.args.get("outcome") == "unresolved"


def _beyond_the_line(_: Finding, effect: Finding) -> bool:
    return effect.args.get("local") is False


UNREACHABLE = Problem(
    code="proxy.unreachable",
    severity="problem",
    where="network",
    layer=Layer.PROXY,
    explained_by=(
        "route.missing",
        "gateway.unreachable",
        "captive_portal.signin",
        Blame("internet.down", _beyond_the_line),
        Blame("dns.unreachable", _not_found_by_name),
        Blame("dns.failing", _not_found_by_name),
    ),
    explains=NEEDS_PROXY,
    remedies=(START_PROGRAM, SWITCH_OFF, ASK_ADMIN),
)

AUTH_REQUIRED = Problem(
    code="proxy.auth_required",
    severity="problem",
    where="network",
    layer=Layer.PROXY,
    explains=NEEDS_PROXY,
    remedies=(replace(OPEN_IN_BROWSER, applies=_by_itself), SIGN_IN, ASK_ADMIN),
)

PAC_UNEVALUATED = Problem(
    code="proxy.pac_unevaluated",
    severity="info",
    where="network",
    layer=Layer.PROXY,
    explains=NEEDS_PROXY,
    remedies=(OPEN_IN_BROWSER, ASK_ADMIN),
)

PROBLEMS = (UNREACHABLE, AUTH_REQUIRED, PAC_UNEVALUATED)

SILENT: dict[ProxyOutcome, Confidence] = {
    "refused": "certain",
    "unreachable": "certain",
    "unresolved": "certain",
    "timeout": "certain",
    "closed": "likely",
    "not_http": "likely",
}
"""Outcomes after which nothing gets through, and how sure that is."""


def judge(fact: ProxyFact, view: View) -> Iterator[Judgement]:
    yield PathInfo(proxy="direct" if fact.source == "none" else fact.source)
    if fact.pac:
        yield Finding(code=PAC_UNEVALUATED.code, subject=PATH, confidence="possible")
    entry = fact.https or fact.http
    if fact.unreadable:
        yield Unmeasured(code=UNREACHABLE.code, subject=PATH, reason="unparsable")
        yield Unmeasured(code=AUTH_REQUIRED.code, subject=PATH, reason="unparsable")
    if entry is None or fact.probe is None:
        return
    outcome = fact.probe.outcome
    severity: Severity | None = "warning" if _all_exempt(fact, view) else None
    if outcome in SILENT:
        yield Finding(
            code=UNREACHABLE.code,
            subject=PATH,
            args=_args(fact, entry, outcome),
            confidence=SILENT[outcome],
            severity=severity,
            where="device" if entry.loopback else None,
        )
        return
    if not entry.loopback:
        yield Crossed(layer=Layer.ROUTE, subject=PATH)
    if outcome == "auth_required":
        own_sign_in = fact.probe.own_sign_in and not entry.has_credentials
        yield Finding(
            code=AUTH_REQUIRED.code,
            subject=PATH,
            args={
                **_args(fact, entry, outcome),
                "own_sign_in": entry.host if own_sign_in else None,
            },
            confidence="possible" if own_sign_in else "certain",
            severity=severity,
        )


def _all_exempt(fact: ProxyFact, view: View) -> bool:
    """Whether what login needs goes past the proxy anyway."""
    hosts = view.profile.endpoint_hosts()
    return bool(hosts) and set(hosts) <= set(fact.bypass)


def _args(fact: ProxyFact, entry: ProxyEntry, outcome: str) -> Args:
    return {
        "proxy": entry.host,
        "port": entry.port,
        "own_port": entry.port if entry.loopback else None,
        "outcome": outcome,
        "source": fact.source,
        "local": entry.local,
        "waited_s": round(fact.probe.took_s, 1) if fact.probe and outcome == "timeout" else None,
        "refused_by": entry.host if entry.has_credentials else None,
    }
