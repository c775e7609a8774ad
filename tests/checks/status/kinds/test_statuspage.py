"""What a Statuspage summary says, and that nothing else is taken for one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.status.normal import PageStatus
from tests.checks.status.pages import (
    GROUP,
    LOGIN,
    PAYMENTS,
    body,
    component,
    incident,
    incident_io,
    maintenance,
    read,
    summary,
)
from tests.support import NOW


def said(document: object, *names: str) -> PageStatus:
    return read(body(document), names, NOW)


@pytest.mark.parametrize(
    ("indicator", "state"),
    [
        ("none", "ok"),
        ("minor", "degraded"),
        ("major", "partial"),
        ("critical", "major"),
        ("maintenance", "maintenance"),
        ("catastrophic", "unknown"),
    ],
)
def test_the_indicator(indicator: str, state: str) -> None:
    assert said(summary(indicator)).state == state


def test_an_open_incident_outweighs_a_green_indicator() -> None:
    page = said(summary("none", incidents=[incident()]))
    assert page.state == "partial"
    (seen,) = page.incidents
    assert (seen.name, seen.status) == ("Login errors for some users", "identified")
    assert seen.since == datetime(2026, 11, 22, 11, 40, tzinfo=UTC)
    assert seen.updated == datetime(2026, 11, 22, 11, 48, tzinfo=UTC)


@pytest.mark.parametrize("impact", ["none", None])
def test_an_open_incident_without_impact_is_not_all_fine(impact: str | None) -> None:
    assert said(summary("none", incidents=[incident(impact=impact)])).state == "degraded"


@pytest.mark.parametrize(
    "over", [{"status": "resolved"}, {"status": "postmortem"}, {"resolved_at": "2026-11-22T11:00Z"}]
)
def test_an_incident_that_is_over_does_not_count(over: dict[str, str]) -> None:
    page = said(summary("none", incidents=[incident(**over)]))
    assert (page.state, page.incidents) == ("ok", ())


def test_a_red_indicator_counts_without_any_incident() -> None:
    assert said(summary("critical")).state == "major"


def test_only_the_parts_that_matter_count_where_the_profile_names_them() -> None:
    document = summary(
        "critical",
        components=[GROUP, LOGIN, component(PAYMENTS, "major_outage")],
        incidents=[incident(impact="critical", components=[PAYMENTS])],
    )
    page = said(document, "Login")
    assert (page.overall, page.state, page.named) == ("major", "ok", True)
    assert [each.name for each in page.components] == ["Login"]
    assert not page.incidents[0].relevant


@pytest.mark.parametrize(
    "name",
    [
        "login",
        "ＬＯＧＩＮ",
        " Login ",
        "57ctn3f2qsyj",
        "Accounts - Login",
        "accounts",
        "Accounts / login",
    ],
)
def test_a_part_is_known_by_name_id_or_group_whatever_its_case_or_width(name: str) -> None:
    page = said(summary(components=[GROUP, component(LOGIN, "partial_outage")]), name)
    assert (page.state, page.named) == ("partial", True)
    assert page.components[0].group == "Accounts"


def test_half_width_kana_are_the_same_name() -> None:
    kana = {**PAYMENTS, "name": "ログイン", "status": "major_outage"}
    assert said(summary(components=[kana]), "ﾛｸﾞｲﾝ").state == "major"


def test_an_incident_on_a_part_that_matters_counts_before_the_part_turns_red() -> None:
    by_component = incident(components=[LOGIN])
    by_code = incident(
        incident_updates=[
            {"affected_components": [{"code": "57ctn3f2qsyj", "name": "Accounts - Login"}]}
        ]
    )
    naming_none = incident(components=None, incident_updates=None)
    for each in (by_component, by_code, naming_none):
        assert said(summary(incidents=[each]), "Login").state == "partial"


def test_a_name_that_the_page_does_not_know_leaves_all_of_it() -> None:
    page = said(summary("major"), "Sign-in")
    assert (page.state, page.named) == ("partial", False)


def test_a_group_row_is_no_part() -> None:
    page = said(summary(components=[component(GROUP, "major_outage"), LOGIN]))
    assert page.state == "ok"


@pytest.mark.parametrize(
    ("changes", "running"),
    [
        ({"status": "in_progress"}, True),
        ({"status": "verifying"}, True),
        ({"status": "scheduled"}, True),
        ({"status": "scheduled", "scheduled_for": "2026-11-22T12:30:00Z"}, False),
        ({"status": "scheduled", "scheduled_until": "2026-11-22T12:00:00Z"}, False),
        ({"status": "in_progress", "scheduled_until": "2026-11-22T11:30:00Z"}, True),
    ],
)
def test_a_maintenance_runs_when_they_say_so_or_its_time_has_come(
    changes: dict[str, str], running: bool
) -> None:
    page = said(summary(scheduled_maintenances=[maintenance(**changes)]))
    assert page.maintenances[0].running is running
    assert page.state == ("maintenance" if running else "ok")


def test_a_completed_maintenance_is_over() -> None:
    page = said(summary(scheduled_maintenances=[maintenance(status="completed")]))
    assert (page.state, page.maintenances) == ("ok", ())


def test_incident_io_leaves_out_and_nulls_what_is_empty() -> None:
    page = said(incident_io(), "login")
    assert (page.state, page.named) == ("ok", True)
    assert page.updated == datetime(2026, 11, 22, 10, 53, 56, 786000, tzinfo=UTC)
    assert said(incident_io("minor")).state == "degraded"


def test_a_status_that_is_not_known_is_unknown_unless_worse_is_known() -> None:
    odd = component(LOGIN, "wobbly")
    assert said(summary(components=[odd])).state == "unknown"
    assert said(summary(components=[odd, component(PAYMENTS, "major_outage")])).state == "major"


@pytest.mark.parametrize(
    "when", [None, "", "yesterday", "2026-11-22T11:40:00", "9999-12-31T23:59:59-23:59"]
)
def test_an_instant_that_cannot_be_read_is_left_out(when: str | None) -> None:
    page = said(summary(incidents=[incident(started_at=when, created_at=when, updated_at=when)]))
    assert (page.incidents[0].since, page.incidents[0].updated) == (None, None)


def test_names_are_one_line_of_bounded_length() -> None:
    page = said(summary(incidents=[incident(name="a\n\tb" + "x" * 5000)]))
    assert page.incidents[0].name.startswith("a bx")
    assert len(page.incidents[0].name) == 200


def test_a_byte_order_mark_does_no_harm() -> None:
    assert read(b"\xef\xbb\xbf" + body(summary("major")), (), NOW).state == "partial"


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"<!DOCTYPE html><html><title>All Systems Operational</title></html>",
        b"null",
        b"[]",
        b"{}",
        b'"ok"',
        b'{"status":"ok"}',
        b'{"status":{"indicator":"none"}}',
        b'{"page":{"id":"x"},"status":{"indicator":null}}',
        b'{"page":{"id":"x"},"status":{"indicator":0}}',
        body({**summary(), "components": {"Login": "operational"}}),
        body({**summary(), "components": [{"id": "x"}]}),
        body({**summary(), "incidents": "none"}),
        body(summary())[:-10],
        body(summary()).decode().encode("utf-16"),
        body(summary()).replace(b"Login", b"\xff\xfe"),
        b"[" * 100_000,
        b'{"page":{"name":"x","status":"UP"}}',
    ],
)
def test_whatever_else_comes_is_refused(wrong: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(wrong, (), NOW)


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("page", "status", "components", "incidents", "scheduled_maintenances"), json_values
        ),
    )
)
def test_any_json_is_a_state_or_refused(changes: dict[str, Any]) -> None:
    try:
        page = said({**summary("none"), **changes})
    except ValueError:
        return
    assert page.state in ("ok", "unknown", "degraded", "partial", "major", "maintenance")
    if changes.get("status") is not None:
        assert page.state != "ok" or changes["status"]["indicator"] == "none"
