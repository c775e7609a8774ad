"""macOS: which one it is, and what it knows of its updates."""

from __future__ import annotations

import json
import plistlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from checks.os import CHECK
from checks.os.facts import OsFact
from checks.os.macos.release import SUPPLEMENT, SYSTEM_VERSION, read_release
from checks.os.macos.updates import MANAGED, PREFERENCES
from diag.model import Failed, Finding, Unmeasured
from tests.support import context, replay, view

RECORDED = Path(__file__).parents[2] / "recorded" / "os"
CAPTURED = json.loads((RECORDED / "macos-captured.json").read_text())
SOFTWARE_UPDATE = (RECORDED / "macos-software-update.plist").read_bytes()
SEEN = datetime(2026, 9, 2, 9, 0, tzinfo=UTC)
"""A day after that Mac had looked."""


def system(version: str = "26.5.1", build: str = "25F80", **more: str) -> bytes:
    held = {"ProductVersion": version, "ProductBuildVersion": build, "ProductName": "macOS", **more}
    return plistlib.dumps(held)


def collected(
    preferences: Any = SOFTWARE_UPDATE,
    version: bytes | None = None,
    managed: dict[str, Any] | None = None,
) -> OsFact:
    if isinstance(preferences, dict):
        preferences = plistlib.dumps(preferences, fmt=plistlib.FMT_BINARY)
    files = {
        SYSTEM_VERSION: version or system(),
        SUPPLEMENT: None,
        PREFERENCES: preferences,
        MANAGED: None if managed is None else plistlib.dumps(managed),
    }
    return CHECK.collect(replay("macos", files=files), context())


def found(fact: OsFact, now: datetime = SEEN) -> dict[str, Finding]:
    seen = view(fact, os="macos", taken_at=now)
    return {each.code: each for each in CHECK.judge(fact, seen) if isinstance(each, Finding)}


def unknown(fact: OsFact) -> dict[str, str]:
    judged = CHECK.judge(fact, view(fact, os="macos", taken_at=SEEN))
    return {each.code: each.reason for each in judged if isinstance(each, Unmeasured)}


def held(**changes: Any) -> dict[str, Any]:
    return {**plistlib.loads(SOFTWARE_UPDATE), **changes}


def product(key: str, name: str = "macOS Tahoe") -> dict[str, Any]:
    return {"Display Name": name, "Product Key": key, "Identifier": key}


def test_system_update_that_waits() -> None:
    """Developer tools wait as well, but close no holes. The first update that this Mac lacks was
    offered to it in June."""
    fact = collected()
    assert (fact.id, fact.version, fact.name) == ("macos", "26.5.1", "macOS 26.5.1")
    assert fact.patches is not None
    assert (fact.patches.pending, fact.patches.security) == (3, 1)
    assert fact.patches.oldest_security == datetime(2026, 6, 29, 18, 31, 22, tzinfo=UTC)
    assert fact.patches.listed == datetime(2026, 9, 1, 12, 58, 33, tzinfo=UTC)
    assert fact.patches.automatic == "off"
    finding = found(fact)["os.updates_pending"]
    assert finding.severity is None
    assert finding.args["oldest_days"] == 64


def plist_of(entry: dict[str, Any]) -> dict[str, Any]:
    """A capture's values in their types again: JSON knows no days."""
    return {
        name: datetime.fromisoformat(value) if name.endswith("Date") else value
        for name, value in entry["plist"].items()
    }


@pytest.mark.parametrize("entry", CAPTURED, ids=[each["name"] for each in CAPTURED])
def test_as_captured(entry: dict[str, Any]) -> None:
    fact = collected(plist_of(entry), system(entry["version"], entry["build"]))
    assert fact.patches is not None
    assert (fact.patches.pending, fact.patches.security) == (entry["pending"], entry["security"])
    assert fact.patches.automatic == entry["automatic"]
    listed = fact.patches.listed
    assert (listed.replace(tzinfo=None).isoformat() if listed else None) == entry["listed"]


def test_entries_that_stayed_behind_do_not_count() -> None:
    """As captured: the counter still says 1 on a Mac that has everything."""
    fact = collected(version=system("26.6.2", "25G83"))
    assert fact.patches is not None
    assert (fact.patches.pending, fact.patches.security) == (2, 0)
    assert fact.patches.oldest_security is None
    nothing = collected(held(RecommendedUpdates=[], LastRecommendedUpdatesAvailable=1))
    assert nothing.patches is not None
    assert nothing.patches.pending == 0


@pytest.mark.parametrize(
    ("key", "pending"),
    [
        ("MSU_UPDATE_25G83_patch_26.6.2_minor", 1),
        ("MSU_UPDATE_25G83_full_26.6.2", 1),
        ("MSU_UPDATE_25F80_patch_26.5.1_minor", 0),
        ("MSU_UPDATE_26A123_patch_27.0_major", 0),
        ("MSU_UPDATE_26A123_patch_27.0_minor", 0),
    ],
    ids=["newer", "without its kind", "installed", "another macOS", "another macOS by its number"],
)
def test_which_offers_are_updates_of_this_system(key: str, pending: int) -> None:
    fact = collected(held(RecommendedUpdates=[product(key)]))
    assert fact.patches is not None
    assert (fact.patches.pending, fact.patches.security) == (pending, pending)


@pytest.mark.parametrize(
    ("name", "secures"),
    [
        ("Safari", True),
        ("Security Update 2022-005 (Catalina)", True),
        ("セキュリティアップデート 2022-005", True),
        ("macOS Monterey 12.7.6", True),
        ("Command Line Tools for Xcode", False),
        ("Canon Printer Software Update", False),
    ],
)
def test_other_products_by_their_names(name: str, secures: bool) -> None:
    fact = collected(held(RecommendedUpdates=[product("012-34567", name)]))
    assert fact.patches is not None
    assert (fact.patches.pending, fact.patches.security) == (1, int(secures))


@pytest.mark.parametrize(
    ("settings", "automatic"),
    [
        ({"AutomaticCheckEnabled": False}, "off"),
        ({"AutomaticallyInstallMacOSUpdates": True}, "all"),
        ({"CriticalUpdateInstall": 1, "AutomaticallyInstallMacOSUpdates": 0}, "security"),
        ({"AutomaticDownload": True}, "download"),
        ({}, None),
    ],
)
def test_what_it_installs_by_itself(settings: dict[str, Any], automatic: str | None) -> None:
    fact = collected(settings)
    assert fact.patches is not None
    assert fact.patches.automatic == automatic


def test_what_an_organisation_prescribes_goes_first() -> None:
    fact = collected(managed={"AutomaticallyInstallMacOSUpdates": True})
    assert fact.patches is not None
    assert fact.patches.automatic == "all"


@pytest.mark.parametrize(
    ("preferences", "reason"),
    [
        (None, "tool_missing"),
        (Failed("denied", "read"), "needs_admin"),
        (b"bplist00 cut off", "unparsable"),
        (b"<plist><array/></plist>", "unparsable"),
    ],
)
def test_preferences_that_cannot_be_read(preferences: Any, reason: str) -> None:
    assert unknown(collected(preferences))["os.updates_pending"] == reason


def test_mac_that_never_looked_cannot_tell() -> None:
    assert {"os.updates_pending", "os.updates_unchecked"} <= set(unknown(collected({})))


def test_mac_that_has_not_looked_for_weeks_cannot_tell() -> None:
    fact = collected(version=system("26.6.2", "25G83"), preferences=held(RecommendedUpdates=[]))
    later = datetime(2026, 11, 22, tzinfo=UTC)
    assert found(fact, later)["os.updates_unchecked"].args["lists_age_days"] == 81


def test_end_of_life() -> None:
    fact = collected(version=system("13.7.8", "22H730"))
    ended = found(fact)["os.end_of_life"]
    assert (ended.args["name"], ended.args["ended"]) == ("macOS 13.7.8", "2025-09-15")
    assert "os.end_of_life" not in found(collected(version=system("14.8.9", "23J631")))
    assert "os.end_of_life" in found(collected(version=system("10.15.7", "19H15")))


def test_whether_a_restart_is_due_is_not_known() -> None:
    assert collected().restart.pending is None
    assert "os.restart_pending" not in found(collected())


def test_background_security_improvement() -> None:
    """What is beside the system counts for the very version that it belongs to."""
    bare = system("26.3.1", "25D2128")
    beside = system("26.3.1", "25D771280a", ProductVersionExtra="(a)")
    files = {SYSTEM_VERSION: bare, SUPPLEMENT: beside}
    known = read_release(replay("macos", files=files))
    assert (known.version, known.extra, known.build) == ("26.3.1", "(a)", "25D771280a")
    assert known.name == "macOS 26.3.1 (a)"
    newer = {SYSTEM_VERSION: system("26.4", "25E246"), SUPPLEMENT: beside}
    assert read_release(replay("macos", files=newer)).extra == ""


def test_version_that_is_none() -> None:
    files = {SYSTEM_VERSION: plistlib.dumps({"ProductVersion": ""}), SUPPLEMENT: None}
    with pytest.raises(Failed, match="unparsable"):
        read_release(replay("macos", files=files))
