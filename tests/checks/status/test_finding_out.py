"""Which kind of page it is, found out through a real web server, and remembered."""

from __future__ import annotations

import gzip
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from checks.proxy import ProxyFact
from checks.status import CHECK
from checks.status.adapters import by_host, given_away
from checks.status.asking import same_site
from checks.status.observe import StatusFact
from diag.memory import FileMemory
from diag.model import Context, Facts, Unmeasured
from tests.checks.status.kinds import documents as d
from tests.checks.status.pages import incident_io, summary
from tests.support import NOW, context, findings, profile_from, replay, view

NO_PROXY = ProxyFact(source="none")
JSON = "application/json"

KUMA = {
    "/api/status-page/dashboard": d.KUMA_PAGE,
    "/api/status-page/heartbeat/dashboard": d.KUMA_BEATS,
}
CACHET2 = dict(
    zip(
        ("/api/v1/status", "/api/v1/components", "/api/v1/incidents", "/api/v1/schedules"),
        d.cachet2("danger", 4),
        strict=True,
    )
)
CACHET3 = dict(
    zip(
        ("/api/status", "/api/components", "/api/incidents", "/api/schedules"),
        d.cachet3("major_outage", 4),
        strict=True,
    )
)
GATUS = {
    "/": b"<!doctype html><title>Health Dashboard | Gatus</title>",
    "/api/v1/endpoints/statuses": d.gatus(False)[0],
    "/api/v1/config": d.gatus()[1],
}

PAGES: list[tuple[str, str, dict[str, Any], str]] = [
    ("statuspage", "", {"/api/v2/summary.json": summary("major")}, "partial"),
    ("incident_io", "", {"/api/v2/summary.json": incident_io("minor")}, "degraded"),
    (
        "instatus",
        "",
        {
            "/summary.json": d.instatus("HASISSUES", "MAJOROUTAGE")[0],
            "/v3/components.json": d.instatus("HASISSUES", "MAJOROUTAGE")[1],
        },
        "major",
    ),
    ("better_stack", "", {"/index.json": d.better_stack("downtime", "downtime")[0]}, "major"),
    ("cstate", "", {"/index.json": d.CSTATE}, "partial"),
    ("uptime_kuma", "/status/dashboard", KUMA, "ok"),
    (
        "uptime_kuma",
        "",
        {"/": b"<script>window.preloadData = {'config':{'slug':'dashboard'}};</script>", **KUMA},
        "ok",
    ),
    ("cachet2", "", {"/": b"<html><footer>Powered by Cachet</footer>", **CACHET2}, "major"),
    ("cachet3", "", {"/": b"<html><footer>Powered by Cachet</footer>", **CACHET3}, "major"),
    ("gatus", "", GATUS, "major"),
    (
        "uptime_robot",
        "",
        {
            "/": b"<script>window.pspApiPath = '/api/getMonitorList/AbCdEf123';</script>",
            "/api/getMonitorList/AbCdEf123": d.uptime_robot("danger")[0],
        },
        "major",
    ),
    (
        "feed",
        "",
        {
            "/": b'<html><link rel=alternate type="application/atom+xml" href="/history.atom">',
            "/history.atom": d.atom("Login fails", "Investigating", "2026-11-22T11:40:00Z"),
        },
        "degraded",
    ),
    (
        "statusiq",
        "",
        {
            "/": b'<html>Site24x7 StatusIQ<link type="application/rss+xml" href="/rss">',
            "/rss": d.rss(("Login - Major Outage", "", "Sun, 22 Nov 2026 11:40:00 +0000")),
        },
        "major",
    ),
    (
        "notices",
        "/info",
        {"/info": "<html><p>現在、ログインできない障害が発生しています。".encode()},
        "partial",
    ),
]


def serve(server: HTTPServer, pages: Mapping[str, Any]) -> None:
    server.no_handler_status_code = 404
    for path, content in pages.items():
        if isinstance(content, bytes):
            server.expect_request(path).respond_with_data(content, content_type="text/html")
        else:
            server.expect_request(path).respond_with_json(content)


def collect(url: str, kind: str = "auto", memory: Any = None, seconds: float = 5.0) -> StatusFact:
    profile = profile_from({"status_page": {"url": url, "kind": kind}})
    made = context(profile, NO_PROXY, seconds=seconds)
    if memory is not None:
        made = Context(profile, made.answers, Facts([NO_PROXY]), made.deadline, memory)
    return CHECK.collect(replay(network=True, now=NOW), made)


@pytest.mark.parametrize(("kind", "path", "pages", "state"), PAGES)
def test_each_kind_is_found_out_and_read(
    httpserver: HTTPServer, kind: str, path: str, pages: dict[str, Any], state: str
) -> None:
    serve(httpserver, pages)
    fact = collect(httpserver.url_for(path))
    assert fact.page is not None, fact
    assert (fact.page.adapter, fact.page.state) == (kind, state)
    # What an earlier test no longer waited for may still come in: not below this one's path.
    looked = [request.path for request, _ in httpserver.log if request.path.startswith(path)]
    tried = {each for each in looked if each not in pages or each in ("/", path)}
    assert len(tried) <= 4 + (4 if kind.startswith("cachet") else 0)
    assert len(set(looked)) <= 9


@pytest.mark.parametrize(("kind", "path", "pages", "state"), PAGES)
def test_each_kind_can_be_named(
    httpserver: HTTPServer, kind: str, path: str, pages: dict[str, Any], state: str
) -> None:
    serve(httpserver, pages)
    fact = collect(httpserver.url_for(path), kind)
    assert fact.page is not None, fact
    assert (fact.page.adapter, fact.page.state) == (kind, state)


def test_another_kinds_page_is_unknown_to_the_kind_that_is_named(httpserver: HTTPServer) -> None:
    serve(httpserver, {"/api/v2/summary.json": summary("major")})
    fact = collect(httpserver.url_for(""), "gatus")
    assert fact.page is None
    assert fact.unreadable is not None
    assert "404" in fact.unreadable.detail


# --- remembered ---


def test_a_kind_is_remembered_and_asked_for_alone(httpserver: HTTPServer, tmp_path: Any) -> None:
    serve(httpserver, {"/index.json": d.CSTATE})
    first = FileMemory(tmp_path / "cache" / "memory.json")
    assert collect(httpserver.url_for(""), memory=first).page is not None
    first.save()
    before = len(httpserver.log)
    again = FileMemory(tmp_path / "cache" / "memory.json")
    assert collect(httpserver.url_for(""), memory=again).page is not None
    assert [request.path for request, _ in httpserver.log[before:]] == ["/index.json"]


def test_a_page_that_has_moved_to_another_maker_is_found_out_anew(
    httpserver: HTTPServer, tmp_path: Any
) -> None:
    memory = FileMemory(tmp_path / "memory.json")
    url = httpserver.url_for("")
    memory.keep(f"status_page {url}", "cstate")
    serve(httpserver, {"/api/v2/summary.json": summary("major")})
    fact = collect(url, memory=memory)
    assert fact.page is not None
    assert fact.page.adapter == "statuspage"
    assert memory.recall(f"status_page {url}") == "statuspage"


def test_what_is_remembered_wrongly_does_no_harm(httpserver: HTTPServer, tmp_path: Any) -> None:
    memory = FileMemory(tmp_path / "memory.json")
    url = httpserver.url_for("")
    memory.keep(f"status_page {url}", "carrier-pigeon")
    serve(httpserver, {"/api/v2/summary.json": summary()})
    assert collect(url, memory=memory).page is not None


# --- hosts ---


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://example.statuspage.io", "statuspage"),
        ("https://EXAMPLE.StatusPage.io./", "statuspage"),
        ("https://example.instatus.com/", "instatus"),
        ("https://example.betteruptime.com", "better_stack"),
        ("https://example.statuspal.eu", "statuspal"),
        ("https://stats.uptimerobot.com/AbCdEf1", "uptime_robot"),
        ("https://slack-status.com", "slack"),
        ("https://www.google.com/appsstatus/dashboard/", "google"),
        ("https://status.cloud.google.com/", "google"),
        ("https://evil.test/statuspage.io", None),
        ("https://statuspage.io.evil.test", None),
        ("https://evilstatuspage.io", None),
        ("https://www.google.com/", None),
        ("https://evil.test/?u=www.google.com/appsstatus", None),
    ],
)
def test_a_makers_own_hosts_are_matched_strictly(url: str, kind: str | None) -> None:
    found = by_host(url)
    assert (found.name if found else None) == kind


@pytest.mark.parametrize(
    ("kind", "page", "address"),
    [
        (
            "status_io",
            '<script>var statuspage_id = "5b36dc6502d06804c08349f1";</script>',
            "https://api.status.io/1.0/status/5b36dc6502d06804c08349f1",
        ),
        (
            "statuspal",
            '<a href="https://statuspal.eu/status_pages/maslak">',
            "https://statuspal.eu/api/v2/status_pages/maslak/summary",
        ),
        (
            "upptime",
            "fetch('https://raw.githubusercontent.com/upptime/upptime/master/history/summary.json')",
            "https://raw.githubusercontent.com/upptime/upptime/HEAD/history/summary.json",
        ),
    ],
)
def test_a_page_gives_its_maker_away(kind: str, page: str, address: str) -> None:
    (found,) = given_away("https://status.app.test/", page)
    assert (found.name, found.addresses("https://status.app.test/", page)) == (kind, (address,))


@pytest.mark.parametrize(
    ("came", "same"),
    [
        ("https://status.app.test/ja", True),
        ("https://www.app.test/", True),
        ("https://portal.cafe.test/", False),
        ("http://192.168.1.1/login", False),
    ],
)
def test_which_redirects_stay_at_the_vendors(came: str, same: bool) -> None:
    assert same_site("https://status.app.test/", came) is same
    assert not same_site("https://status.app.co.jp/", "https://status.other.co.jp/")


# --- bad input ---

GREEN = d.body(summary())
HUGE = 200 << 20


def huge(_: Request) -> Response:
    """200 MB, as they come: nobody has to hold them."""
    return Response((b" " * (1 << 16) for _ in range(HUGE >> 16)), content_type=JSON)


def bomb(_: Request) -> Response:
    packed = gzip.compress(b" " * (64 << 20) + GREEN)
    return Response(packed, content_type=JSON, headers={"Content-Encoding": "gzip"})


def drip(_: Request) -> Response:
    def slowly() -> Any:
        for byte in GREEN:
            yield bytes([byte])
            time.sleep(0.2)

    return Response(slowly(), content_type=JSON)


def to_the_router(_: Request) -> Response:
    return Response("", 302, headers={"Location": "ftp://192.168.0.1/api/v2/summary.json"})


def for_ever(request: Request) -> Response:
    return Response("", 302, headers={"Location": request.url + "/x"})


@pytest.mark.parametrize(
    "answer",
    [
        huge,
        bomb,
        drip,
        to_the_router,
        for_ever,
        Response(GREEN.decode().encode("utf-16"), content_type=JSON),
        Response(GREEN[:-5], content_type=JSON),
        Response(GREEN.replace(b'"none"', b'"wobbly"'), content_type=JSON),
        Response(GREEN.replace(b'"none"', b"null"), content_type=JSON),
        Response("<html>All Systems Operational", content_type=JSON),
        Response("", 204),
        Response("not gzip at all", headers={"Content-Encoding": "gzip"}),
        Response(b"\x00" * 5000, content_type="application/octet-stream"),
    ],
)
@pytest.mark.parametrize("kind", ["auto", "statuspage"])
def test_bad_input_is_unknown_with_its_reason_in_time_and_in_little_memory(
    httpserver: HTTPServer, answer: Any, kind: str
) -> None:
    import resource

    httpserver.no_handler_status_code = 404
    handler = httpserver.expect_request("/api/v2/summary.json")
    if callable(answer) and not isinstance(answer, Response):
        handler.respond_with_handler(answer)
    else:
        handler.respond_with_response(answer)
    url = httpserver.url_for("")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    fact = collect(url, kind, seconds=2.0)
    assert time.monotonic() - started < 2.5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 160 << 10  # KiB; the
    # server in this process holds the bomb
    seen = view(profile=profile_from({"status_page": {"url": url}}))
    told = {each.code for each in findings(CHECK, fact, seen)}
    assert told <= {"status_page.unavailable"}
    open_codes = {each.code for each in CHECK.judge(fact, seen) if isinstance(each, Unmeasured)}
    assert open_codes == {"service.outage", "service.degraded", "service.maintenance"}
    if fact.page is not None:
        assert fact.page.state == "unknown"
    else:
        why = fact.unreachable or fact.unreadable
        assert why is not None
        assert why.code


def test_a_page_that_leads_to_another_site_is_no_notice_of_the_vendor(
    httpserver: HTTPServer,
) -> None:
    httpserver.no_handler_status_code = 404
    port = urlsplit(httpserver.url_for("")).port
    away = f"http://127.0.0.1:{port}/portal"
    httpserver.expect_request("/info").respond_with_data("", 302, headers={"Location": away})
    httpserver.expect_request("/portal").respond_with_data(
        "<html><p>現在、障害が発生しています。", content_type="text/html; charset=utf-8"
    )
    for kind in ("auto", "notices"):
        fact = collect(f"http://localhost:{port}/info", kind)
        assert fact.page is None
        assert fact.unreadable is not None
