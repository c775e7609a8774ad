"""A copy held against its stores: which of them counts, and what everybody has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.checks.app.judging import copy, failed, judged, needing, offer, remedies, said, seen_on
from tests.support import NOW

# --- older, as new, newer ---


def test_older_than_the_store() -> None:
    findings, unknown = judged(copy("1.9"), stores=(offer("1.10"),))
    finding = findings["app.outdated"]
    assert unknown == {}
    assert (finding.severity, finding.confidence) == (None, "certain")
    assert said(finding) == {
        "app": {"en": "Example", "ja": "例"},
        "installed": "1.9",
        "source": "command",
        "newest": "1.10",
        "newest_store": "json",
        "released": "2026-11-10T00:00:00+00:00",
        "store_url": "https://store.app.test/example",
    }


@pytest.mark.parametrize("version", ["1.10", "1.10.0", "1.11", "2.0"])
def test_as_new_or_newer_is_no_fault(version: str) -> None:
    assert judged(copy(version), stores=(offer("1.10"),)) == ({}, {})


def test_builds_decide_where_the_versions_are_the_same() -> None:
    stores = (offer("1.10", "macos", "sparkle", build="451"),)
    seen = seen_on("macos")
    for build, outdated in (("450", True), ("451", False), ("452", False), (None, False)):
        findings, _ = judged(copy("1.10", "bundle", build=build), stores=stores, seen=seen)
        assert bool(findings) is outdated, build
    findings, unknown = judged(copy("Aurora", "bundle", build="450"), stores=stores, seen=seen)
    assert (list(findings), unknown) == (["app.outdated"], {})


def test_older_than_the_service_accepts() -> None:
    findings, _ = judged(copy("1.9"), stores=(offer("2.1"),), seen=needing("2.0"))
    finding = findings["app.outdated"]
    assert (finding.severity, finding.args["minimum"]) == ("problem", "2.0")


def test_older_than_the_service_accepts_though_no_store_answers() -> None:
    findings, _ = judged(copy("1.9"), stores=(failed("timeout"),), seen=needing("2.0"))
    assert findings["app.outdated"].severity == "problem"
    assert findings["app.outdated"].args["newest"] is None


def test_accepted_and_no_store_to_ask() -> None:
    assert judged(copy("2.0"), seen=needing("2.0")) == ({}, {})


@pytest.mark.parametrize("version", ["latest", None])
def test_what_cannot_be_compared_is_unknown(version: str | None) -> None:
    findings, unknown = judged(copy(version), stores=(offer("1.10"),))
    assert (findings, unknown) == ({}, {"app.outdated": "unparsable"})
    findings, unknown = judged(copy(version), seen=needing("2.0"))
    assert (findings, unknown) == ({}, {"app.outdated": "unparsable"})


# --- which store counts ---


def test_a_store_for_other_devices_is_not_compared() -> None:
    findings, unknown = judged(copy("1.9"), stores=(offer("5.0", "ios", "app_store"),))
    assert (findings, unknown) == ({}, {"app.outdated": "needs_missing"})


def test_an_iphones_app_on_a_mac_is_compared_with_the_iphones_store() -> None:
    """What it needs is the iPhone's system, which tells nothing about the Mac's."""
    stores = (offer("5.2", "ios", "app_store", minimum_os="18.0"), offer("9.0", "macos"))
    place = copy("5.1", "bundle", ios=True, channel="app_store")
    findings, _ = judged(place, stores=stores, seen=seen_on("macos"), os_version="14.5")
    assert findings["app.outdated"].args["newest"] == "5.2"


def test_the_newest_of_several_stores_and_what_the_others_say() -> None:
    stores = (offer("1.10"), failed("timeout", "sparkle"), offer("1.12", source="github"))
    findings, _ = judged(copy("1.11"), stores=stores)
    args = said(findings["app.outdated"])
    assert (args["newest"], args["newest_store"]) == ("1.12", "github")
    assert (args["in_json"], args["in_github"]) == ("1.10", "1.12")


def test_the_makers_word_counts_more_than_a_packagers() -> None:
    stores = (offer("1.10"), offer("1.12", source="winget"))
    assert judged(copy("1.10"), stores=stores) == ({}, {})
    findings, _ = judged(copy("1.9"), stores=stores)
    args = said(findings["app.outdated"])
    assert (args["newest"], args["in_json"], args["in_winget"]) == ("1.10", "1.10", "1.12")


def test_a_packagers_word_counts_where_the_makers_cannot_be_compared() -> None:
    for stores in (
        (offer("Aurora"), offer("1.12", source="winget")),
        (failed("timeout"), offer("1.12", source="winget")),
    ):
        findings, _ = judged(copy("1.10"), stores=stores)
        assert findings["app.outdated"].args["newest"] == "1.12"


@pytest.mark.parametrize(
    ("packaged", "outdated"),
    [("1.10.0.20241105", False), ("1.10.20241105", False), ("1.11.0.20241105", True)],
)
def test_chocolateys_days_are_not_the_makers(packaged: str, outdated: bool) -> None:
    stores = (offer(packaged, source="chocolatey"),)
    findings, _ = judged(copy("1.10.0", "uninstall", channel="chocolatey"), stores=stores)
    assert bool(findings) is outdated


def test_stores_that_agree_are_not_listed() -> None:
    findings, _ = judged(copy("1.9"), stores=(offer("1.10"), offer("1.10.0", source="github")))
    assert not [name for name in said(findings["app.outdated"]) if name.startswith("in_")]


def test_the_store_that_a_copy_came_from_counts_alone() -> None:
    """What another one has already cannot be got by it yet."""
    stores = (offer("2.0", "linux", "flathub"), offer("2.1"))
    assert judged(copy("2.0", "flatpak", channel="flathub"), stores=stores) == ({}, {})
    findings, _ = judged(copy("1.9", "flatpak", channel="flathub"), stores=stores)
    args = said(findings["app.outdated"])
    assert (args["newest"], args["in_flathub"], args["in_json"]) == ("2.0", "2.0", "2.1")


def test_if_that_store_does_not_answer_the_others_do() -> None:
    stores = (failed("timeout", "flathub"), offer("2.1"))
    findings, _ = judged(copy("2.0", "flatpak", channel="flathub"), stores=stores)
    assert findings["app.outdated"].args["newest"] == "2.1"


def test_installed_from_elsewhere_than_the_store() -> None:
    stores = (offer("2.1", "macos", "app_store"),)
    seen = seen_on("macos", store={"app_store": {"id": 123456789, "country": "jp"}})
    findings, _ = judged(copy("2.0", "bundle"), stores=stores, seen=seen)
    finding = findings["app.outdated"]
    assert (finding.confidence, finding.args["elsewhere"]) == ("likely", "app_store")
    assert (finding.args["store_link"], finding.args["store_url"]) == (None, None)
    assert remedies(finding, seen) == ["app.update"]
    findings, _ = judged(copy("2.0", "bundle", channel="app_store"), stores=stores, seen=seen)
    finding = findings["app.outdated"]
    assert (finding.confidence, finding.args["elsewhere"]) == ("certain", None)
    assert finding.args["store_link"] == "macappstore://apps.apple.com/jp/app/id123456789"
    assert remedies(finding, seen) == ["app.update_in_store"]


def test_where_a_command_came_from_cannot_be_seen() -> None:
    stores = (offer("2.1", "linux", "snapcraft"),)
    for source, confidence in (("command", "certain"), ("dpkg", "likely")):
        findings, _ = judged(copy("2.0", source), stores=stores)
        assert findings["app.outdated"].confidence == confidence


@pytest.mark.parametrize(
    ("follows", "behind"), [("latest/stable", True), ("1/stable", False), (None, True)]
)
def test_a_snap_is_held_against_the_channel_that_it_follows(
    follows: str | None, behind: bool
) -> None:
    stores = (offer("2.0", source="snapcraft", channel="latest/stable"),)
    place = copy("1.9", "snap", channel="snapcraft", follows=follows)
    findings, open_ = judged(place, stores=stores)
    assert list(findings) == (["app.outdated"] if behind else [])
    assert ("app.outdated" in open_) is not behind


# --- handed out step by step ---


@pytest.mark.parametrize(
    ("more", "staged"),
    [
        ({"staged_percent": 10.0}, True),
        ({"staged_percent": 100.0}, False),
        ({"staged_until": NOW + timedelta(days=2)}, True),
        ({"staged_until": NOW - timedelta(days=2)}, False),
        ({"staged_percent": 10.0, "staged_until": NOW - timedelta(days=2)}, False),
    ],
)
def test_it_may_not_have_reached_everybody(more: dict[str, Any], staged: bool) -> None:
    stores = (offer("1.10", **more),)
    findings, _ = judged(copy("1.9"), stores=stores)
    finding = findings["app.outdated"]
    assert (finding.severity == "info") is staged
    assert finding.args["staged"] == ("1.10" if staged else None)
    findings, _ = judged(copy("1.9"), stores=stores, seen=needing("1.10"))
    assert findings["app.outdated"].severity == "problem"


def test_behind_a_version_that_everybody_has() -> None:
    stores = (offer("1.12", staged_percent=5.0), offer("1.11", source="github"))
    findings, _ = judged(copy("1.10"), stores=stores)
    finding = findings["app.outdated"]
    assert (finding.severity, finding.args["newest"]) == (None, "1.11")
