"""When names do not resolve: nobody answers, those who answer fail, or they take too long."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from checks.dns.collect import NEUTRAL_NAME, ConfiguredServer, DnsFact
from checks.remedies import (
    ASK_AT_WORK,
    ASK_PROVIDER,
    RESTART_DEVICE,
    RESTART_ROUTER,
    USE_MOBILE_LINE,
    not_at_work,
    on_unmanaged_device,
)
from diag.model import (
    PATH,
    Args,
    Failure,
    Finding,
    Judgement,
    Layer,
    Problem,
    Remedy,
    RemedyContext,
    View,
)

SLOW_S = 1.5
"""A name that takes this long is felt: pages ask for a dozen of them."""


def _own_program(context: RemedyContext) -> bool:
    return context.finding.args.get("own") is not None


def _router_of_ones_own(context: RemedyContext) -> bool:
    return not _own_program(context) and not_at_work(context)


def _elsewhere(context: RemedyContext) -> bool:
    """The router cannot be what fails: this network did not choose these servers, or not itself."""
    return context.finding.args.get("far") is not None and on_unmanaged_device(context)


SET_AUTOMATIC = Remedy(code="dns.set_automatic", minutes=3, risk="low", applies=on_unmanaged_device)

TO_THE_SERVERS = (
    ASK_AT_WORK,
    replace(RESTART_DEVICE, applies=_own_program),
    replace(SET_AUTOMATIC, applies=_elsewhere),
    replace(RESTART_ROUTER, applies=_router_of_ones_own),
    USE_MOBILE_LINE,
    SET_AUTOMATIC,
    ASK_PROVIDER,
)

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
    remedies=TO_THE_SERVERS,
)

FAILING = Problem(
    code="dns.failing",
    severity="problem",
    where="network",
    layer=Layer.DNS,
    blocking=True,
    explained_by=NO_WAY_TO_A_SERVER,
    explains=NEEDS_NAMES,
    remedies=TO_THE_SERVERS,
)

SLOW = Problem(
    code="dns.slow",
    severity="warning",
    where="network",
    layer=Layer.DNS,
    explained_by=("wifi.weak_signal",),
    explains=("endpoint.unresolved",),
    remedies=(ASK_AT_WORK, RESTART_ROUTER, SET_AUTOMATIC, ASK_PROVIDER),
)

PROBLEMS = (UNREACHABLE, FAILING, SLOW)


def judge(fact: DnsFact, _: View) -> Iterator[Judgement]:
    if fact.names_work:
        if fact.system.took_s > SLOW_S:
            yield Finding(code=SLOW.code, subject=PATH, args=_args(fact))
        return
    own = _own_program_silent(fact)
    if own is not None:
        yield Finding(
            code=UNREACHABLE.code,
            subject=PATH,
            args={**_args(fact), "own": own.address, "far": None},
            where="device",
        )
    elif not any(server.speaks for server in _those_outside(fact)):
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


def _own_program_silent(fact: DnsFact) -> ConfiguredServer | None:
    """The stub on the device itself, if nobody answers there and nobody else is to blame."""
    own = [each for each in fact.known_servers if each.loopback]
    others = [each for each in fact.known_servers if not each.loopback]
    if not own or not all(each.silent for each in own):
        return None
    return own[0] if not others or any(each.speaks for each in others) else None


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
        "own": None,
        "far": True if servers and not any(each.near for each in servers) else None,
        "outcomes": outcomes or None,
        "system": fact.system.outcome,
        "took_s": round(fact.system.took_s, 1),
        "name": NEUTRAL_NAME,
        "other_resolver": asked_elsewhere[0] if asked_elsewhere else None,
        "none_configured": True if fact.servers == () else None,
    }
