"""What real pages answered, read through a real HTTPS server as it came."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme

from checks.status.adapters import kind_named
from checks.status.normal import State
from tests.checks.status.kinds import captured
from tests.checks.status.kinds import documents as d
from tests.checks.status.kinds.test_kinds import page
from tests.checks.status.test_far_pages import PLACES, collect, serving
from tests.net.conftest import authority
from tests.net.servers import tls_with, web_server

__all__ = ["authority"]

OURS = "https://status.app.test/"
GIVES_AWAY = {kind: (url, html) for kind, url, html, _ in PLACES} | {
    "uptime_robot": (OURS, b"<script>window.pspApiPath = '/api/getMonitorList/AbCdEf123';</script>")
}


@pytest.mark.parametrize(("kind", "bodies", "state"), captured.ALL)
def test_what_a_real_page_answered(
    authority: trustme.CA, kind: str, bodies: list[Any], state: State
) -> None:
    url, html = GIVES_AWAY.get(kind, (OURS, b""))
    known = kind_named(kind)
    assert known is not None
    places = [each.removeprefix("https://") for each in known.addresses(url, html.decode())]
    own = str(urlsplit(url).hostname)
    pages = {place: d.body(body) for place, body in zip(places, bodies, strict=True)}
    if html:
        pages[f"{own}/"] = html
    names = {own, *(place.partition("/")[0] for place in places)}
    with web_server(serving(pages), tls_with(authority.issue_cert(*names))) as web:
        fact = collect(url, kind, names, web)
    assert fact.page is not None, fact
    assert (fact.page.adapter, fact.page.state) == (kind, state)


def test_an_open_incident_counts_while_every_part_is_green() -> None:
    found = page("statuspage", [captured.GITHUB], "API Requests")
    assert (found.word, found.state) == ("ok", "degraded")
    assert found.incidents[0].relevant


def test_a_report_that_is_over_is_over_though_it_has_no_end() -> None:
    assert page("better_stack", [captured.BETTER_STACK], "Better Stack").incidents == ()


def test_maintenance_of_other_parts_in_the_same_container_is_beside_the_point() -> None:
    (theirs,) = page("status_io", [captured.GITLAB], "API").maintenances
    assert (theirs.relevant, theirs.running) == (True, False)
    assert (theirs.start, theirs.end) == (
        datetime(2023, 7, 8, 14, tzinfo=UTC),
        datetime(2023, 7, 8, 19, tzinfo=UTC),
    )
    for other in ("Container Registry", "5b36e07afc1f0804be9d754d", "Zendesk"):
        (beside,) = page("status_io", [captured.GITLAB], other).maintenances
        assert not beside.relevant
    (held,) = page("status_io", [captured.GITLAB], "Google Compute Engine").maintenances
    assert held.relevant


def test_a_monitor_on_a_page_that_is_longer_than_what_comes() -> None:
    found = page("uptime_robot", [captured.BLUESKY], "agaric.us-west.host.bsky.network")
    assert (found.named, found.state) == (True, "ok")


def test_an_incident_is_called_what_it_is_about() -> None:
    (gmail,) = page("google", [captured.GOOGLE_WORKSPACE], "Gmail").incidents
    assert gmail.name.startswith("Gmail Android App users")
    assert (gmail.relevant, gmail.since) == (True, datetime(2026, 9, 18, 5, tzinfo=UTC))
    (storage,) = page("google", [captured.GOOGLE_CLOUD]).incidents
    assert storage.name == "us-central1: GCS is returning stale version of object for bucket"


def test_an_endpoint_that_is_suspended_is_neither_down_nor_fine() -> None:
    """Gatus keeps the last results of one that it no longer asks."""
    for results in (captured.GATUS_TROUBLE, captured.GATUS_FINE):
        assert page("gatus", [[{**results[0], "suspended": True}], {}]).state == "unknown"
