"""What the endpoints and the internet check saw beside the page: the other witness."""

from __future__ import annotations

from msgspec import Struct

from checks.endpoint.facts import EndpointFact, EndpointProbe
from checks.internet.facts import InternetFact
from checks.internet.rules import portal_confidence
from diag.model import View

LOGIN_ROLES = ("login", "api")


class Witness(Struct, frozen=True, kw_only=True):
    """portal: whatever came may be the portal's, not the page. inspected: somebody reads along and
    could change what is read. fails: a host that login needs and that itself says that it cannot.
    answers: the login itself, if it answers as it should and nothing that it needs fails.
    """

    portal: bool = False
    inspected: bool = False
    answers: str | None = None
    fails: str | None = None


def witness(view: View) -> Witness:
    internet, endpoints = view.find(InternetFact), view.find(EndpointFact)
    portal = internet is not None and not internet.works
    if endpoints is None:
        return Witness(portal=portal and _asks_to_sign_in(internet))
    issuers = {each.id for each in view.profile.endpoint if each.ca_issuer}
    needed = {each.id for each in view.profile.endpoint if each.role in LOGIN_ROLES}
    probes = endpoints.endpoints
    ours = [each for each in probes if each.id in needed] or list(probes)
    logins = {each.id for each in view.profile.endpoint if each.role == "login"}
    fails = next((each.host for each in ours if _fails(each)), None)
    answers = (each.host for each in ours if each.id in (logins or needed) and _answers(each))
    return Witness(
        portal=portal and _asks_to_sign_in(internet) and not any(map(_is_itself, probes)),
        inspected=any(_is_inspected(each) for each in probes if each.id not in issuers),
        answers=None if fails else next(answers, None),
        fails=fails,
    )


def _asks_to_sign_in(internet: InternetFact | None) -> bool:
    return internet is not None and portal_confidence(internet) is not None


def _is_itself(endpoint: EndpointProbe) -> bool:
    """A portal that lets secure connections through has no page of anybody's to change."""
    return any(probe.verified for probe in endpoint.probes())


def _is_inspected(endpoint: EndpointProbe) -> bool:
    return any(probe.tls and probe.tls.added_root for probe in endpoint.probes())


def _answers(endpoint: EndpointProbe) -> bool:
    return any(probe.healthy for probe in endpoint.probes())


def _fails(endpoint: EndpointProbe) -> bool:
    """It spoke, and said nothing but that it cannot: a server error, or that it is busy."""
    spoken = [
        probe.http for probe in endpoint.probes() if probe.http and probe.http.outcome == "ok"
    ]
    return bool(spoken) and all(
        not each.healthy and (each.status >= 500 or each.says == "busy" or each.sorry)
        for each in spoken
    )
