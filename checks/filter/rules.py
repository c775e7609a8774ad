"""Filters that name themselves, and sign-in pages behind a vendor's page that is let through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from checks.endpoint import EndpointFact
from checks.endpoint.facts import AddressProbe, EndpointProbe
from checks.endpoint.rules import PROBLEM_ROLES
from checks.filter.facts import FilterFact, PlainAnswer
from checks.forgery import ForgeryFact
from checks.internet import InternetFact
from checks.internet.rules import IN_BETWEEN, SIGN_IN_FIRST, blocked_by_filter
from diag.model import (
    PATH,
    Args,
    Confidence,
    Finding,
    Judgement,
    Layer,
    Problem,
    Remedy,
    View,
    endpoint_subject,
)
from diag.net.addresses import INTERNAL

ASK_WHO_FILTERS = Remedy(code="filter.ask", who="network_owner", minutes=10)
OWN_LINE = Remedy(code="filter.own_line", minutes=2, risk="low")

BLOCKED = Problem(
    code="content_filter.blocked",
    severity="problem",
    where="network",
    layer=Layer.FILTER,
    explained_by=("internet.access_suspended", "captive_portal.signin"),
    explains=(*IN_BETWEEN, "dns.host_missing", "service.busy"),
    remedies=(OWN_LINE, ASK_WHO_FILTERS),
)

PROBLEMS = (BLOCKED,)


def judge(fact: FilterFact, view: View) -> Iterator[Judgement]:
    endpoints = view.find(EndpointFact)
    if endpoints is None:
        return
    met = any(probe.verified for each in endpoints.endpoints for probe in each.probes())
    internet = view.find(InternetFact)
    if internet is not None and not met and (pages := blocked_by_filter(internet)):
        named = next((page.filter for page in pages if page.filter), "")
        title = next((page.title for page in pages if page.title), "")
        sure = any(page.said_so for page in pages)
        yield _blocked(
            PATH, _filter_args(None, named, title), "certain" if sure else "likely", view
        )
        return
    answers = {each.host: each for each in fact.answers}
    walled = _walled(fact, view)
    for endpoint in endpoints.endpoints:
        subject = endpoint_subject(endpoint.id)
        answer = answers.get(endpoint.host)
        told = _told(endpoint, answer)
        if told is not None:
            yield _blocked(subject, told[0], told[1], view, endpoint.id)
        elif answer is not None and answer.host in walled and met:
            yield _sign_in(subject, answer)
    if walled and not met:
        yield _sign_in(PATH, next(each for each in fact.answers if each.host in walled))


# --- a filter ---


def _told(endpoint: EndpointProbe, answer: PlainAnswer | None) -> tuple[Args, Confidence] | None:
    """What a filter's page says of this endpoint, and how sure that is."""
    for probe in endpoint.probes():
        page = probe.http
        if page is not None and page.notice == "blocked" and _from_in_between(probe):
            return _filter_args(endpoint.host, page.filter, page.title), "certain"
    if answer is None:
        return None
    if answer.says == "blocked":
        name = answer.filter or answer.certificate_filter
        args = _filter_args(endpoint.host, name, answer.title, _led_to(answer))
        return args, "certain" if answer.said_so else "likely"
    if answer.certificate_filter:
        return _filter_args(endpoint.host, answer.certificate_filter, answer.title), "likely"
    return None


def _from_in_between(probe: AddressProbe) -> bool:
    """Whether somebody else than the service can have sent this page: a service's own firewall
    speaks of blocking, too.
    """
    return probe.tls is None or probe.tls.added_root is True


def _filter_args(host: str | None, name: str, title: str, url: str | None = None) -> Args:
    return {
        "host": host,
        "filter": name or None,
        "page_title": title or None,
        "filter_url": url,
    }


def _blocked(
    subject: str, args: Args, confidence: Confidence, view: View, endpoint_id: str | None = None
) -> Finding:
    roles = {each.id: each.role for each in view.profile.endpoint}
    needed = PROBLEM_ROLES if set(roles.values()) & set(PROBLEM_ROLES) else tuple(roles.values())
    beside = endpoint_id is not None and roles.get(endpoint_id) not in needed
    return Finding(
        code=BLOCKED.code,
        subject=subject,
        args=args,
        confidence=confidence,
        severity="warning" if beside else None,
    )


# --- a sign-in page ---


def _walled(fact: FilterFact, view: View) -> frozenset[str]:
    """Hosts in whose place one and the same foreign host answered.

    Not those whose names were forged to lead out there: that is another matter (`dns.hijacked`).
    """
    forgery = view.find(ForgeryFact)
    forged = {each.host for each in forgery.hosts if each.agrees is False} if forgery else set()
    candidates = [
        each
        for each in fact.answers
        if each.says is None and (each.scope in INTERNAL or each.host not in forged)
    ]
    led = Counter(each.leads_host for each in candidates if not each.akin)
    shown = Counter(
        each.foreign_certificate
        for each in candidates
        if each.foreign_certificate and each.status is not None
    )
    return frozenset(
        each.host
        for each in candidates
        if (not each.akin and (led[each.leads_host] > 1 or each.foreign_certificate))
        or each.status == 511
        or (each.status is not None and shown[each.foreign_certificate] > 1)
    )


def _sign_in(subject: str, answer: PlainAnswer) -> Finding:
    return Finding(
        code=SIGN_IN_FIRST.code,
        subject=subject,
        args={
            "host": answer.leads_host,
            "portal_url": _led_to(answer),
            "answers": None,
            "statuses": None,
            "announced": None,
            "in_place_of": answer.host,
            "page_title": answer.title or None,
        },
        confidence="likely",
    )


def _led_to(answer: PlainAnswer) -> str | None:
    path = answer.leads_path or "/"
    return f"{answer.leads_scheme}://{answer.leads_host}{path}" if answer.leads_host else None
