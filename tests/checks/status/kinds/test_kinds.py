"""Every kind of page in every state it can show, and nothing else taken for one."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.status.adapters import NAMES, kinds
from checks.status.normal import PageStatus, State
from checks.status.said import said
from diag.app_profile import STATUS_KINDS
from tests.checks.status.kinds import captured
from tests.checks.status.kinds import documents as d
from tests.checks.status.pages import GROUP, LOGIN, component, incident, incident_io, summary
from tests.support import NOW

KINDS = {kind.name: kind for kind in kinds(NAMES)}


def page(kind: str, bodies: Any, *names: str) -> PageStatus:
    """What a kind makes of these documents (bytes, or what JSON stands for)."""
    raw = [each if isinstance(each, bytes) else d.body(each) for each in bodies]
    return said(KINDS[kind].read(raw, NOW), names, NOW)


def statuspage(indicator: str = "none", word: str = "operational") -> list[Any]:
    return [summary(indicator, components=[GROUP, component(LOGIN, word)])]


def test_a_profile_can_name_every_kind_that_can_be_read() -> None:
    assert set(STATUS_KINDS) == {"auto", *KINDS} == {"auto", *NAMES}


STATES: list[tuple[str, Any, State]] = [
    ("statuspage", statuspage(), "ok"),
    ("statuspage", statuspage("minor"), "degraded"),
    ("statuspage", statuspage("major"), "partial"),
    ("statuspage", statuspage("critical"), "major"),
    ("statuspage", statuspage("maintenance"), "maintenance"),
    ("statuspage", statuspage(word="degraded_performance"), "degraded"),
    ("statuspage", statuspage(word="partial_outage"), "partial"),
    ("statuspage", statuspage(word="major_outage"), "major"),
    ("statuspage", statuspage(word="under_maintenance"), "maintenance"),
    ("statuspage", [summary(incidents=[incident()])], "partial"),
    ("incident_io", [incident_io()], "ok"),
    ("incident_io", [incident_io("minor")], "degraded"),
    ("incident_io", [{**incident_io(), "incidents": [incident(impact="critical")]}], "major"),
    ("instatus", d.instatus(), "ok"),
    ("instatus", d.instatus(bare=True), "ok"),
    ("instatus", d.instatus("HASISSUES"), "degraded"),
    ("instatus", d.instatus("HASISSUES", activeIncidents=[d.INSTATUS_INCIDENT]), "major"),
    ("instatus", d.instatus("UNDERMAINTENANCE"), "maintenance"),
    ("instatus", d.instatus(activeMaintenances=[d.INSTATUS_MAINTENANCE]), "maintenance"),
    ("instatus", d.instatus("HASISSUES", "DEGRADEDPERFORMANCE"), "degraded"),
    ("instatus", d.instatus("HASISSUES", "PARTIALOUTAGE"), "partial"),
    ("instatus", d.instatus("HASISSUES", "MAJOROUTAGE", bare=True), "major"),
    ("instatus", [d.instatus()[0], b""], "ok"),
    ("better_stack", d.better_stack(), "ok"),
    ("better_stack", d.better_stack("degraded"), "degraded"),
    ("better_stack", d.better_stack("downtime"), "major"),
    ("better_stack", d.better_stack("maintenance", "maintenance"), "maintenance"),
    ("better_stack", d.better_stack("operational", "downtime"), "major"),
    ("better_stack", d.better_stack("operational", "not_monitored"), "unknown"),
    ("better_stack", d.better_stack("operational", "operational", d.BETTER_REPORT), "degraded"),
    (
        "better_stack",
        d.better_stack(
            "operational", "operational", {**d.BETTER_REPORT, "aggregate_state": "resolved"}
        ),
        "ok",
    ),
    ("cachet2", d.cachet2(), "ok"),
    ("cachet2", [d.cachet2()[0], b"", b"", b""], "ok"),
    ("cachet2", d.cachet2("info", 2), "degraded"),
    ("cachet2", d.cachet2("info", 3), "partial"),
    ("cachet2", d.cachet2("danger", 4), "major"),
    ("cachet2", d.cachet2(part=0), "unknown"),
    ("cachet2", d.cachet2(incident=1), "degraded"),
    ("cachet2", d.cachet2(schedule=1), "maintenance"),
    ("cachet2", d.cachet2(schedule=0), "ok"),
    ("cachet3", d.cachet3(), "ok"),
    ("cachet3", d.cachet3("partial_outage"), "partial"),
    ("cachet3", d.cachet3("major_outage", 4), "major"),
    ("cachet3", d.cachet3("under_maintenance", 6), "maintenance"),
    ("cachet3", d.cachet3(part=5), "unknown"),
    ("cachet3", d.cachet3(incident=2), "degraded"),
    ("statuspal", d.statuspal(), "ok"),
    ("statuspal", d.statuspal("minor", "minor"), "degraded"),
    ("statuspal", d.statuspal("major", "major"), "major"),
    ("statuspal", d.statuspal("scheduled", "scheduled"), "maintenance"),
    ("statuspal", d.statuspal(incidents=[d.STATUSPAL_INCIDENT]), "degraded"),
    ("statuspal", d.statuspal(maintenances=[d.STATUSPAL_INCIDENT]), "maintenance"),
    ("statuspal", d.statuspal(upcoming_maintenances=[d.STATUSPAL_INCIDENT]), "ok"),
    ("status_io", d.status_io(), "ok"),
    ("status_io", d.status_io(200, 200), "maintenance"),
    ("status_io", d.status_io(300, 300), "degraded"),
    ("status_io", d.status_io(400, 400), "partial"),
    ("status_io", d.status_io(500, 500), "major"),
    ("status_io", d.status_io(600), "major"),
    ("status_io", d.status_io(incidents=[d.STATUS_IO_EVENT]), "partial"),
    (
        "status_io",
        d.status_io(maintenance={"active": [d.STATUS_IO_EVENT], "upcoming": []}),
        "maintenance",
    ),
    ("status_io", d.status_io(maintenance={"active": [], "upcoming": [d.STATUS_IO_EVENT]}), "ok"),
    ("uptime_robot", d.uptime_robot(), "ok"),
    ("uptime_robot", d.uptime_robot("danger"), "major"),
    ("uptime_robot", d.uptime_robot("warning"), "degraded"),
    ("uptime_robot", d.uptime_robot("black"), "unknown"),
    ("uptime_robot", d.uptime_robot(total=31), "unknown"),
    ("uptime_robot", d.uptime_robot("danger", "monitor"), "major"),
    ("uptime_robot", d.uptime_robot("success", "data"), "ok"),
    ("uptime_kuma", [d.KUMA_PAGE, d.KUMA_BEATS], "ok"),
    ("uptime_kuma", d.kuma(0), "major"),
    ("uptime_kuma", d.kuma(2), "degraded"),
    ("uptime_kuma", d.kuma(3), "maintenance"),
    ("uptime_kuma", d.kuma(incident=d.KUMA_INCIDENT), "partial"),
    ("uptime_kuma", d.kuma(incidents=[d.KUMA_INCIDENT]), "partial"),
    ("uptime_kuma", d.kuma(incidents=[{**d.KUMA_INCIDENT, "style": "info"}]), "ok"),
    ("uptime_kuma", d.kuma(maintenanceList=[d.KUMA_MAINTENANCE]), "maintenance"),
    ("uptime_kuma", [d.KUMA_PAGE, {"heartbeatList": {}}], "unknown"),
    ("cstate", [d.CSTATE], "partial"),
    ("cstate", d.cstate("ok"), "ok"),
    ("cstate", d.cstate("notice"), "degraded"),
    ("cstate", d.cstate("down"), "major"),
    ("gatus", d.gatus(), "ok"),
    ("gatus", d.gatus(False), "major"),
    ("gatus", [d.gatus()[0], b""], "ok"),
    ("gatus", d.gatus(announced="outage"), "major"),
    ("gatus", d.gatus(announced="warning"), "degraded"),
    ("gatus", d.gatus(announced="information"), "ok"),
    ("gatus", [[], {}], "unknown"),
    ("upptime", d.upptime(), "ok"),
    ("upptime", d.upptime("degraded"), "degraded"),
    ("upptime", d.upptime("down"), "major"),
    ("upptime", [[]], "unknown"),
    ("slack", [d.SLACK_OK], "ok"),
    ("slack", d.slack(), "partial"),
    ("slack", d.slack("notice"), "degraded"),
    ("slack", d.slack("outage"), "major"),
    ("slack", d.slack(status="scheduled"), "unknown"),
    ("google", d.google("2026-11-22T11:59:00+00:00"), "ok"),
    ("google", d.google(), "major"),
    ("google", d.google(impact="SERVICE_DISRUPTION"), "partial"),
    ("google", d.google(impact="SERVICE_INFORMATION"), "degraded"),
    *captured.ALL,
]


@pytest.mark.parametrize(("kind", "bodies", "state"), STATES)
def test_each_state_that_a_page_can_show(kind: str, bodies: Any, state: State) -> None:
    found = page(kind, bodies)
    assert (found.adapter, found.state) == (kind, state)


@pytest.mark.parametrize(
    ("kind", "bodies", "name", "group"),
    [
        ("statuspage", statuspage(word="major_outage"), "ＬＯＧＩＮ", "Accounts"),
        ("instatus", d.instatus("HASISSUES", "MAJOROUTAGE"), "login", "Accounts"),
        ("instatus", d.instatus("HASISSUES", "MAJOROUTAGE", bare=True), "accounts", "Accounts"),
        ("better_stack", d.better_stack("downtime", "downtime"), "Accounts / Login", "Accounts"),
        ("statuspal", d.statuspal("major", "major"), "11", "Accounts"),
        ("status_io", d.status_io(500, 500), "Tokyo", "Login"),
        ("uptime_kuma", d.kuma(0), "unraid", "Dienste"),
        ("cstate", d.cstate("down"), "anmeldung", "Schullogin"),
        ("gatus", d.gatus(False), "accounts_login", "Accounts"),
    ],
)
def test_the_part_that_matters_is_found_in_its_group(
    kind: str, bodies: Any, name: str, group: str
) -> None:
    found = page(kind, bodies, name)
    assert (found.named, found.state) == (True, "major")
    assert found.components[0].group == group


def test_times_are_read_as_each_page_means_them() -> None:
    at = datetime(2026, 11, 22, 11, 40, tzinfo=UTC)
    assert page("uptime_kuma", d.kuma(incidents=[d.KUMA_INCIDENT])).incidents[0].since == at
    (window,) = page("uptime_kuma", d.kuma(maintenanceList=[d.KUMA_MAINTENANCE])).maintenances
    assert (window.start, window.end) == (
        datetime(2026, 11, 22, 11, 0, tzinfo=UTC),
        datetime(2026, 11, 22, 13, 0, tzinfo=UTC),
    )
    (issue,) = page("cstate", [d.CSTATE]).incidents
    assert (issue.since, issue.updated) == (
        datetime(2025, 9, 10, 10, 0, tzinfo=UTC),
        datetime(2025, 9, 12, 17, 20, 2, tzinfo=UTC),
    )
    (event,) = page("statuspal", d.statuspal(incidents=[d.STATUSPAL_INCIDENT])).incidents
    assert event.since is None, "without an offset it could be any instant"
    (window,) = page(
        "instatus", d.instatus(activeMaintenances=[d.INSTATUS_MAINTENANCE])
    ).maintenances
    assert window.end == datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


def test_an_incident_that_touches_other_parts_does_not_count() -> None:
    other = {**d.STATUSPAL_INCIDENT, "service_ids": [99]}
    found = page("statuspal", d.statuspal(incidents=[other]), "Login")
    assert (found.state, found.incidents[0].relevant) == ("ok", False)


def test_the_language_of_what_a_page_says() -> None:
    assert page("cstate", [d.CSTATE]).language == "en"
    in_japanese = d.kuma(incidents=[{**d.KUMA_INCIDENT, "title": "ログイン障害"}])
    assert page("uptime_kuma", in_japanese).language == "ja"


def test_a_title_that_breaks_cstates_json_is_unreadable_not_fine() -> None:
    broken = d.body(d.cstate("ok")[0]).replace(b"LernSax", b'Lern"Sax')
    with pytest.raises(ValueError, match=r"."):
        KINDS["cstate"].read([broken], NOW)


# --- whatever else comes ---


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in a document."""
    yield path
    items: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    for key, item in items:
        yield from places(item, (*path, key))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copied = copy.deepcopy(value)
    at(copied, path[:-1])[path[-1]] = new
    return copied


WORD_KEYS = (
    *("status", "indicator", "impact", "style", "type", "value", "status_code", "aggregate_state"),
    *("statusClass", "summaryStatus", "current_incident_type", "status_impact", "latest_status"),
)


def words_of(kind: str, document: Any) -> Iterator[tuple[Any, ...]]:
    """Where the words stand that say how something is now."""
    for path in places(document):
        if path and path[-1] in WORD_KEYS and isinstance(at(document, path), (str, int)):
            row = at(document, path[:-1])
            if not any((holds_others(row), is_over(row), is_beside(kind, document, path))):
                yield path


def holds_others(row: Any) -> bool:
    return row.get("group") is True or row.get("isParent") or row.get("id") == "g1"


def is_over(row: Any) -> bool:
    return bool(row.get("end") or row.get("resolved_at"))


def is_beside(kind: str, document: Any, path: tuple[Any, ...]) -> bool:
    """Words that say nothing of now: texts beside a code, HTTP statuses, earlier beats, kinds of
    things, what is to come.
    """
    if kind == "uptime_kuma" and "heartbeatList" in path:
        return bool(path[-2] != len(at(document, path[:-2])) - 1)
    return bool(
        (kind == "status_io" and path[-1] == "status" and "messages" not in path)
        or (kind == "gatus" and "results" in path)
        or (kind == "google" and "most_recent_update" in path)
        or (kind == "better_stack" and ("affected_resources" in path or path[-1] == "type"))
        or set(path) & {"status_history", "incident_updates"}
        or (kind in ("uptime_kuma", "cachet3", "uptime_robot") and path[-1] == "type")
        or set(path) & {"upcoming", "upcoming_maintenances"}
    )


JSON_STATES = [
    (kind, bodies)
    for kind, bodies, _ in STATES
    if not any(isinstance(each, bytes) for each in bodies)
]


@pytest.mark.parametrize(("kind", "bodies"), JSON_STATES)
def test_a_word_that_is_not_known_is_never_taken_for_fine(kind: str, bodies: Any) -> None:
    """Every word in every document, exchanged for one that nobody knows: green turns unknown or is
    refused, and red never turns green.
    """
    for number, document in enumerate(bodies):
        for path in words_of(kind, document):
            for odd_word in ("wobbly", 77):
                odd = [*bodies]
                odd[number] = changed(document, path, odd_word)
                try:
                    found = page(kind, odd)
                except ValueError:
                    continue
                assert found.state != "ok", (path, odd_word)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3)
    ),
    max_leaves=6,
)
ALL_STATES: tuple[State, ...] = ("ok", "maintenance", "degraded", "partial", "major", "unknown")


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_whatever_a_document_turns_into_is_a_state_or_refused(data: st.DataObject) -> None:
    kind, bodies, _ = data.draw(st.sampled_from(STATES))
    number = data.draw(st.integers(0, len(bodies) - 1))
    if isinstance(bodies[number], bytes):
        return
    path = data.draw(st.sampled_from(list(places(bodies[number]))))
    drop = data.draw(st.booleans())
    new = None if drop else data.draw(anything)
    odd = [*bodies]
    odd[number] = changed(bodies[number], path, new)
    try:
        found = page(kind, odd)
    except ValueError:
        return
    assert found.state in ALL_STATES
    assert len(found.components) <= 50


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.binary(max_size=400))
def test_bytes_are_refused_or_a_state(kind: str, junk: bytes) -> None:
    try:
        found = page(kind, [junk, junk, junk, junk])
    except ValueError:
        return
    assert found.state != "ok"


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"<!DOCTYPE html><html><title>All Systems Operational</title></html>",
        b"null",
        b"[]",
        b"{}",
        b'{"status":"ok"}',
        b'{"data":{"status":"fine"}}',
        b"[" * 100_000,
        d.body(statuspage()[0]).decode().encode("utf-16"),
        d.body(statuspage()[0])[:-20],
        b'<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>',
        b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "x">]><rss version="2.0"/>',
    ],
)
def test_what_is_something_else_is_never_fine(kind: str, wrong: bytes) -> None:
    try:
        found = page(kind, [wrong, wrong, wrong, wrong])
    except ValueError as error:
        assert str(error)
        return
    assert found.state == "unknown"
