"""What Apple has published, as the SOFA feed lists it, and what that means for one Mac."""

from __future__ import annotations

import json
import plistlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pytest_httpserver import HTTPServer

from checks.device import DeviceFact
from checks.os.facts import OsFact
from checks.os.linux.restart import Restart
from checks.os.macos.release import SUPPLEMENT, SYSTEM_VERSION, MacosRelease
from checks.os.newest import CHECK, sofa
from checks.os.newest.collect import NewestFact
from checks.os.patch import Patches
from diag.model import Context, Failed, Finding
from tests.support import context, replay, view

RECORDED = Path(__file__).parents[2] / "recorded" / "os"
V1, V2 = ((RECORDED / f"sofa-{each}.json").read_bytes() for each in ("v1", "v2"))
DAY = date(2026, 8, 22)
NOW = datetime(2026, 8, 22, 19, 0, tzinfo=UTC)
NO_PROXY = (RECORDED.parent / "proxy" / "scutil-none.txt").read_text()
ASK_MODEL = ("sysctl", "-n", "hw.model")


def mac(version: str, extra: str = "") -> MacosRelease:
    return MacosRelease(version=version, build="", extra=extra)


# --- the feed -----------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [V1, V2], ids=["v1", "v2"])
def test_mac_that_is_two_updates_behind(body: bytes) -> None:
    known = sofa.standing(body, mac("26.6"), "Mac14,2")
    assert (known.newest, known.released) == ("26.6.2", date(2026, 8, 17))
    assert (known.missed, known.since, known.exploited) == (2, date(2026, 8, 6), 1)
    assert known.runs[0] == 26


@pytest.mark.parametrize("body", [V1, V2], ids=["v1", "v2"])
def test_mac_that_has_everything_of_its_own_system(body: bytes) -> None:
    """Nobody is told to move to a newer macOS as long as the own one is served."""
    known = sofa.standing(body, mac("15.7.9"), "MacBookPro15,1")
    assert (known.newest, known.missed, known.since) == ("15.7.9", 0, None)
    assert known.runs == (15, 14, 13, 12)


def test_background_security_improvement_is_for_its_very_version() -> None:
    assert sofa.standing(V2, mac("26.3.1"), "").extra == "(a)"
    assert sofa.standing(V2, mac("26.6.2"), "").extra == ""
    assert sofa.standing(V1, mac("26.3.1"), "").extra == ""


def test_model_that_is_not_listed() -> None:
    assert sofa.standing(V2, mac("26.6.2"), "VirtualMac2,1").runs == ()


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"OSVersions": [{"OSVersion": "Tahoe 26"}]}', b"[" * 100_000, V2[:5000]],
)
def test_what_is_no_feed(body: bytes) -> None:
    with pytest.raises(Failed, match="unparsable"):
        sofa.standing(body, mac("26.6.2"), "Mac14,2")


def test_system_that_is_not_listed() -> None:
    with pytest.raises(Failed, match="no macOS 99"):
        sofa.standing(V2, mac("99.1"), "Mac14,2")


def test_system_that_has_ended_is_not_listed_any_more() -> None:
    """What its model can run still is."""
    known = sofa.standing(V2, mac("12.7.6"), "MacBookPro15,1", ended=True)
    assert (known.newest, known.missed, known.runs) == ("", 0, (15, 14, 13, 12))


@pytest.mark.parametrize("name", ["SecurityReleases", "Models", "BackgroundSecurityImprovements"])
def test_parts_in_another_form_are_not_known(name: str) -> None:
    feed = json.loads(V2)
    target = feed["OSVersions"][0] if name == "SecurityReleases" else feed
    for odd in (None, [1], {"Mac14,2": 7, "26": [3]}):
        target[name] = odd
        known = sofa.standing(json.dumps(feed).encode(), mac("26.6.2"), "Mac14,2")
        assert known.newest == "26.6.2"


# --- asking -------------------------------------------------------------------------------------


class Notes:
    """A memory in a dict."""

    def __init__(self) -> None:
        self.held: dict[str, str] = {}

    def recall(self, key: str) -> str | None:
        return self.held.get(key)

    def keep(self, key: str, value: str) -> None:
        self.held[key] = value

    def save(self) -> None:
        """Nowhere."""


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer) -> Iterator[HTTPServer]:
    httpserver.expect_request("/v2/macos_data_feed.json").respond_with_data(
        V2, content_type="application/json"
    )
    monkeypatch.setattr(sofa, "URL", httpserver.url_for("/v2/macos_data_feed.json"))
    yield httpserver


def asking(memory: Notes, now: datetime = NOW, version: str = "26.6") -> NewestFact:
    system = plistlib.dumps({"ProductVersion": version, "ProductBuildVersion": "25G72"})
    host = replay(
        "macos",
        {ASK_MODEL: "Mac14,2\n", ("scutil", "--proxy"): NO_PROXY},
        files={SYSTEM_VERSION: system, SUPPLEMENT: None},
        now=now,
        network=True,
    )
    bare = context()
    return CHECK.collect(
        host, Context(bare.profile, bare.answers, bare.facts, bare.deadline, memory)
    )


def test_asked_once_a_day(feed: HTTPServer) -> None:
    memory = Notes()
    first = asking(memory)
    assert (first.newest, first.missed, first.goes_to, first.stuck) == ("26.6.2", 2, 26, False)
    assert len(feed.log) == 1
    assert asking(memory, NOW + timedelta(hours=23)) == first
    assert len(feed.log) == 1
    assert asking(memory, NOW + timedelta(hours=25)).asked_at > first.asked_at
    assert len(feed.log) == 2
    assert all(len(held) <= 500 for held in memory.held.values())


def test_another_version_or_a_clock_that_was_wrong_asks_anew(feed: HTTPServer) -> None:
    memory = Notes()
    asking(memory)
    asking(memory, version="26.6.2")
    asking(memory, NOW - timedelta(days=3))
    assert len(feed.log) == 3


def test_what_was_noted_may_be_anything(feed: HTTPServer) -> None:
    memory = Notes()
    memory.held["sofa 26.6  Mac14,2"] = '{"asked_at": 1}'
    assert asking(memory).missed == 2
    assert len(feed.log) == 1


def test_server_that_is_in_trouble(feed: HTTPServer) -> None:
    feed.clear()
    feed.expect_request("/v2/macos_data_feed.json").respond_with_data("busy", status=503)
    with pytest.raises(Failed, match="HTTP 503") as caught:
        asking(Notes())
    assert caught.value.failure.code == "unparsable", "it took the connection"


def test_mac_whose_system_has_ended_asks_what_it_can_run(feed: HTTPServer) -> None:
    known = asking(Notes(), version="12.7.6")
    assert (known.newest, known.missed, known.goes_to, known.stuck) == ("", 0, 26, False)
    assert len(feed.log) == 1
    assert found(known, days=300) == {}


def test_mac_whose_system_is_newer_than_the_feed_cannot_be_told(feed: HTTPServer) -> None:
    with pytest.raises(Failed, match="no macOS 99"):
        asking(Notes(), version="99.1")
    assert len(feed.log) == 1


@pytest.mark.parametrize("family", ["linux", "windows"])
def test_other_systems_are_told_by_their_own_updates(family: Any) -> None:
    with pytest.raises(Failed, match="not_configured"):
        CHECK.collect(replay(family), context())


# --- judging ------------------------------------------------------------------------------------


def newest(**changes: Any) -> NewestFact:
    known = NewestFact(
        installed="26.6",
        model="Mac14,2",
        newest="26.6.2",
        released=date(2026, 8, 17),
        since=date(2026, 8, 6),
        missed=2,
        goes_to=26,
        stuck=False,
        asked_at=NOW,
    )
    return msgspec.structs.replace(known, **changes)


def here(security: int | None) -> OsFact:
    patches = None if security is None else Patches(manager="m", pending=0, security=security)
    return OsFact(
        id="macos",
        version="26.6",
        name="macOS 26.6",
        table_date=DAY,
        patches=patches,
        restart=Restart(pending=None),
    )


def found(fact: NewestFact, own: OsFact | None = None, days: int = 0) -> dict[str, Finding]:
    facts = (fact,) if own is None else (fact, own)
    seen = view(*facts, os="macos", taken_at=NOW + timedelta(days=days))
    return {each.code: each for each in CHECK.judge(fact, seen) if isinstance(each, Finding)}


def test_update_that_is_late() -> None:
    assert found(newest(since=date(2026, 8, 17))) == {}, "Apple hands it out over two weeks"
    noted = found(newest(), days=1)["os.behind"]
    assert (noted.severity, noted.args["days"]) == ("info", 17)
    assert found(newest(), days=30)["os.behind"].severity is None
    assert found(newest(exploited=1), days=1)["os.behind"].severity is None


def test_organisation_may_hold_an_update_back() -> None:
    def severity(days: int) -> str | None:
        seen = view(
            newest(), DeviceFact(managed=True), os="macos", taken_at=NOW + timedelta(days=days)
        )
        (finding,) = CHECK.judge(newest(), seen)
        assert isinstance(finding, Finding)
        return finding.severity

    assert severity(days=30) == "info"
    assert severity(days=80) is None


def test_what_the_mac_says_itself_is_not_said_twice() -> None:
    assert found(newest(), here(security=1), days=30) == {}
    assert "os.behind" in found(newest(), here(security=0), days=30)
    assert "os.behind" in found(newest(), here(security=None), days=30)


def test_newest_of_the_own_system_is_enough() -> None:
    assert found(newest(missed=0, since=None), days=300) == {}


def test_background_security_improvement_that_is_missing() -> None:
    bare = newest(installed="26.3.1", missed=0, since=None, extra="(a)")
    assert found(bare)["os.behind"].args["extra"] == "26.3.1 (a)"
    assert found(msgspec.structs.replace(bare, extra_installed="(a)")) == {}


def test_model_that_cannot_go_on() -> None:
    finding = found(newest(goes_to=None, stuck=True, missed=0))["os.model_end_of_life"]
    assert finding.severity is None
    assert found(newest(goes_to=None, stuck=None, missed=0)) == {}
