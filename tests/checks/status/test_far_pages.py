"""Pages whose documents stand at their makers' own hosts, over real HTTPS, in each of their states.

The names lead to a server on loopback, which shows a certificate for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme

from checks.proxy import ProxyFact
from checks.status import CHECK
from checks.status.normal import State
from checks.status.observe import StatusFact
from diag.model import Unmeasured
from tests.checks.status.kinds import documents as d
from tests.checks.status.kinds.test_kinds import STATES
from tests.net.conftest import authority
from tests.net.servers import WebServer, answer, path_of, tls_with, web_server
from tests.support import context, findings, profile_from, replay, view

__all__ = ["authority"]

ADDRESS = "203.0.113.7"
OURS = "https://status.app.test/"
NO_PROXY = ProxyFact(source="none")

PLACES: list[tuple[str, str, bytes, str]] = [
    (
        "statuspal",
        "https://maslak.statuspal.eu",
        b"",
        "statuspal.eu/api/v2/status_pages/maslak/summary",
    ),
    (
        "statuspal",
        OURS,
        b'<a href="https://statuspal.io/status_pages/maslak">Statuspal</a>',
        "statuspal.io/api/v2/status_pages/maslak/summary",
    ),
    (
        "status_io",
        OURS,
        b'<script>var statuspage_id = "5b36dc6502d06804c08349f1";</script>',
        "api.status.io/1.0/status/5b36dc6502d06804c08349f1",
    ),
    (
        "upptime",
        OURS,
        b"fetch('https://raw.githubusercontent.com/upptime/upptime/master/history/summary.json')",
        "raw.githubusercontent.com/upptime/upptime/HEAD/history/summary.json",
    ),
    (
        "upptime",
        "https://github.com/upptime/upptime",
        b"",
        "raw.githubusercontent.com/upptime/upptime/HEAD/history/summary.json",
    ),
    ("slack", "https://slack-status.com/", b"", "slack-status.com/api/v2.0.0/current"),
    (
        "google",
        "https://www.google.com/appsstatus/dashboard/",
        b"",
        "www.google.com/appsstatus/dashboard/incidents.json",
    ),
    ("google", "https://status.cloud.google.com/", b"", "status.cloud.google.com/incidents.json"),
]
"""A kind, its page's address and HTML, and where its document has to be asked for."""

CASES = [
    (kind, url, html, document, bodies[0], state)
    for kind, url, html, document in PLACES
    for known, bodies, state in STATES
    if known == kind
]
CODES: dict[State, set[str]] = {
    "ok": set(),
    "maintenance": {"service.maintenance"},
    "degraded": {"service.degraded"},
    "partial": {"service.outage"},
    "major": {"service.outage"},
    "unknown": set(),
}


def host_of(head: bytes) -> str:
    (host,) = [
        line[5:].strip().decode()
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"host:")
    ]
    return host


def serving(pages: Mapping[str, bytes]) -> Any:
    """What a web server says that has these `host/path`, and nothing else."""

    def reply(head: bytes) -> list[bytes]:
        body = pages.get(host_of(head) + path_of(head))
        return [answer(b"", "404 Not Found") if body is None else answer(body)]

    return reply


def collect(url: str, kind: str, names: set[str], web: WebServer) -> StatusFact:
    host = replay(
        resolves={
            **{(name, "ipv4"): [ADDRESS] for name in names},
            **{(name, "ipv6"): "EAI_NONAME" for name in names},
        },
        detours={(ADDRESS, 443): web.port},
    )
    profile = profile_from({"status_page": {"url": url, "kind": kind}})
    return CHECK.collect(host, context(profile, NO_PROXY))


def codes(fact: StatusFact, url: str) -> set[str]:
    seen = view(profile=profile_from({"status_page": {"url": url}}))
    return {each.code for each in findings(CHECK, fact, seen)}


@pytest.mark.parametrize("how", ["auto", "named"])
@pytest.mark.parametrize(("kind", "url", "html", "document", "content", "state"), CASES)
def test_each_state_at_the_makers_own_host(
    authority: trustme.CA,
    how: str,
    kind: str,
    url: str,
    html: bytes,
    document: str,
    content: Any,
    state: State,
) -> None:
    own = str(urlsplit(url).hostname)
    names = {own, document.partition("/")[0]}
    pages = {document: d.body(content)}
    if html:
        pages[f"{own}/"] = html
    with web_server(serving(pages), tls_with(authority.issue_cert(*names))) as web:
        fact = collect(url, kind if how == "named" else how, names, web)
        asked = [host_of(head) + path_of(head) for head in web.heads]
    assert fact.page is not None, fact
    assert (fact.page.adapter, fact.page.state) == (kind, state)
    assert asked.count(document) == 1
    assert codes(fact, url) == CODES[state]


@pytest.mark.parametrize(("kind", "url", "html", "document"), PLACES)
def test_somebody_elses_certificate_at_that_host_is_not_believed(
    authority: trustme.CA, kind: str, url: str, html: bytes, document: str
) -> None:
    """A portal or an interceptor that answers for the name: what it says is no evidence."""
    own, maker = str(urlsplit(url).hostname), document.partition("/")[0]
    green = next(bodies[0] for known, bodies, state in STATES if (known, state) == (kind, "ok"))
    pages = {document: d.body(green), f"{own}/": html}
    with web_server(serving(pages), tls_with(authority.issue_cert("portal.cafe.test"))) as web:
        fact = collect(url, kind, {own, maker}, web)
    assert fact.page is None
    seen = view(profile=profile_from({"status_page": {"url": url}}))
    unmeasured = {each.code for each in CHECK.judge(fact, seen) if isinstance(each, Unmeasured)}
    assert unmeasured == {"service.outage", "service.degraded", "service.maintenance"}
