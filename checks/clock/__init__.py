"""`clock`: is this device's clock right, by the dates that servers put on their answers?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from statistics import median, median_low

from checks.clock.service import synchronized
from checks.clock.zone import utc_offset_min, zones_of
from checks.endpoint import EndpointFact
from checks.internet import InternetFact
from checks.internet.targets import HOSTS
from checks.remedies import on_unmanaged_device
from diag.host import Host
from diag.model import (
    DEVICE,
    Args,
    Check,
    Confidence,
    Context,
    Fact,
    Finding,
    Judgement,
    Layer,
    Problem,
    Public,
    Remedy,
    RemedyContext,
    Severity,
    TimeInfo,
    Unmeasured,
    View,
)
from diag.net.resolve import lookup
from diag.net.sntp import ahead_s

WRONG_S = 30.0
"""One step of a one-time code (RFC 6238); past it, codes start to be refused."""
GRAVE_S = 300.0
"""Tickets and signed requests are refused past it (RFC 4120 has it as the usual limit)."""
AGREEMENT_S = 30.0
"""Servers whose dates lie closer together than this tell the same time."""

TIME_SERVER = "time.apple.com"
TIME_SERVER_TIMEOUT_S = 1.0
HAND_IN_S = 0.3


def on_managed_device(context: RemedyContext) -> bool:
    return context.managed is True


SET_AUTOMATICALLY = Remedy(
    code="clock.set_automatically", minutes=2, risk="low", applies=on_unmanaged_device
)
SET_ZONE = Remedy(code="clock.set_zone", minutes=3, risk="low", applies=on_unmanaged_device)
ASK_ADMIN = Remedy(code="clock.ask_admin", who="admin", minutes=10, applies=on_managed_device)

WRONG = Problem(
    code="clock.wrong",
    severity="warning",
    where="device",
    layer=Layer.CLOCK,
    explains=("account.two_factor",),
    remedies=(SET_AUTOMATICALLY, ASK_ADMIN),
)

TIMEZONE = Problem(
    code="clock.timezone",
    severity="warning",
    where="device",
    layer=Layer.CLOCK,
    explains=("account.two_factor",),
    remedies=(SET_ZONE, ASK_ADMIN),
)


class ClockFact(Fact, frozen=True, kw_only=True):
    """synchronized: whether the system keeps its clock in step with a time server; None: not
    known. The clock itself is judged by the dates in other checks' facts; where those are missing
    or disagree, by how far it is ahead of a time server. utc_offset_min: of the zone that is set,
    at the time of the run.
    """

    zone: Public
    utc_offset_min: int | None = None
    synchronized: bool | None
    ahead_of_time_server_s: float | None = None


def collect(host: Host, ctx: Context) -> ClockFact:
    clear = told(offsets_by_host(ctx.find(InternetFact), ctx.find(EndpointFact))) is not None
    zone = host.zone()
    return ClockFact(
        zone=zone,
        utc_offset_min=utc_offset_min(zone, host.now()),
        synchronized=synchronized(host),
        ahead_of_time_server_s=None if clear else _ask_time_server(host, ctx),
    )


def _ask_time_server(host: Host, ctx: Context) -> float | None:
    deadline = ctx.deadline.sooner(HAND_IN_S).within(TIME_SERVER_TIMEOUT_S)
    if deadline.expired:
        return None
    found = lookup(host, TIME_SERVER, "ipv4", deadline)
    if not found.addresses or deadline.expired:
        return None
    return ahead_s(host, found.addresses[0], deadline)


def judge(fact: ClockFact, view: View) -> Iterator[Judgement]:
    offsets = offsets_by_host(view.find(InternetFact), view.find(EndpointFact))
    if told(offsets) is None and fact.ahead_of_time_server_s is not None:
        offsets[TIME_SERVER] = fact.ahead_of_time_server_s
    if not offsets:
        yield Unmeasured(code=WRONG.code, subject=DEVICE, reason="needs_missing", lacks="internet")
        return
    said = told(offsets)
    if said is None:
        yield Unmeasured(code=WRONG.code, subject=DEVICE, reason="unparsable")
        return
    offset, agreeing = said
    right = view.taken_at - timedelta(seconds=offset)
    yield TimeInfo(clock_offset_s=round(offset, 1), server_date=right)
    if abs(offset) <= WRONG_S:
        return
    sure: Confidence = "certain" if len(agreeing) > 1 else "likely"
    severity = _severity(view, offset)
    args = _args(fact, view, offset, agreeing)
    zones = zones_of(offset, fact.utc_offset_min)
    if zones is not None and zones.mistaken:
        yield Finding(
            code=TIMEZONE.code,
            subject=DEVICE,
            args={
                **args,
                "off_s": round(abs(offset), 1),
                "zone": fact.zone,
                "set": zones.as_set,
                "fitting": zones.fitting,
            },
            confidence="likely",
            severity=severity,
        )
    else:
        by_zone = True if zones is not None else None
        yield Finding(
            code=WRONG.code,
            subject=DEVICE,
            args={**args, "by_the_zone": by_zone},
            confidence=sure,
            severity=severity,
        )


def told(offsets: dict[str, float]) -> tuple[float, list[str]] | None:
    """What most servers say, and which those are; None if there is no such majority."""
    if not offsets:
        return None
    offset = median_low(offsets.values())
    agreeing = [host for host, each in offsets.items() if abs(each - offset) <= AGREEMENT_S]
    if len(agreeing) * 2 <= len(offsets):
        return None
    return median(offsets[host] for host in agreeing), agreeing


def offsets_by_host(
    internet: InternetFact | None, endpoint: EndpointFact | None
) -> dict[str, float]:
    """How far this device is ahead by each host that answered as itself: a portal or a refused
    certificate tells no time.
    """
    found: dict[str, list[float]] = {}
    for probe in internet.probes if internet else ():
        if probe.outcome == "expected" and probe.date_offset_s is not None:
            found.setdefault(HOSTS[probe.vendor], []).append(probe.date_offset_s)
    for host, offset in endpoint.server_dates() if endpoint else ():
        found.setdefault(host, []).append(offset)
    return {host: median(each) for host, each in found.items()}


def _severity(view: View, offset: float) -> Severity:
    """A clock that is a little off stops nobody, except whoever is asked for a one-time code."""
    needs_codes = view.profile.account is not None and "totp" in view.profile.account.two_factor
    asked_for_code = needs_codes and view.answers.symptom == "2fa"
    return "problem" if abs(offset) > GRAVE_S or asked_for_code else "warning"


def _args(fact: ClockFact, view: View, offset: float, servers: list[str]) -> Args:
    right = view.taken_at - timedelta(seconds=offset)
    return {
        "offset_s": round(offset, 1),
        "ahead_s": round(offset, 1) if offset > 0 else None,
        "behind_s": round(-offset, 1) if offset < 0 else None,
        "device_time": view.taken_at.isoformat(),
        "server_time": right.isoformat(),
        "servers": servers,
        "not_synchronized": True if fact.synchronized is False else None,
    }


CHECK = Check(
    name="clock",
    fact=ClockFact,
    collect=collect,
    judge=judge,
    problems=(WRONG, TIMEZONE),
    needs=(InternetFact, EndpointFact),
    uses_network=True,
    timeout_s=3.0,
)
