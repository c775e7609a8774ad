"""`gateway`: is there a way out, and does the router at its beginning answer?

A gateway may ignore everything sent to it and still do its work, so silence alone proves nothing:
it counts as unreachable only if it does not even give its hardware address on the link.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.address import RENEW
from checks.gateway.collect import collect
from checks.gateway.fact import DefaultRoute, GatewayFact, OtherRoute, TwoRouters
from checks.remedies import ASK_AT_WORK, ASK_NETWORK_OWNER, RESTART_ROUTER, USE_MOBILE_LINE
from diag.model import (
    DEVICE,
    PATH,
    Check,
    Crossed,
    Finding,
    Judgement,
    Layer,
    PathInfo,
    Problem,
    Remedy,
    RemedyContext,
    Unmeasured,
    View,
)

__all__ = ["CHECK", "DefaultRoute", "GatewayFact", "OtherRoute"]


def is_barred(context: RemedyContext) -> bool:
    return context.finding.args.get("barred") is not None


UNDO_BY_RESTART = Remedy(code="route.undo_by_restart", minutes=5, risk="low", applies=is_barred)
CHECK_ROUTER = Remedy(code="gateway.check_router", minutes=3)
NO_PASSWORD_HERE = Remedy(code="gateway.no_password_here", minutes=1)

ROUTE_MISSING = Problem(
    code="route.missing",
    severity="problem",
    where="device",
    layer=Layer.ROUTE,
    blocking=True,
    explained_by=("link.down", "address.missing"),
    remedies=(
        ASK_AT_WORK,
        UNDO_BY_RESTART,
        RENEW,
        USE_MOBILE_LINE,
        RESTART_ROUTER,
        ASK_NETWORK_OWNER,
    ),
)

GATEWAY_UNREACHABLE = Problem(
    code="gateway.unreachable",
    severity="problem",
    where="network",
    layer=Layer.GATEWAY,
    blocking=True,
    explained_by=("link.down", "address.missing", "route.missing", "wifi.weak_signal"),
    remedies=(ASK_AT_WORK, CHECK_ROUTER, RESTART_ROUTER, USE_MOBILE_LINE, ASK_NETWORK_OWNER),
)


GATEWAY_SPOOFED = Problem(
    code="gateway.spoofed",
    severity="warning",
    where="network",
    layer=Layer.GATEWAY,
    remedies=(NO_PASSWORD_HERE, USE_MOBILE_LINE, ASK_NETWORK_OWNER),
)


def judge(fact: GatewayFact, _: View) -> Iterator[Judgement]:
    if not fact.routes:
        yield Finding(
            code=ROUTE_MISSING.code,
            subject=DEVICE,
            args={"barred": "route" if fact.barred else None},
        )
        return
    first = fact.routes[0]
    yield PathInfo(interface=first.interface, vpn=fact.vpn, tether=fact.tether, nat64=fact.nat64)
    if fact.two_routers:
        yield _spoofed(fact.two_routers)
    with_gateway = [route for route in fact.routes if route.gateway]
    if any(route.reachable for route in with_gateway):
        yield Crossed(layer=Layer.GATEWAY, subject=PATH)
    elif len(with_gateway) < len(fact.routes):
        return  # a point-to-point link has no gateway that could be missing
    elif all(route.reachable is False for route in with_gateway):
        gateways = [route.gateway for route in fact.routes if route.gateway]
        yield Finding(
            code=GATEWAY_UNREACHABLE.code,
            subject=PATH,
            args={"gateways": gateways or None, "interface": first.interface},
        )
    else:
        denied = any(route.denied for route in with_gateway)
        yield Unmeasured(
            code=GATEWAY_UNREACHABLE.code, subject=PATH, reason="denied" if denied else "timeout"
        )


def _spoofed(seen: TwoRouters) -> Finding:
    """Possible, no more: two routers that share their work look the same."""
    return Finding(
        code=GATEWAY_SPOOFED.code,
        subject=PATH,
        args={
            "gateway": seen.gateway,
            "mac": seen.mac,
            "others": list(seen.others),
            "ipv6_router": seen.ipv6_router,
            "ipv6_router_mac": seen.ipv6_router_mac,
        },
        confidence="possible",
    )


CHECK = Check(
    name="gateway",
    fact=GatewayFact,
    collect=collect,
    judge=judge,
    problems=(ROUTE_MISSING, GATEWAY_UNREACHABLE, GATEWAY_SPOOFED),
    uses_network=True,
    timeout_s=7.0,
)
