"""Homebrew, Flathub and the Snap Store: channels, architectures, versions that are kept back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from checks.app.stores import StoreAnswer, StoreVersion
from diag.app_profile import Flathub, HomebrewCask, Snapcraft
from tests.checks.app.stores.shop import Shop, only, recorded

CASK = json.loads(recorded("homebrew-cask.json"))
GIMP = json.loads(recorded("flathub.json"))
SNAP = json.loads(recorded("snapcraft.json"))


def version(answer: StoreAnswer) -> StoreVersion:
    assert answer.found is not None, answer
    return answer.found


def cask(shop: Shop, arch: str = "arm64", **changed: Any) -> StoreAnswer:
    shop.serve("/api/cask/86box.json", {**CASK, **changed})
    section = HomebrewCask(token="86box", base_url=shop.base)
    return only(shop.ask({"homebrew_cask": section}, os="macos", arch=arch))


def test_a_cask(shop: Shop) -> None:
    found = version(cask(shop))
    assert (found.version, found.platform, found.minimum_os) == ("3.11", "macos", "10.13")
    assert (found.url, found.older) == ("https://formulae.brew.sh/cask/86box", ())


@pytest.mark.parametrize(
    ("depends_on", "bounds"),
    [
        ({"macos": {">=": ["ventura"]}}, ("13", None)),
        ({"macos": {">=": [":big_sur"]}}, ("11", None)),
        ({"macos": {">=": ["14"]}, "maximum_macos": {"<=": ["15"]}}, ("14", "15")),
        ({"macos": {"==": ["12", "13"]}}, (None, None)),
        ({"macos": "#<MacOSRequirement:0x00007fa85e17a6e8>"}, (None, None)),
        ({"macos": {}}, (None, None)),
        (None, (None, None)),
    ],
)
def test_systems_that_a_cask_needs(
    shop: Shop, depends_on: Any, bounds: tuple[str | None, str | None]
) -> None:
    found = version(cask(shop, depends_on=depends_on))
    assert (found.minimum_os, found.maximum_os) == bounds


VARIATIONS = {
    "arm64_sonoma": {"version": "3.9,4100"},
    "sonoma": {"version": "3.9,4100"},
    "arm64_monterey": {"version": "3.5"},
    "big_sur": {"version": "3.1"},
    "sequoia": {"url": "https://example.test/x.zip"},
    "arm64_ventura": {"version": "latest"},
}


@pytest.mark.parametrize(
    ("arch", "older"),
    [("arm64", [("3.9", "14"), ("3.5", "12")]), ("x86_64", [("3.9", "14"), ("3.1", "11")])],
)
def test_what_older_macs_get(shop: Shop, arch: str, older: list[tuple[str, str]]) -> None:
    found = version(cask(shop, arch, variations=VARIATIONS))
    assert [(each.version, each.minimum_os) for each in found.older] == older


def test_the_newest_is_for_the_systems_that_get_nothing_older(shop: Shop) -> None:
    """Whatever the cask says of all its versions together: on macOS 14 there is no 3.11."""
    found = version(cask(shop, variations=VARIATIONS))
    assert (found.version, found.minimum_os) == ("3.11", "15")


def test_systems_with_the_same_version_are_one_step(shop: Shop) -> None:
    names = ("ventura", "monterey", "big_sur", "catalina")
    variations = {f"arm64_{name}": {"version": "3.9,4100"} for name in names}
    found = version(cask(shop, variations=variations))
    assert found.minimum_os == "14"
    assert [(each.version, each.minimum_os) for each in found.older] == [("3.9", "10.15")]


def test_macs_of_intel_that_get_another_version(shop: Shop) -> None:
    """At the top stands what the newest Mac gets, which has Apple's processor."""
    names = ("tahoe", "sequoia", "sonoma", "ventura", "monterey", "big_sur", "catalina", "mojave")
    variations = {name: {"version": "3.9,4100", "sha256": "0"} for name in names}
    variations["x86_64_linux"] = {"version": "9.9", "sha256": "0"}
    found = version(cask(shop, "x86_64", variations=variations))
    assert (found.version, found.minimum_os, found.older) == ("3.9", "10.13", ())
    shop.server.clear()
    assert version(cask(shop, "arm64", variations=variations)).version == "3.11"


@pytest.mark.parametrize(
    ("changed", "arch", "runs"),
    [
        ({"depends_on": {"arch": [{"type": "arm", "bits": 64}]}}, "x86_64", False),
        ({"depends_on": {"arch": [{"type": "arm", "bits": 64}]}}, "arm64", True),
        ({"depends_on": {"arch": [{"type": "intel", "bits": 64}]}}, "arm64", False),
        ({"depends_on": {"arch": "arm64"}}, "x86_64", True),
        ({"depends_on": {"macos": {">=": ["27"]}}}, "x86_64", False),
        ({"depends_on": {"macos": {">=": ["golden_gate"]}}}, "arm64", True),
        ({"depends_on": {"macos": {">=": ["99"]}}}, "arm64", True),
        ({"supported_platforms": ["arm64_golden_gate", "arm64_linux"]}, "x86_64", False),
        ({"supported_platforms": ["arm64_tahoe", "tahoe"]}, "x86_64", True),
        ({"supported_platforms": ["tahoe", "sequoia"]}, "arm64", False),
        ({"supported_platforms": ["x86_64_linux", "arm64_linux"]}, "arm64", False),
        ({"supported_platforms": []}, "arm64", True),
        ({"supported_platforms": None}, "arm64", True),
    ],
)
def test_processors_that_a_cask_needs(
    shop: Shop, changed: dict[str, Any], arch: str, runs: bool
) -> None:
    answer = cask(shop, arch, **changed)
    assert (answer.found is not None) is runs
    assert answer.seen == (None if runs else "other_device")


def test_a_cask_that_always_loads_the_latest(shop: Shop) -> None:
    answer = cask(shop, version="latest")
    assert answer.found is None and answer.seen == "no_version"


def test_a_cask_that_was_disabled(shop: Shop) -> None:
    assert cask(shop, disabled=True).seen == "gone"


def test_a_cask_that_was_renamed(shop: Shop) -> None:
    assert version(cask(shop, token="86box-app", old_tokens=["86box"])).version == "3.11"
    shop.server.clear()
    assert cask(shop, token="another").seen == "other_form"


def flathub(shop: Shop, **changed: Any) -> StoreAnswer:
    shop.serve("/api/v2/appstream/org.gimp.GIMP", {**GIMP, **changed})
    return only(shop.ask({"flathub": Flathub(id="org.gimp.GIMP", base_url=shop.base)}))


def test_an_app_of_flathub(shop: Shop) -> None:
    found = version(flathub(shop))
    assert (found.version, found.platform, found.channel) == ("3.2.4", "linux", "stable")
    assert found.released == datetime(2026, 4, 17, tzinfo=UTC)
    assert found.url == "https://flathub.org/apps/org.gimp.GIMP"
    assert found.notes is not None and found.notes.startswith("The second bugfix release of")
    assert "<" not in found.notes


def test_releases_come_in_any_order(shop: Shop) -> None:
    releases = [
        {"version": "3.0", "timestamp": "1774656000"},
        {"version": "4.0-dev", "timestamp": "1790000000", "type": "development"},
        {"version": "3.2", "timestamp": 1776384000},
        {"version": "3.9-dev", "timestamp": "1780000000", "type": "development"},
        {"version": "2.9-dev", "timestamp": "1700000000", "type": "development"},
        {"version": "3.1", "date": "2026-04-01"},
    ]
    found = version(flathub(shop, releases=releases))
    assert (found.version, found.prerelease) == ("3.2", "4.0-dev")


def test_what_testers_had_before_is_not_ahead(shop: Shop) -> None:
    releases = [
        {"version": "3.0", "timestamp": "1774656000"},
        {"version": "3.0-rc", "timestamp": "1770000000", "type": "development"},
    ]
    found = version(flathub(shop, releases=releases))
    assert (found.version, found.prerelease) == ("3.0", None)


@pytest.mark.parametrize(
    ("changed", "seen"),
    [
        ({"is_eol": True}, "gone"),
        ({"releases": []}, "no_version"),
        ({"releases": None}, "no_version"),
        ({"releases": [{"version": "1", "type": "development"}]}, "prerelease_only"),
        ({"releases": [{"version": "nightly", "timestamp": "1"}]}, "no_version"),
        ({"releases": [{"version": "1.0", "timestamp": "9" * 40}]}, None),
        ({"id": "org.other.App"}, "other_form"),
    ],
)
def test_apps_of_flathub_without_a_version(
    shop: Shop, changed: dict[str, Any], seen: str | None
) -> None:
    assert flathub(shop, **changed).seen == seen


def snap(shop: Shop, arch: str = "x86_64", changed: Mapping[str, Any] | None = None) -> StoreAnswer:
    """As the store does, it refuses who does not say which series of snaps they know."""
    body = {**SNAP, **(changed or {})}
    shop.server.expect_request(
        "/v2/snaps/info/scrcpy", headers={"Snap-Device-Series": "16"}
    ).respond_with_json(body)
    shop.server.expect_request("").respond_with_data("{}", status=400)
    section = Snapcraft(name="scrcpy", base_url=shop.base)
    return only(shop.ask({"snapcraft": section}, arch=arch))


def test_a_snap(shop: Shop) -> None:
    found = version(snap(shop))
    assert (found.version, found.platform) == ("v1.12", "linux")
    assert found.released == datetime(2020, 1, 1, 22, 39, 50, 563736, tzinfo=UTC)
    assert found.channel == "latest/stable"
    assert found.prerelease == "v1.12.1-1-g31bd950"
    assert found.url == "https://snapcraft.io/scrcpy"


@pytest.mark.parametrize(
    ("arch", "seen"),
    [("i686", None), ("armv7l", "prerelease_only"), ("aarch64", "other_device")],
)
def test_a_snap_for_some_processors(shop: Shop, arch: str, seen: str | None) -> None:
    answer = snap(shop, arch)
    assert (answer.found is None, answer.seen) == (seen is not None, seen)


def test_a_snap_with_a_track_of_its_own(shop: Shop) -> None:
    channel = {"architecture": "amd64", "risk": "stable", "track": "3", "released-at": "2026-01-02"}
    entries = [*SNAP["channel-map"], {"channel": channel, "version": "3.1", "revision": 300}]
    found = version(snap(shop, changed={"default-track": "3", "channel-map": entries}))
    assert (found.version, found.channel, found.prerelease) == ("3.1", "3/stable", None)


def test_a_snap_for_every_processor(shop: Shop) -> None:
    channel = {"architecture": "all", "risk": "stable", "track": "latest"}
    found = version(snap(shop, changed={"channel-map": [{"channel": channel, "version": "2"}]}))
    assert (found.version, found.released) == ("2", None)


def test_a_snap_that_was_closed(shop: Shop) -> None:
    assert snap(shop, changed={"channel-map": []}).seen == "gone"


def test_another_snap(shop: Shop) -> None:
    assert snap(shop, changed={"name": "another"}).seen == "other_form"


def test_a_snap_whose_page_is_not_told(shop: Shop) -> None:
    assert version(snap(shop, changed={"snap": None})).url == "https://snapcraft.io/scrcpy"
