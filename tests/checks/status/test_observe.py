"""The status check against a real web server: what it asks, and what it makes of any answer."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from checks.proxy import ProxyFact
from checks.status import CHECK
from checks.status.observe import StatusFact
from diag.model import Failed, Unmeasured
from tests.checks.status.pages import body, incident, incident_io, maintenance, summary
from tests.support import NOW, context, findings, profile_from, replay, view

PATH = "/api/v2/summary.json"


@pytest.fixture(autouse=True)
def knows_no_other_page(httpserver: HTTPServer) -> None:
    httpserver.no_handler_status_code = 404


NO_PROXY = ProxyFact(source="none")


def collect(status_page: dict[str, Any], now: datetime = NOW, seconds: float = 5.0) -> StatusFact:
    host = replay(network=True, now=now)
    profile = profile_from({"status_page": status_page})
    return CHECK.collect(host, context(profile, NO_PROXY, seconds=seconds))


def codes(fact: StatusFact, url: str) -> set[str]:
    seen = view(profile=profile_from({"status_page": {"url": url}}))
    return {each.code for each in findings(CHECK, fact, seen)}


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (summary(), set()),
        (summary("major"), {"service.outage"}),
        (summary("none", incidents=[incident(impact="minor")]), {"service.degraded"}),
        (
            summary("none", scheduled_maintenances=[maintenance(status="in_progress")]),
            {"service.maintenance"},
        ),
        (incident_io(), set()),
    ],
)
def test_a_page_as_it_comes_over_the_network(
    httpserver: HTTPServer, document: dict[str, Any], found: set[str]
) -> None:
    httpserver.expect_request(PATH, "GET").respond_with_json(document)
    url = httpserver.url_for("")
    fact = collect({"url": url})
    assert fact.page is not None
    assert fact.page.adapter in ("statuspage", "incident_io")
    assert codes(fact, url) == found


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_page_below_a_path(httpserver: HTTPServer, slash: str) -> None:
    httpserver.expect_request(f"/example{PATH}").respond_with_json(summary("critical"))
    fact = collect({"url": httpserver.url_for("/example") + slash, "kind": "statuspage"})
    assert fact.page is not None
    assert fact.page.state == "major"


@pytest.mark.parametrize(
    "response",
    [
        Response("<!DOCTYPE html><h1>All Systems Operational</h1>", content_type="text/html"),
        Response('{"page":{"name":"x","status":"UP"}}', content_type="application/json"),
        Response("", 200),
        Response("nothing here", 404),
        Response("[" * 100_000, content_type="application/json"),
        Response(b"\xff\xfe{\x00}\x00", content_type="application/json"),
    ],
)
def test_what_is_not_understood_is_unknown_never_ok(
    httpserver: HTTPServer, response: Response
) -> None:
    httpserver.expect_request(PATH).respond_with_response(response)
    url = httpserver.url_for("")
    fact = collect({"url": url})
    assert (fact.page, fact.unreachable) == (None, None)
    assert fact.unreadable is not None
    assert (fact.unreadable.code, bool(fact.unreadable.detail)) == ("unparsable", True)
    judged = list(CHECK.judge(fact, view(profile=profile_from({"status_page": {"url": url}}))))
    assert {each.code for each in judged if isinstance(each, Unmeasured)} == {
        "service.outage",
        "service.degraded",
        "service.maintenance",
    }


def test_a_huge_answer_is_unknown(httpserver: HTTPServer) -> None:
    huge = body(summary()) + b" " * (3 << 20)
    httpserver.expect_request(PATH).respond_with_data(huge, content_type="application/json")
    fact = collect({"url": httpserver.url_for("")})
    assert fact.page is None
    assert fact.unreadable is not None


def test_a_page_behind_a_proxy_is_asked_through_it(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_json(summary("major"))
    gsettings = ("gsettings", "list-recursively", "org.gnome.system.proxy")
    host = replay(
        network=True,
        env={"http_proxy": httpserver.url_for("")},
        commands={gsettings: Failed("tool_missing", "run gsettings")},
    )
    profile = profile_from({"status_page": {"url": "http://status.app.test"}})
    fact = CHECK.collect(host, context(profile))
    assert fact.page is not None
    assert fact.page.state == "partial"


@pytest.mark.parametrize("status", [500, 503, 403, 429])
def test_a_page_that_refuses_is_a_note(httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request(PATH).respond_with_data("no", status=status)
    url = httpserver.url_for("")
    fact = collect({"url": url})
    assert fact.unreachable is not None
    assert fact.unreachable.http_status == status
    assert codes(fact, url) == {"status_page.unavailable"}


def test_nobody_listening_is_a_note() -> None:
    url = "http://127.0.0.1:9"
    fact = collect({"url": url})
    assert fact.unreachable is not None
    assert fact.unreachable.code == "refused"
    assert codes(fact, url) == {"status_page.unavailable"}


def test_a_page_that_never_ends_costs_no_more_than_the_deadline(httpserver: HTTPServer) -> None:
    def drip(_: object) -> Response:
        def bytes_for_ever() -> Any:
            for _ in range(60):
                yield b" "
                time.sleep(0.1)

        return Response(bytes_for_ever(), content_type="application/json")

    httpserver.expect_request(PATH).respond_with_handler(drip)
    started = time.monotonic()
    fact = collect({"url": httpserver.url_for("")}, seconds=1.0)
    assert time.monotonic() - started < 1.5
    assert fact.unreachable is not None
    assert fact.unreachable.code == "timeout"


def test_a_kind_that_is_not_known_asks_nothing(httpserver: HTTPServer) -> None:
    fact = collect({"url": httpserver.url_for(""), "kind": "carrier-pigeon"})
    assert fact.unreadable is not None
    assert fact.unreadable.code == "unsupported"
    assert httpserver.log == []


WINDOW = {"days": ["sun"], "start": "20:00", "end": "23:00", "timezone": "Asia/Tokyo"}
SUNDAY_EVENING = datetime(2026, 11, 22, 21, 0, tzinfo=ZoneInfo("Asia/Tokyo"))


def test_a_profile_with_windows_alone_asks_nobody() -> None:
    fact = collect({"maintenance": [WINDOW]}, SUNDAY_EVENING)
    seen = view(
        profile=profile_from({"status_page": {"maintenance": [WINDOW]}}), taken_at=SUNDAY_EVENING
    )
    (found,) = findings(CHECK, fact, seen)
    assert found.code == "service.maintenance"
    assert found.subject == "service"
    assert found.args["until"] == "2026-11-22T14:00:00+00:00"


def test_a_window_that_cannot_be_read_costs_not_the_page(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_json(summary("major"))
    broken = {**WINDOW, "timezone": "Asia/Edo"}
    fact = collect({"url": httpserver.url_for(""), "maintenance": [broken]})
    assert fact.page is not None
    assert fact.plan_unreadable is not None
    with pytest.raises(Failed) as failed:
        collect({"maintenance": [broken]})
    assert failed.value.failure.code == "unparsable"


@pytest.mark.parametrize("profile", [{}, {"status_page": {}}])
def test_without_a_page_and_a_plan_there_is_nothing_to_do(profile: dict[str, Any]) -> None:
    with pytest.raises(Failed) as failed:
        CHECK.collect(replay(), context(profile_from(profile)))
    assert failed.value.failure.code == "not_configured"
