"""Asking well-known pages and addresses, all at the same time and each by its own deadline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from checks.internet.facts import (
    ConnectOutcome,
    InternetFact,
    LandmarkConnect,
    ProbeAnswer,
    ProbeError,
    ProbeLayer,
    ProbeOutcome,
    ProxyKind,
)
from checks.internet.portal_api import PortalApi, portal_api
from checks.internet.targets import LANDMARKS, PORTAL_PROBES, Family, Landmark, PortalProbe
from checks.notices import notice_of
from checks.proxy import ProxyServer, authorization, proxy_for
from checks.web_page import redirected, text_of, title_of
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context
from diag.net.addresses import is_address, scope
from diag.net.gather import gather
from diag.net.http import HttpAnswer, HttpOutcome, request
from diag.net.resolve import ResolveOutcome, lookup
from diag.net.tcp import TcpOutcome, connect

ANSWER_TIMEOUT_S = 4.0
HAND_IN_S = 0.3
GRACE_S = 0.1
"""Every probe ends by itself; this is for the last ones to hand in."""
HTTP_PORT = 80
BODY_LIMIT = 32 << 10
"""The vendors' answers are shorter than 100 bytes; what comes instead may say why."""

FAMILIES: tuple[Family, ...] = ("ipv4", "ipv6")
API = "portal API"
Learnt = ProbeAnswer | LandmarkConnect | PortalApi | None

RESOLVE_ERRORS: dict[ResolveOutcome, ProbeError] = {
    "no_name": "no_name",
    "no_address": "no_address",
    "timeout": "timeout",
}
TCP_ERRORS: dict[TcpOutcome, ProbeError] = {
    "refused": "refused",
    "reset": "closed",
    "timeout": "timeout",
    "failed": "failed",
}
HTTP_ERRORS: dict[HttpOutcome, ProbeError] = {
    "timeout": "timeout",
    "reset": "closed",
    "closed": "closed",
}
CONNECT_OUTCOMES: dict[TcpOutcome, ConnectOutcome] = {
    "ok": "connected",
    "refused": "refused",
    "timeout": "timeout",
}


def collect(host: Host, ctx: Context) -> InternetFact:
    until = ctx.deadline.sooner(HAND_IN_S).within(ANSWER_TIMEOUT_S)
    proxies = {probe: proxy_for(host, ctx, probe.url) for probe in PORTAL_PROBES}
    asks: dict[str, Callable[[], Learnt]] = {API: partial(portal_api, host, until)}
    for probe, proxy in proxies.items():
        for family in FAMILIES:
            asks[f"{probe.vendor} {family}"] = partial(ask_directly, host, probe, family, until)
        if proxy is not None and proxy.scheme == "http":
            asks[f"{probe.vendor} proxy"] = partial(ask_through, host, probe, proxy, until)
    for landmark in LANDMARKS:
        asks[landmark.address] = partial(knock, host, landmark, until)
    wanted = len(asks) - len(LANDMARKS)
    done = gather(asks, Deadline(until.at + GRACE_S), partial(_enough, wanted))
    api = done.get(API)
    return InternetFact(
        probes=tuple(each for each in done.values() if isinstance(each, ProbeAnswer)),
        connects=tuple(each for each in done.values() if isinstance(each, LandmarkConnect)),
        api=api if isinstance(api, PortalApi) else None,
        proxy=_kind(next(filter(None, proxies.values()), None)),
    )


def _enough(wanted: int, done: Mapping[str, Learnt]) -> bool:
    """The public addresses matter only while no vendor's own answer has come back."""
    others = [each for each in done.values() if not isinstance(each, LandmarkConnect)]
    expected = (each for each in others if isinstance(each, ProbeAnswer))
    return len(others) == wanted and any(each.outcome == "expected" for each in expected)


def _kind(proxy: ProxyServer | None) -> ProxyKind:
    if proxy is None:
        return "none"
    on_device = is_address(proxy.host) and scope(proxy.host) == "loopback"
    return "loopback" if on_device or proxy.host == "localhost" else "remote"


def knock(host: Host, landmark: Landmark, deadline: Deadline) -> LandmarkConnect:
    """Connect and hang up; nothing is said."""
    result = connect(host, landmark.address, landmark.port, deadline)
    if result.sock is not None:
        result.sock.close()
    return LandmarkConnect(
        address=landmark.address,
        port=landmark.port,
        family=landmark.family,
        outcome=CONNECT_OUTCOMES.get(result.outcome, "unreachable"),
        took_s=result.took_s,
    )


def ask_directly(host: Host, probe: PortalProbe, family: Family, deadline: Deadline) -> ProbeAnswer:
    """As a program without a proxy asks, over one address family."""
    found = lookup(host, probe.host, family, deadline)
    if not found.addresses:
        error = RESOLVE_ERRORS.get(found.outcome, "failed")
        return no_answer(probe, family, "resolve", error, found.took_s)
    return _ask_first(host, probe, family, found.addresses, deadline)


def _ask_first(
    host: Host,
    probe: PortalProbe,
    family: Family,
    addresses: tuple[str, ...],
    deadline: Deadline,
) -> ProbeAnswer:
    """The first address that takes a connection answers for the family."""
    failed = no_answer(probe, family, "tcp", "timeout", 0.0)
    for index, address in enumerate(addresses):
        share = deadline.remaining() / (len(addresses) - index)
        result = connect(host, address, HTTP_PORT, deadline.within(share))
        if result.sock is None:
            error = TCP_ERRORS.get(result.outcome, "unreachable")
            failed = no_answer(probe, family, "tcp", error, result.took_s, address)
            continue
        with result.sock as sock:
            answer = request(sock, probe.host, probe.path, deadline, limit=BODY_LIMIT)
        return read_answer(probe, family, answer, address)
    return failed


def ask_through(
    host: Host, probe: PortalProbe, proxy: ProxyServer, deadline: Deadline
) -> ProbeAnswer:
    """As a program asks that uses the proxy (RFC 9112, section 3.2.2)."""
    for family in FAMILIES:
        for address in lookup(host, proxy.host, family, deadline).addresses:
            result = connect(host, address, proxy.port, deadline)
            if result.sock is None:
                continue
            with result.sock as sock:
                answer = request(
                    sock,
                    probe.host,
                    probe.url,
                    deadline,
                    headers=authorization(proxy),
                    limit=BODY_LIMIT,
                )
            return read_answer(probe, None, answer)
    return no_answer(probe, None, "tcp", "unreachable", 0.0)


def no_answer(
    probe: PortalProbe,
    family: Family | None,
    layer: ProbeLayer,
    error: ProbeError,
    took_s: float,
    server: str | None = None,
) -> ProbeAnswer:
    return ProbeAnswer(
        vendor=probe.vendor,
        family=family,
        via_proxy=family is None,
        outcome="no_answer",
        layer=layer,
        error=error,
        server=server,
        took_s=took_s,
    )


def read_answer(
    probe: PortalProbe, family: Family | None, answer: HttpAnswer, server: str | None = None
) -> ProbeAnswer:
    """What an answer to this probe means. Nothing is followed."""
    if answer.outcome != "ok":
        error = HTTP_ERRORS.get(answer.outcome, "malformed")
        return no_answer(probe, family, "http", error, answer.took_s, server)
    portal = redirected(probe.url, answer)
    outcome = _outcome(probe, answer, portal is not None)
    notice = notice_of(answer) if outcome != "expected" else None
    return ProbeAnswer(
        vendor=probe.vendor,
        family=family,
        via_proxy=family is None,
        outcome=outcome,
        status=answer.status,
        portal_scheme=portal.scheme if portal else None,
        portal_host=portal.host if portal else None,
        portal_path=portal.path if portal else None,
        title=title_of(text_of(answer)) if outcome != "expected" else "",
        says=notice.what if notice else None,
        said_so=notice.sure if notice else False,
        filter=notice.filter if notice else "",
        server=server,
        took_s=answer.took_s,
        date_offset_s=answer.date_offset_s,
    )


def _outcome(probe: PortalProbe, answer: HttpAnswer, elsewhere: bool) -> ProbeOutcome:
    if answer.status == probe.status and probe.body in answer.body:
        return "expected"
    if elsewhere:
        return "redirected"
    if answer.status != 200:
        return "other_status"
    # Some proxies turn an empty 204 into an empty 200.
    return "expected" if not probe.body and not answer.body else "other_content"
