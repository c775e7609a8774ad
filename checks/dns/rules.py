"""When names do not resolve: nobody answers, those who answer fail, or they take too long."""

from __future__ import annotations

from collections.abc import Iterator

from checks.dns.collect import NEUTRAL_NAME, ConfiguredServer, DnsFact
from checks.remedies import ASK_PROVIDER, RESTART_ROUTER, USE_MOBILE_LINE, on_unmanaged_device
from diag.model import (
    PATH,
    Args,
    Failure,
    Finding,
    Judgement,
    Layer,
    Problem,
    Remedy,
    View,
)

SLOW_S = 1.5
"""A name that takes this long is felt: pages ask for a dozen of them."""

SET_AUTOMATIC = Remedy(code="dns.set_automatic", minutes=3, risk="low", applies=on_unmanaged_device)

NO_WAY_TO_A_SERVER = (
    "link.down",
    "address.missing",
    "route.missing",
    "gateway.unreachable",
    "internet.down",
    "captive_portal.signin",
)
NEEDS_NAMES = ("endpoint.unresolved", "status_page.unavailable", "store.unavailable")

UNREACHABLE = Problem(
    code="dns.unreachable",
    severity="problem",
    where="network",
    layer=Layer.DNS,
    blocking=True,
    explained_by=NO_WAY_TO_A_SERVER,
    explains=NEEDS_NAMES,
    remedies=(RESTART_ROUTER, USE_MOBILE_LINE, SET_AUTOMATIC, ASK_PROVIDER),
)

FAILING = Problem(
    code="dns.failing",
    severity="problem",
    where="network",
    layer=Layer.DNS,
    blocking=True,
    explained_by=NO_WAY_TO_A_SERVER,
    explains=NEEDS_NAMES,
    remedies=(RESTART_ROUTER, USE_MOBILE_LINE, SET_AUTOMATIC, ASK_PROVIDER),
)

SLOW = Problem(
    code="dns.slow",
    severity="warning",
    where="network",
    layer=Layer.DNS,
    explained_by=("wifi.weak_signal",),
    explains=("endpoint.unresolved",),
    remedies=(RESTART_ROUTER, SET_AUTOMATIC, ASK_PROVIDER),
)

PROBLEMS = (UNREACHABLE, FAILING, SLOW)


def judge(fact: DnsFact, _: View) -> Iterator[Judgement]:
    if fact.names_work:
        if fact.system.took_s > SLOW_S:
            yield Finding(code=SLOW.code, subject=PATH, args=_args(fact))
        return
    if not any(server.speaks for server in _those_outside(fact)):
        known = not isinstance(fact.servers, Failure)
        yield Finding(
            code=UNREACHABLE.code,
            subject=PATH,
            args=_args(fact),
            confidence="certain" if known else "likely",
        )
    elif fact.system.outcome == "timeout" and "ok" in fact.said_by_servers(NEUTRAL_NAME):
        yield Finding(code=SLOW.code, subject=PATH, args=_args(fact))
    else:
        healthy = "ok" in fact.said_by_servers(NEUTRAL_NAME)
        yield Finding(
            code=FAILING.code,
            subject=PATH,
            args=_args(fact),
            confidence="likely" if healthy else "certain",
        )


def _those_outside(fact: DnsFact) -> tuple[ConfiguredServer, ...]:
    """A stub on the device itself can only say that it reached nobody: those behind it count."""
    servers = fact.known_servers
    return tuple(each for each in servers if not each.loopback) or servers


def _args(fact: DnsFact) -> Args:
    servers = fact.known_servers
    silent = [each.address for each in servers if each.silent]
    outcomes = sorted({o for o in fact.said_by_servers(NEUTRAL_NAME) if o != "ok"})
    asked_elsewhere = [each.resolver for each in fact.second_opinion if each.outcome == "ok"]
    return {
        "servers": [each.address for each in servers] or None,
        "silent": silent or None,
        "outcomes": outcomes or None,
        "system": fact.system.outcome,
        "took_s": round(fact.system.took_s, 1),
        "name": NEUTRAL_NAME,
        "other_resolver": asked_elsewhere[0] if asked_elsewhere else None,
        "none_configured": True if fact.servers == () else None,
    }
