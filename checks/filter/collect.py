"""Asks, in plain HTTP, at the addresses of hosts whose secure connection failed."""

from __future__ import annotations

from functools import partial

import msgspec

from checks.endpoint import EndpointFact
from checks.endpoint.facts import EndpointProbe
from checks.filter.facts import FilterFact, PlainAnswer
from checks.internet import InternetFact
from checks.internet.rules import stands_in_between
from checks.notices import filter_of, notice_of
from checks.web_page import redirected, text_of, title_of
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, Failed
from diag.net import tcp
from diag.net.addresses import scope
from diag.net.certificates import Certificate
from diag.net.gather import gather
from diag.net.http import HttpAnswer, request

HAND_IN_S = 0.2
ASK_S = 1.2
GRACE_S = 0.1
HTTP_PORT = 80
BODY_LIMIT = 32 << 10
MOST_ASKED = 3
"""Hosts: enough to see whether one and the same stands before all of them."""


def collect(host: Host, ctx: Context) -> FilterFact:
    """Raises Failed(not_configured) if the profile names no endpoint."""
    endpoints = ctx.need(EndpointFact).endpoints
    if not endpoints:
        raise Failed("not_configured", "endpoint")
    internet = ctx.find(InternetFact)
    if internet is not None and stands_in_between(internet):
        return FilterFact()
    until = ctx.deadline.sooner(HAND_IN_S).within(ASK_S)
    doubtful = {each.host: each for each in endpoints if _is_doubtful(each)}
    own = frozenset(_family_name(each.host) for each in endpoints)
    answers = gather(
        {
            name: partial(_look, host, probe, own, until)
            for name, probe in list(doubtful.items())[:MOST_ASKED]
        },
        Deadline(until.at + GRACE_S),
    )
    return FilterFact(answers=tuple(answers.values()))


def _is_doubtful(endpoint: EndpointProbe) -> bool:
    """Tried over TLS without proving itself by a certificate."""
    tried = [probe for probe in endpoint.probes() if probe.address]
    return (
        endpoint.tls
        and not endpoint.proxied
        and bool(tried)
        and not any(probe.verified for probe in tried)
    )


def _look(
    host: Host, endpoint: EndpointProbe, own: frozenset[str], deadline: Deadline
) -> PlainAnswer:
    address = next(probe.address for probe in endpoint.probes() if probe.address)
    foreign = _foreign_certificate(endpoint)
    seen = PlainAnswer(
        host=endpoint.host,
        address=address,
        scope=scope(address),
        foreign_certificate=foreign.sha256 if foreign else "",
        certificate_filter=filter_of(" ".join((foreign.subject, *foreign.names)))
        if foreign
        else "",
    )
    answer = _ask(host, endpoint.host, address, deadline)
    if answer is None:
        return seen
    notice = notice_of(answer)
    led = redirected(f"http://{endpoint.host}/", answer)
    return msgspec.structs.replace(
        seen,
        status=answer.status,
        title=title_of(text_of(answer)),
        says=notice.what if notice else None,
        said_so=notice.sure if notice else False,
        filter=notice.filter if notice else "",
        leads_scheme=led.scheme if led else None,
        leads_host=led.host if led else None,
        leads_path=led.path if led else None,
        akin=led is None or _family_name(led.host) in own,
    )


def _ask(host: Host, name: str, address: str, deadline: Deadline) -> HttpAnswer | None:
    connected = tcp.connect(host, address, HTTP_PORT, deadline)
    if connected.sock is None:
        return None
    with connected.sock as sock:
        answer = request(sock, name, "/", deadline, limit=BODY_LIMIT)
    return answer if answer.outcome == "ok" else None


def _foreign_certificate(endpoint: EndpointProbe) -> Certificate | None:
    """One that was shown in this host's name but is for others."""
    for probe in endpoint.probes():
        shown = probe.tls.certificate if probe.tls is not None else None
        if shown is not None and not _covers(shown.names or (shown.subject,), endpoint.host):
            return shown
    return None


def _covers(names: tuple[str, ...], host: str) -> bool:
    """Whether one of the names stands for the host (RFC 9525: a wildcard, for one label)."""
    wanted = host.casefold()
    wildcard = "*." + wanted.partition(".")[2]
    return any(name.casefold() in (wanted, wildcard) for name in names)


def _family_name(host: str) -> str:
    """The last two labels, or three where the country keeps a second level for itself (co.jp)."""
    labels = host.casefold().rstrip(".").split(".")
    second_level = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3:] if second_level else labels[-2:])
