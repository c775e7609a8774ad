"""What the status page and the planned windows mean for the user.

The page is one of two witnesses; the other are the probes of the endpoints (`witness`). Neither is
a gate: a page that is green may be behind, one that is red may be about what a probe cannot see.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from checks.status.asking import Unreachable
from checks.status.maintenance import Slot
from checks.status.normal import WORST_FIRST, Incident, Maintenance, PageStatus
from checks.status.observe import StatusFact
from checks.status.problems import (
    DEGRADED,
    ELSEWHERE,
    MAINTENANCE,
    OUTAGE,
    PAGE_BEHIND,
    PAGE_UNAVAILABLE,
    PLANNED,
)
from checks.status.said import TROUBLED
from checks.status.witness import LOGIN_ROLES, Witness, witness
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
INCIDENT_STATUSES = ("investigating", "identified", "monitoring")
"""The words for how far an incident is that there are texts for."""
NAMED = 5
"""Parts that are called by name."""
SOON = timedelta(hours=24)
"""Maintenance that begins later than this is not worth a word yet."""
MANY = 50
"""On a page of so many parts something is always broken somewhere."""
A_FEW = 0.2
"""The share of such a page's parts up to which it is somewhere, not everywhere."""


def judge(fact: StatusFact, view: View) -> Iterator[Judgement]:
    subjects = _subjects(view.profile)
    seen = witness(view)
    page = None if seen.portal else fact.page
    maintenance = _maintenance(fact.planned, page, view, seen)
    if maintenance is not None:
        args, confidence = maintenance
        for subject in subjects:
            yield Finding(code=MAINTENANCE.code, subject=subject, args=args, confidence=confidence)
    elif fact.plan_unreadable is not None:
        yield from _open(MAINTENANCE.code, subjects, fact.plan_unreadable.code)
    else:
        yield from _planned(fact.planned, page, view)
    if page is not None:
        yield from _of_page(page, subjects, view, seen)
        yield from _behind(page, view, seen)
    reason = "unreachable" if seen.portal and fact.page else _not_known(fact)
    if reason is not None:
        codes = [OUTAGE.code, DEGRADED.code]
        if maintenance is None and fact.plan_unreadable is None:
            codes.append(MAINTENANCE.code)
        for code in codes:
            yield from _open(code, subjects, reason)
    if fact.unreachable is not None:
        yield _unavailable(fact.unreachable, view.profile)


def _unavailable(unreachable: Unreachable, profile: AppProfile) -> Finding:
    return Finding(
        code=PAGE_UNAVAILABLE.code,
        subject=STATUS_PAGE,
        args={
            **_page_args(profile),
            "reason": None if unreachable.http_status else unreachable.code,
            "http_status": unreachable.http_status,
            "retry_after_s": unreachable.retry_after_s,
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


def _maintenance(
    planned: Sequence[Slot], page: PageStatus | None, view: View, seen: Witness
) -> tuple[Args, Confidence] | None:
    """The args of a maintenance that runs now. What the page says goes before what was planned."""
    slot = next((each for each in planned if _runs(each, view.taken_at)), None)
    announced = _announced(page)
    page_says_so = announced is not None or (page is not None and page.state == "maintenance")
    if not page_says_so and slot is None:
        return None
    since = announced.start if announced else slot.start if slot else None
    until = announced.end if announced else slot.end if slot else None
    if until is not None and until <= view.taken_at:
        until = None
    args: Args = {
        "since": _iso(since),
        "until": _iso(until),
        **_there("until", until, page, view),
        "name": announced.name if announced and announced.name else None,
        "planned_since": None if page_says_so else _iso(since),
        "planned_until": None if page_says_so else _iso(until),
        "answering_host": seen.answers,
        **(_page_args(view.profile) if page_says_so else {}),
        **support_args(view.profile),
    }
    return args, "possible" if page_says_so and seen.inspected else "likely"


def _there(key: str, moment: datetime | None, page: PageStatus | None, view: View) -> Args:
    """An instant by the vendor's own clock, if that shows another time than the user's."""
    windows = view.profile.status_page.maintenance if view.profile.status_page else ()
    names = (*(each.timezone for each in windows), page.zone if page is not None else None)
    name = next(filter(None, names), None)
    here, there = _clock(moment, view.zone), _clock(moment, name)
    if here is None or there is None or here == there:
        return {f"{key}_there": None, "zone_there": None}
    return {f"{key}_there": there, "zone_there": name}


def _clock(moment: datetime | None, zone: str | None) -> str | None:
    from zoneinfo import ZoneInfo

    if moment is None or not zone:
        return None
    try:
        return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    except (KeyError, ValueError, OSError):
        return None


def _runs(slot: Slot, now: datetime) -> bool:
    return slot.start <= now < slot.end


def _announced(page: PageStatus | None) -> Maintenance | None:
    """Of the maintenances that run and matter, the one that lasts longest."""
    running = [each for each in page.maintenances if each.running and each.relevant] if page else []
    return max(running, key=lambda each: (each.end is None, _iso(each.end) or ""), default=None)


def _planned(planned: Sequence[Slot], page: PageStatus | None, view: View) -> Iterator[Finding]:
    """The next maintenance, if it begins soon. Nothing is wrong yet."""
    announced = page.maintenances if page is not None else ()
    coming: list[tuple[datetime, datetime | None, str]] = [
        *((each.start, each.end, "") for each in planned),
        *(
            (each.start, each.end, each.name)
            for each in announced
            if each.relevant and each.start is not None
        ),
    ]
    coming = [each for each in coming if each[0] > view.taken_at]
    if not coming:
        return
    start, end, name = min(coming, key=lambda each: each[0])
    if start - view.taken_at > SOON:
        return
    args: Args = {
        "start": _iso(start),
        "end": _iso(end),
        **_there("start", start, page, view),
        "name": name or None,
        **_page_args(view.profile),
    }
    yield Finding(code=PLANNED.code, subject=STATUS_PAGE, args=args)


# --- outage and degradation ---


def _of_page(
    page: PageStatus, subjects: tuple[str, ...], view: View, seen: Witness
) -> Iterator[Finding]:
    if page.state not in TROUBLED or _is_somewhere(page, view.profile):
        yield from _elsewhere(page, view.profile)
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
        "components": affected[:NAMED] or None,
        "answering_host": seen.answers,
        **support_args(view.profile),
    }
    sought = view.profile.status_page is not None and view.profile.status_page.components
    sure = (page.named or not sought) and not page.vague and not seen.inspected
    confidence: Confidence = "likely" if sure else "possible"
    severity: Severity | None = None
    if code == DEGRADED.code and page.named and view.answers.symptom is not None:
        # The very part that login needs, while somebody complains: more than a risk.
        confidence, severity = "possible", "problem"
    for subject in subjects:
        yield Finding(
            code=code, subject=subject, args=args, confidence=confidence, severity=severity
        )


def _is_somewhere(page: PageStatus, profile: AppProfile) -> bool:
    """Whether a huge page shows the trouble that it always shows, and nobody said what matters."""
    sought = profile.status_page is not None and profile.status_page.components
    return (
        not sought
        and page.listed >= MANY
        and 0 < page.troubled < A_FEW * page.listed
        and page.word not in ("partial", "major")
    )


def _elsewhere(page: PageStatus, profile: AppProfile) -> Iterator[Finding]:
    names = [each.name for each in page.elsewhere]
    if not page.named:
        names = [each.name for each in page.components if each.state in TROUBLED]
    names = names or [each.name for each in page.incidents if not each.relevant]
    if names:
        args: Args = {
            **_page_args(profile),
            "components": [name for name in names if name][:NAMED] or None,
            "listed": page.listed or None,
            "troubled": page.troubled or None,
        }
        yield Finding(code=ELSEWHERE.code, subject=STATUS_PAGE, args=args)


def _behind(page: PageStatus, view: View, seen: Witness) -> Iterator[Finding]:
    """Status pages are written by people, some 5 to 15 minutes later."""
    if page.state == "ok" and seen.fails is not None and not seen.inspected:
        yield Finding(
            code=PAGE_BEHIND.code,
            subject=_subject_of(seen.fails, view.profile),
            args={
                **_page_args(view.profile),
                "host": seen.fails,
                "updated": _iso(page.updated),
            },
        )


def _subject_of(host: str, profile: AppProfile) -> str:
    found = (each.id for each in profile.endpoint if urlsplit(each.url).hostname == host)
    return next((endpoint_subject(each) for each in found), SERVICE)


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
