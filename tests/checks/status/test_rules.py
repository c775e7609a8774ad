"""What the status page and the planned windows mean: pure rules over facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from checks.status import CHECK
from checks.status.asking import Unreachable
from checks.status.maintenance import Slot
from checks.status.normal import PageStatus
from checks.status.observe import StatusFact
from diag.model import Answers, Failure, Finding, Unmeasured, View
from tests.checks.status.pages import (
    GROUP,
    LOGIN,
    PAYMENTS,
    body,
    component,
    incident,
    maintenance,
    read,
    summary,
)
from tests.support import NOW, findings, profile_from, view

LOGIN_AND_API = [
    {"id": "login", "url": "https://login.app.test/", "role": "login"},
    {"id": "api", "url": "https://api.app.test/", "role": "api"},
    {"id": "www", "url": "https://www.app.test/", "role": "web"},
]


def seen(endpoints: list[dict[str, str]] | None = None, **status: Any) -> View:
    page = {"url": "https://status.app.test", **status}
    endpoint = LOGIN_AND_API if endpoints is None else endpoints
    return view(profile=profile_from({"status_page": page, "endpoint": endpoint}))


def page(indicator: str = "none", *names: str, **changes: Any) -> StatusFact:
    return StatusFact(page=read(body(summary(indicator, **changes)), names, NOW))


def told(fact: StatusFact, at: View | None = None) -> list[Finding]:
    return findings(CHECK, fact, at or seen())


def severity_of(finding: Finding) -> str:
    problem = next(each for each in CHECK.problems if each.code == finding.code)
    return finding.severity or problem.severity


def open_codes(fact: StatusFact, at: View | None = None) -> dict[tuple[str, str], str]:
    judged = CHECK.judge(fact, at or seen())
    return {(e.code, e.subject): e.reason for e in judged if isinstance(e, Unmeasured)}


def test_all_fine_says_nothing() -> None:
    assert list(CHECK.judge(page(), seen())) == []


@pytest.mark.parametrize(
    ("indicator", "code"),
    [
        ("minor", "service.degraded"),
        ("major", "service.outage"),
        ("critical", "service.outage"),
        ("maintenance", "service.maintenance"),
    ],
)
def test_the_trouble_is_about_all_that_login_needs(indicator: str, code: str) -> None:
    found = told(page(indicator))
    assert [(each.code, each.subject, each.confidence) for each in found] == [
        (code, "endpoint:login", "likely"),
        (code, "endpoint:api", "likely"),
    ]


@pytest.mark.parametrize(
    ("endpoints", "subjects"),
    [
        ([], {"service"}),
        (LOGIN_AND_API[2:], {"endpoint:www"}),
    ],
)
def test_without_a_login_it_is_about_what_there_is(
    endpoints: list[dict[str, str]], subjects: set[str]
) -> None:
    assert {each.subject for each in told(page("major"), seen(endpoints))} == subjects


def test_an_outage_says_since_when_what_and_how_far_they_are() -> None:
    fact = page(
        "major", components=[GROUP, component(LOGIN, "major_outage")], incidents=[incident()]
    )
    args = told(fact)[0].args
    assert args["since"] == "2026-11-22T11:40:00+00:00"
    assert args["updated"] == "2026-11-22T11:48:00+00:00"
    assert args["incident"] == "Login errors for some users"
    assert (args["status"], args["state"]) == ("identified", "major")
    assert args["components"] == ["Login"]
    assert (args["status_host"], args["status_url"]) == (
        "status.app.test",
        "https://status.app.test",
    )


def test_of_several_incidents_the_worst_is_told() -> None:
    fact = page(
        incidents=[
            incident(name="slow mail", impact="minor", started_at="2026-11-22T08:00:00Z"),
            incident(name="later", impact="critical", started_at="2026-11-22T11:00:00Z"),
            incident(name="first", impact="critical", started_at="2026-11-22T10:00:00Z"),
        ]
    )
    assert told(fact)[0].args["incident"] == "first"


def test_red_somewhere_else_is_a_note() -> None:
    fact = page("critical", "Login", components=[LOGIN, component(PAYMENTS, "major_outage")])
    (note,) = CHECK.judge(fact, seen(components=["Login"]))
    assert isinstance(note, Finding)
    assert (note.code, note.subject) == ("service.trouble_elsewhere", "status_page")
    assert note.args["components"] == ["決済 API"]
    assert severity_of(note) == "info"


def huge(indicator: str, broken: int, listed: int = 475) -> StatusFact:
    states = ["partial_outage"] * broken + ["operational"] * (listed - broken)
    rows = [
        {**LOGIN, "id": f"{place:012}", "name": f"Place {place}", "status": state}
        for place, state in enumerate(states)
    ]
    return page(indicator, components=rows)


def test_a_huge_page_that_is_always_broken_somewhere_is_a_note() -> None:
    (note,) = told(huge("minor", 33))
    assert note.code == "service.trouble_elsewhere"
    assert (note.args["troubled"], note.args["listed"]) == (33, 475)
    assert len(str(note.args["components"])) < 200


@pytest.mark.parametrize(("indicator", "broken"), [("critical", 33), ("minor", 200)])
def test_a_huge_page_with_grave_or_wide_trouble_is_an_outage(indicator: str, broken: int) -> None:
    assert {each.code for each in told(huge(indicator, broken))} == {"service.outage"}


def test_a_part_that_the_page_does_not_list_makes_it_merely_possible() -> None:
    fact = page("major", "Sign-in")
    (found, _) = told(fact, seen(components=["Sign-in"]))
    assert (found.code, found.confidence) == ("service.outage", "possible")


def test_trouble_in_the_named_part_while_somebody_complains_may_be_the_reason() -> None:
    fact = page("minor", "Login", components=[component(LOGIN, "degraded_performance")])
    calm = seen(components=["Login"])
    complaining = msgspec.structs.replace(calm, answers=Answers(symptom="login"))
    assert [(e.severity, e.confidence) for e in told(fact, calm)] == [(None, "likely")] * 2
    assert [(e.severity, e.confidence) for e in told(fact, complaining)] == [
        ("problem", "possible")
    ] * 2


def test_a_maintenance_that_runs_says_until_when() -> None:
    fact = page("maintenance", scheduled_maintenances=[maintenance(status="in_progress")])
    args = told(fact)[0].args
    assert args["since"] == "2026-11-22T11:00:00+00:00"
    assert args["until"] == "2026-11-22T13:30:00+00:00"
    assert args["name"] == "Database upgrade"
    assert args["planned_until"] is None


def test_a_maintenance_that_takes_longer_promises_no_end() -> None:
    over = maintenance(status="in_progress", scheduled_until="2026-11-22T11:59:00Z")
    args = told(page("maintenance", scheduled_maintenances=[over]))[0].args
    assert args["until"] is None


def test_a_maintenance_to_come_or_elsewhere_is_no_finding() -> None:
    coming = maintenance(scheduled_for="2026-11-24T20:00:00Z")
    assert told(page(scheduled_maintenances=[coming])) == []
    elsewhere = maintenance(status="in_progress", components=[PAYMENTS])
    fact = page("maintenance", "Login", scheduled_maintenances=[elsewhere])
    assert told(fact, seen(components=["Login"])) == []


def test_a_planned_window_counts_without_a_page() -> None:
    slot = Slot(NOW - timedelta(hours=1), NOW + timedelta(hours=2))
    (login, _) = told(StatusFact(planned=(slot,)), seen(url=None))
    assert (login.code, login.confidence) == ("service.maintenance", "likely")
    assert login.args["until"] == login.args["planned_until"] == "2026-11-22T14:00:00+00:00"
    assert "status_host" not in login.args


@pytest.mark.parametrize("hours", [(25, 26), (-2, 0)])
def test_a_window_to_come_or_just_over_is_no_finding(hours: tuple[int, int]) -> None:
    slot = Slot(*(NOW + timedelta(hours=each) for each in hours))
    assert list(CHECK.judge(StatusFact(planned=(slot,)), seen(url=None))) == []


def test_a_maintenance_that_begins_soon_is_a_note() -> None:
    by_plan = StatusFact(planned=(Slot(NOW + timedelta(hours=1), NOW + timedelta(hours=2)),))
    announced = page(scheduled_maintenances=[maintenance(scheduled_for="2026-11-22T13:00:00Z")])
    for fact in (by_plan, announced):
        (note,) = told(fact)
        assert (note.code, severity_of(note)) == ("service.maintenance_planned", "info")
        assert note.args["start"] == "2026-11-22T13:00:00+00:00"


def test_a_time_is_told_by_the_vendors_clock_too() -> None:
    slot = Slot(NOW - timedelta(hours=1), NOW + timedelta(hours=2))
    window = {"start": "20:00", "end": "23:00", "timezone": "Asia/Tokyo"}
    abroad = seen(url=None, maintenance=[window])
    at_home = msgspec.structs.replace(abroad, zone="Asia/Tokyo")
    (found, _) = told(StatusFact(planned=(slot,)), abroad)
    assert (found.args["until_there"], found.args["zone_there"]) == (
        "2026-11-22 23:00",
        "Asia/Tokyo",
    )
    (found, _) = told(StatusFact(planned=(slot,)), at_home)
    assert (found.args["until_there"], found.args["zone_there"]) == (None, None)


def test_both_a_maintenance_and_an_outage_are_told() -> None:
    slot = Slot(NOW, NOW + timedelta(hours=1))
    fact = StatusFact(page=page("major").page, planned=(slot,))
    assert {each.code for each in told(fact)} == {"service.maintenance", "service.outage"}


SERVICE_CODES = ("service.outage", "service.degraded", "service.maintenance")


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        (StatusFact(unreachable=Unreachable(code="timeout")), "timeout"),
        (StatusFact(unreachable=Unreachable(code="refused", http_status=503)), "refused"),
        (StatusFact(unreadable=Failure(code="unparsable", operation="x")), "unparsable"),
        (StatusFact(unreadable=Failure(code="unsupported", operation="x")), "unsupported"),
        (page("sunny"), "unparsable"),
    ],
)
def test_a_page_that_says_nothing_leaves_the_service_unknown(fact: StatusFact, reason: str) -> None:
    assert open_codes(fact) == {
        (code, f"endpoint:{each}"): reason for code in SERVICE_CODES for each in ("login", "api")
    }
    assert all(each.code == "status_page.unavailable" for each in told(fact))


@pytest.mark.parametrize(
    ("unreachable", "reason", "status"),
    [
        (Unreachable(code="timeout"), "timeout", None),
        (Unreachable(code="refused", http_status=503), None, 503),
    ],
)
def test_a_page_that_does_not_answer_is_a_note(
    unreachable: Unreachable, reason: str | None, status: int | None
) -> None:
    (note,) = told(StatusFact(unreachable=unreachable))
    assert (note.code, note.subject) == ("status_page.unavailable", "status_page")
    assert (note.args["reason"], note.args["http_status"]) == (reason, status)
    assert next(p for p in CHECK.problems if p.code == note.code).severity == "info"


def test_a_window_runs_though_the_page_is_silent() -> None:
    slot = Slot(NOW, NOW + timedelta(hours=1))
    fact = StatusFact(unreachable=Unreachable(code="timeout"), planned=(slot,))
    assert "service.maintenance" in {each.code for each in told(fact)}
    assert {code for code, _ in open_codes(fact)} == {"service.outage", "service.degraded"}


def test_windows_that_cannot_be_read_leave_maintenance_unknown() -> None:
    fact = StatusFact(page=page().page, plan_unreadable=Failure(code="unparsable", operation="x"))
    assert {code for code, _ in open_codes(fact)} == {"service.maintenance"}


def test_a_fact_survives_its_trip_through_json() -> None:
    fact = page(
        "major",
        components=[GROUP, component(LOGIN, "major_outage")],
        incidents=[incident()],
        scheduled_maintenances=[maintenance()],
    )
    assert isinstance(fact.page, PageStatus)
    whole = StatusFact(page=fact.page, planned=(Slot(NOW, datetime(2027, 1, 1, tzinfo=UTC)),))
    assert msgspec.json.decode(msgspec.json.encode(whole), type=StatusFact) == whole
