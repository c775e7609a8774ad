"""The newest version: what makers answer, once a day at most, and how far behind is too far."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from checks.browser.facts import BrowserFact, BrowserSettings
from checks.browser.newest import CHECK, makers
from checks.browser.newest.collect import NewestFact
from checks.browser.newest.makers import chrome, edge, firefox
from checks.proxy import ProxyFact
from diag.model import Context, Failed, Finding, OsFamily, Unmeasured
from tests.checks.browser.paper import RECORDED
from tests.support import NOW, PaperHost, context, findings, replay, view

NO_PROXY = ProxyFact(source="none")


def installed(
    brand: Any = "chrome", version: str | None = "155.0.8059.26", **more: Any
) -> BrowserFact:
    return BrowserFact(
        brand=brand,
        engine="firefox" if brand == "firefox" else "chromium",
        name="Google Chrome" if brand == "chrome" else str(brand),
        version=version,
        settings=BrowserSettings(used=True),
        **more,
    )


class Remembered:
    """A `Memory` that lives as long as a test."""

    def __init__(self, **held: str) -> None:
        self.held = held

    def recall(self, key: str) -> str | None:
        return self.held.get(key)

    def keep(self, key: str, value: str) -> None:
        self.held[key] = value

    def save(self) -> None:
        """It is kept already."""


def recorded(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


# --- what makers answer ---


def test_what_makers_answer() -> None:
    assert chrome(recorded("chrome-win64-stable.json")) == "155.0.8059.26"
    products = recorded("edge-products.json")
    assert edge(products, "Windows") == "154.0.4258.62"
    assert edge(products, "MacOS") == "152.0.4191.66"
    assert edge(products, "Linux") == "151.0.4129.101"
    versions = recorded("firefox-versions.json")
    assert firefox(versions, None) == "157.0"


@pytest.mark.parametrize(
    ("major", "newest"),
    [(140, "140.17.0esr"), (153, "153.4.0esr"), (115, "115.40.0esr"), (128, None)],
)
def test_slow_channels_are_compared_with_themselves(major: int, newest: str | None) -> None:
    assert firefox(recorded("firefox-versions.json"), major) == newest


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b"null", b'{"versions": [3]}'])
def test_another_answer_is_told_as_such(body: bytes) -> None:
    for read in (chrome, partial(edge, platform="Windows"), partial(firefox, esr_major=None)):
        with pytest.raises(Failed) as failed:
            read(body)
        assert failed.value.failure.code == "unparsable"


# --- asking ---


@pytest.fixture
def maker(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    monkeypatch.setattr(makers, "CHROME", httpserver.url_for("/{platform}/versions"))
    return httpserver


def device(os: OsFamily = "windows", now: datetime = NOW) -> PaperHost:
    return replay(os=os, network=True, now=now)


def asking(browser: BrowserFact, memory: Remembered | None = None) -> Context:
    base = context(None, browser, NO_PROXY)
    return Context(
        profile=base.profile,
        answers=base.answers,
        facts=base.facts,
        deadline=base.deadline,
        memory=memory or Remembered(),
    )


def test_it_is_asked_for_this_system_once_a_day(maker: HTTPServer) -> None:
    maker.expect_ordered_request("/win64/versions").respond_with_data(
        recorded("chrome-win64-stable.json"), content_type="application/json"
    )
    memory = Remembered()
    first = CHECK.collect(device(), asking(installed(), memory))
    assert first == NewestFact(brand="chrome", version="155.0.8059.26", asked_at=NOW)
    later = device(now=NOW + timedelta(hours=23))
    assert CHECK.collect(later, asking(installed(), memory)) == first
    maker.expect_ordered_request("/win64/versions").respond_with_json(
        {"versions": [{"version": "156.0.8078.79"}]}
    )
    next_day = device(now=NOW + timedelta(hours=25))
    assert CHECK.collect(next_day, asking(installed(), memory)).version == "156.0.8078.79"
    maker.check()


@pytest.mark.parametrize(
    "held", ["", "x 1.2", "2026-11-22T13:00:00+00:00 155.0", f"{NOW.isoformat()} <b>", "2026 1"]
)
def test_what_is_remembered_wrongly_is_asked_again(maker: HTTPServer, held: str) -> None:
    """Broken, of the future by a clock that was wrong, or no version."""
    maker.expect_request("/win64/versions").respond_with_json({"versions": [{"version": "9.1"}]})
    memory = Remembered(**{"browser chrome  windows": held})
    assert CHECK.collect(device(), asking(installed(), memory)).version == "9.1"


@pytest.mark.parametrize("status", [429, 500, 404])
def test_a_maker_that_does_not_say(maker: HTTPServer, status: int) -> None:
    """It took the connection: to call that refused would be wrong."""
    maker.expect_request("/win64/versions").respond_with_data("busy", status=status)
    with pytest.raises(Failed) as failed:
        CHECK.collect(device(), asking(installed()))
    assert failed.value.failure.code == "unparsable"


@pytest.mark.parametrize(
    ("browser", "code"),
    [
        (installed("chromium", origin="distribution"), "not_configured"),
        (installed("firefox", "153.7.0", esr=True, origin="distribution"), "not_configured"),
        (installed("safari", "26.1", origin="system"), "not_configured"),
        (installed("brave", "155.1.80.1"), "unsupported"),
        (installed("chrome", None), "needs_missing"),
    ],
)
def test_nobody_is_asked_where_somebody_else_brings_updates(
    browser: BrowserFact, code: str
) -> None:
    with pytest.raises(Failed) as failed:
        CHECK.collect(replay(os="windows"), asking(browser))
    assert failed.value.failure.code == code


# --- judging ---


def judged(browser: BrowserFact, newest: str | None) -> list[Finding]:
    fact = NewestFact(brand=browser.brand, version=newest, asked_at=NOW)
    return findings(CHECK, fact, view(fact, browser))


@pytest.mark.parametrize(
    ("version", "newest", "severity"),
    [
        ("155.0.8059.26", "155.0.8059.99", None),
        ("153.0.1.1", "155.0.8059.26", None),  # still on its way to people
        ("156.0.8078.79", "155.0.8059.26", None),  # a beta, or a maker's list that is late
        ("152.0.1.1", "155.0.8059.26", "info"),
        ("147.0.1.1", "155.0.8059.26", "warning"),
        ("109.0.5414.168", "155.0.8059.26", "warning"),
    ],
)
def test_how_far_behind_is_too_far(version: str, newest: str, severity: str | None) -> None:
    found = judged(installed(version=version), newest)
    assert [each.severity or "warning" for each in found] == ([severity] if severity else [])


def test_the_slow_channel_counts_its_own_releases() -> None:
    esr = installed("firefox", "140.6.0", esr=True)
    assert judged(installed("firefox", "140.15.0", esr=True), "140.17.0esr") == []
    (finding,) = judged(esr, "140.17.0esr")
    assert (finding.args["behind"], finding.severity) == (11, None)
    (finding,) = judged(installed("firefox", "128.14.0", esr=True), None)
    assert (finding.args["unserved"], finding.severity) == ("128.14.0", None)


def test_without_the_browser_it_cannot_be_told() -> None:
    fact = NewestFact(brand="chrome", version="1.0", asked_at=NOW)
    assert list(CHECK.judge(fact, view(fact))) == [
        Unmeasured(code="browser.outdated", subject="device", reason="needs_missing")
    ]
