"""What the status page and the planned windows mean for the user."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

from checks.status.maintenance import Slot
from checks.status.normal import WORST_FIRST, Incident, Maintenance, PageStatus
from checks.status.observe import StatusFact
from checks.status.problems import DEGRADED, MAINTENANCE, OUTAGE, PAGE_UNAVAILABLE
from checks.support import support_args
from diag.app_profile import AppProfile
from diag.model import (
    Args,
    Confidence,
    FailureCode,
    Finding,
    Judgement,
    Severity,
    Unmeasured,
    View,
    endpoint_subject,
)

SERVICE = "service"
"""Subject of a finding about a service of which the profile names no endpoint."""

STATUS_PAGE = "status_page"
LOGIN_ROLES = ("login", "api")
TROUBLED = ("degraded", "partial", "major")
INCIDENT_STATUSES = ("investigating", "identified", "monitoring")
"""The words for how far an incident is that there are texts for."""
COMPONENTS_NAMED = 5


def judge(fact: StatusFact, view: View) -> Iterator[Judgement]:
    subjects = _subjects(view.profile)
    maintenance = _maintenance(fact, view)
    if maintenance is not None:
        args, confidence = maintenance
        for subject in subjects:
            yield Finding(code=MAINTENANCE.code, subject=subject, args=args, confidence=confidence)
    elif fact.plan_unreadable is not None:
        yield from _open(MAINTENANCE.code, subjects, fact.plan_unreadable.code)
    if fact.page is not None:
        yield from _of_page(fact.page, subjects, view)
    reason = _not_known(fact)
    if reason is not None:
        codes = [OUTAGE.code, DEGRADED.code]
        if maintenance is None and fact.plan_unreadable is None:
            codes.append(MAINTENANCE.code)
        for code in codes:
            yield from _open(code, subjects, reason)
    if fact.unreachable is not None:
        yield Finding(
            code=PAGE_UNAVAILABLE.code,
            subject=STATUS_PAGE,
            args={
                **_page_args(view.profile),
                "reason": None if fact.unreachable.http_status else fact.unreachable.code,
                "http_status": fact.unreachable.http_status,
            },
        )


def _open(code: str, subjects: tuple[str, ...], reason: FailureCode) -> Iterator[Unmeasured]:
    for subject in subjects:
        yield Unmeasured(code=code, subject=subject, reason=reason)


def _subjects(profile: AppProfile) -> tuple[str, ...]:
    """What a trouble of the service is about: what login needs, else all there is."""
    needed = [each for each in profile.endpoint if each.role in LOGIN_ROLES]
    subjects = (endpoint_subject(each.id) for each in needed or profile.endpoint)
    return tuple(subjects) or (SERVICE,)


def _not_known(fact: StatusFact) -> FailureCode | None:
    """Why the page says nothing on whether the service works, if it does not."""
    if fact.unreachable is not None:
        return fact.unreachable.code
    if fact.unreadable is not None:
        return fact.unreadable.code
    if fact.page is not None and fact.page.state == "unknown":
        return "unparsable"
    return None


# --- maintenance ---


def _maintenance(fact: StatusFact, view: View) -> tuple[Args, Confidence] | None:
    """The args of a maintenance that runs now. What the page says goes before what was planned."""
    slot = next((each for each in fact.planned if _runs(each, view.taken_at)), None)
    announced = _announced(fact.page)
    page_says_so = announced is not None or (
        fact.page is not None and fact.page.state == "maintenance"
    )
    if not page_says_so and slot is None:
        return None
    since = announced.start if announced else slot.start if slot else None
    until = announced.end if announced else slot.end if slot else None
    if until is not None and until <= view.taken_at:
        until = None
    args: Args = {
        "since": _iso(since),
        "until": _iso(until),
        "name": announced.name if announced and announced.name else None,
        "planned_since": None if page_says_so else _iso(since),
        "planned_until": None if page_says_so else _iso(until),
        **(_page_args(view.profile) if page_says_so else {}),
        **support_args(view.profile),
    }
    return args, "likely"


def _runs(slot: Slot, now: datetime) -> bool:
    return slot.start <= now < slot.end


def _announced(page: PageStatus | None) -> Maintenance | None:
    """Of the maintenances that run and matter, the one that lasts longest."""
    running = [each for each in page.maintenances if each.running and each.relevant] if page else []
    return max(running, key=lambda each: (each.end is None, _iso(each.end) or ""), default=None)


# --- outage and degradation ---


def _of_page(page: PageStatus, subjects: tuple[str, ...], view: View) -> Iterator[Finding]:
    if page.state not in TROUBLED:
        return
    code = DEGRADED.code if page.state == "degraded" else OUTAGE.code
    incident = _worst_incident(page)
    affected = [each.name for each in page.components if each.state in TROUBLED]
    args: Args = {
        "state": page.state,
        **_page_args(view.profile),
        "incident": incident.name or None if incident else None,
        "status": incident.status if incident and incident.status in INCIDENT_STATUSES else None,
        "since": _iso(incident.since) if incident else None,
        "updated": _iso(incident.updated) if incident else None,
        "components": affected[:COMPONENTS_NAMED] or None,
        **support_args(view.profile),
    }
    sought = view.profile.status_page is not None and view.profile.status_page.components
    confidence: Confidence = "likely" if page.named or not sought else "possible"
    severity: Severity | None = None
    if code == DEGRADED.code and page.named and view.answers.symptom is not None:
        # The very part that login needs, while somebody complains: more than a risk.
        confidence, severity = "possible", "problem"
    for subject in subjects:
        yield Finding(
            code=code, subject=subject, args=args, confidence=confidence, severity=severity
        )


def _worst_incident(page: PageStatus) -> Incident | None:
    """Of the open incidents that matter, the worst; of these, the one that began first."""
    relevant = [each for each in page.incidents if each.relevant]
    return min(
        relevant,
        key=lambda each: (WORST_FIRST.index(each.state), _iso(each.since) or "~"),
        default=None,
    )


def _page_args(profile: AppProfile) -> Args:
    page = profile.status_page
    url = page.url if page is not None else None
    return {"status_url": url, "status_host": urlsplit(url).hostname if url else None}


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant is not None else None
