"""What a line is like that loses packets, is slow, or swallows large ones."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from checks.endpoint import EndpointFact
from checks.quality.facts import LineFact
from checks.remedies import (
    ASK_AT_WORK,
    ASK_NETWORK_OWNER,
    ASK_PROVIDER,
    RESTART_ROUTER,
    USE_MOBILE_LINE,
)
from diag.model import (
    PATH,
    Finding,
    Judgement,
    Layer,
    Problem,
    Remedy,
    Unmeasured,
    View,
    endpoint_subject,
)
from diag.net.resolve import Family

FEWEST_TRIES = 6
LOST_SHARE = 0.15
LOST_FOR_SURE = 4

FAR_S = 1.5
"""Seconds to and fro at which most programs seem to hang."""

COME_CLOSER = Remedy(code="line.come_closer", minutes=2)
CHECK_ALLOWANCE = Remedy(code="line.check_allowance", minutes=3)
LOWER_MTU = Remedy(code="line.ask_mtu", who="network_owner", minutes=15)

_STALLS = (
    "endpoint.unreachable",
    "firewall.host_blocked",
    "service.unresponsive",
    "service.degraded",
    "status_page.unavailable",
    "store.unavailable",
)
_SLOWS = ("dns.unreachable", "dns.slow", "endpoint.unresolved", "ipv4.broken", "ipv6.broken")

LOSSY = Problem(
    code="internet.lossy",
    severity="warning",
    where="network",
    layer=Layer.INTERNET,
    suspect=True,
    explained_by=("wifi.weak_signal",),
    explains=(*_STALLS, *_SLOWS),
    remedies=(COME_CLOSER, USE_MOBILE_LINE, ASK_AT_WORK, RESTART_ROUTER, ASK_PROVIDER),
)

SLOW = Problem(
    code="internet.slow",
    severity="warning",
    where="network",
    layer=Layer.INTERNET,
    suspect=True,
    explained_by=("wifi.weak_signal",),
    explains=(*_STALLS, *_SLOWS),
    remedies=(
        CHECK_ALLOWANCE,
        COME_CLOSER,
        USE_MOBILE_LINE,
        ASK_AT_WORK,
        RESTART_ROUTER,
        ASK_PROVIDER,
    ),
)

BLACK_HOLE = Problem(
    code="path.mtu_blackhole",
    severity="problem",
    where="network",
    layer=Layer.MTU,
    explains=_STALLS,
    remedies=(USE_MOBILE_LINE, ASK_AT_WORK, RESTART_ROUTER, LOWER_MTU, ASK_NETWORK_OWNER),
)

PROBLEMS = (LOSSY, SLOW, BLACK_HOLE)


def judge(fact: LineFact, view: View) -> Iterator[Judgement]:
    if not fact.why:
        return
    lossy, slow = _loss(fact), _slowness(fact)
    swallowed = [each for each in fact.sizes if each.swallowed]
    if swallowed and (len(swallowed) > 1 or not (lossy or slow)):
        yield from _black_hole(fact, view)
    elif slow is not None and (lossy is None or fact.long_paces or fact.crowded):
        yield slow
    elif lossy is not None:
        yield lossy
    elif len(fact.tries) < FEWEST_TRIES:
        yield Unmeasured(code=LOSSY.code, subject=PATH, reason="unreachable")
    if "silent" in fact.why and not fact.sizes and slow is None:
        yield Unmeasured(code=BLACK_HOLE.code, subject=PATH, reason="timeout")


def _loss(fact: LineFact) -> Finding | None:
    lost, tried = fact.lost, len(fact.tries)
    if tried < FEWEST_TRIES or not fact.times or lost < max(2, LOST_SHARE * tried):
        return None
    if fact.crowded or fact.waiting > lost:  # delayed for so long that they were sent again
        return None
    return Finding(
        code=LOSSY.code,
        subject=PATH,
        args={"lost": lost, "tried": tried},
        confidence="certain" if lost >= LOST_FOR_SURE else "likely",
    )


def _black_hole(fact: LineFact, view: View) -> Iterator[Finding]:
    """Of the line, if several behave like that and none otherwise; else of those alone."""
    swallowed = [each for each in fact.sizes if each.swallowed]
    ways = {(each.endpoint, each.family) for each in swallowed}
    subjects = sorted({endpoint_subject(endpoint) for endpoint, _ in ways})
    if len(ways) > 1 and len(swallowed) == len(fact.sizes):
        families = {family for _, family in ways}
        one = families.pop() if len(families) == 1 else None
        subjects = [f"{PATH}/{one}" if one and _other_works(one, view) else PATH]
    for subject in subjects:
        yield Finding(
            code=BLACK_HOLE.code,
            subject=subject,
            args={"hosts": sorted({each.host for each in swallowed})},
            confidence="certain" if len(ways) > 1 else "likely",
        )


def _other_works(family: Family, view: View) -> bool:
    endpoints = view.find(EndpointFact)
    return endpoints is not None and any(
        probe.healthy
        for endpoint in endpoints.endpoints
        for each in endpoint.families
        if each.family != family
        for probe in each.probes
    )


def _slowness(fact: LineFact) -> Finding | None:
    times = fact.times
    far = median(times) if len(times) >= FEWEST_TRIES and median(times) >= FAR_S else None
    paces = list(fact.paces) if fact.long_paces or len(fact.paces) > 1 else []
    if fact.crowded and fact.came_in is not None:
        paces.append(fact.came_in.kbit_s)
    if paces:
        return Finding(
            code=SLOW.code,
            subject=PATH,
            args={"kbit": round(max(paces)), "delay_s": None, "throttled": True},
            confidence="certain" if len(paces) > 1 else "likely",
        )
    if far is not None:
        return Finding(
            code=SLOW.code,
            subject=PATH,
            args={"kbit": None, "delay_s": round(far, 1), "throttled": None},
            confidence="likely",
        )
    return None
