"""`gateway`: is there a way out, and does the router at its beginning answer?

A gateway may ignore everything sent to it and still do its work, so silence alone proves nothing:
it counts as unreachable only if it does not even give its hardware address on the link.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.address import RENEW
from checks.gateway import linux
from checks.gateway.fact import DefaultRoute, GatewayFact
from checks.remedies import ASK_NETWORK_OWNER, RESTART_ROUTER, USE_MOBILE_LINE
from diag.host import Host
from diag.model import (
    DEVICE,
    PATH,
    Check,
    Context,
    Crossed,
    Failed,
    Finding,
    Judgement,
    Layer,
    PathInfo,
    Problem,
    Remedy,
    Unmeasured,
    View,
)

__all__ = ["CHECK", "DefaultRoute", "GatewayFact"]

CHECK_ROUTER = Remedy(code="gateway.check_router", minutes=3)

ROUTE_MISSING = Problem(
    code="route.missing",
    severity="problem",
    where="device",
    layer=Layer.ROUTE,
    blocking=True,
    explained_by=("link.down", "address.missing"),
    remedies=(RENEW, USE_MOBILE_LINE, RESTART_ROUTER, ASK_NETWORK_OWNER),
)

GATEWAY_UNREACHABLE = Problem(
    code="gateway.unreachable",
    severity="problem",
    where="network",
    layer=Layer.GATEWAY,
    blocking=True,
    explained_by=("link.down", "address.missing", "route.missing", "wifi.weak_signal"),
    remedies=(CHECK_ROUTER, RESTART_ROUTER, USE_MOBILE_LINE, ASK_NETWORK_OWNER),
)


def collect(host: Host, ctx: Context) -> GatewayFact:
    if host.family != "linux":
        raise Failed("unsupported", "read default routes")
    return linux.collect(host, ctx.deadline)


def judge(fact: GatewayFact, _: View) -> Iterator[Judgement]:
    if not fact.routes:
        yield Finding(code=ROUTE_MISSING.code, subject=DEVICE)
        return
    first = fact.routes[0]
    yield PathInfo(interface=first.interface, vpn=fact.vpn, tether=fact.tether)
    if any(route.reachable for route in fact.routes):
        yield Crossed(layer=Layer.GATEWAY, subject=PATH)
    elif all(route.reachable is False for route in fact.routes):
        gateways = [route.gateway for route in fact.routes if route.gateway]
        yield Finding(
            code=GATEWAY_UNREACHABLE.code,
            subject=PATH,
            args={"gateways": gateways or None, "interface": first.interface},
        )
    else:
        yield Unmeasured(code=GATEWAY_UNREACHABLE.code, subject=PATH, reason="timeout")


CHECK = Check(
    name="gateway",
    fact=GatewayFact,
    collect=collect,
    judge=judge,
    problems=(ROUTE_MISSING, GATEWAY_UNREACHABLE),
    uses_network=True,
    timeout_s=5.0,
)
