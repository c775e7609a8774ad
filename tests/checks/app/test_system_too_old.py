"""A newest version that does not run on this system."""

from __future__ import annotations

import pytest

from checks.app.os_version import os_name
from checks.app.stores.normal import OlderVersion
from diag.model import OsFamily
from tests.checks.app.judging import copy, judged, offer, remedies, said, seen_on


def test_the_newest_needs_a_newer_system() -> None:
    older = (OlderVersion(version="2.0", minimum_os="12.0"), OlderVersion(version="1.0"))
    stores = (offer("3.0", "macos", "sparkle", minimum_os="14.0", older=older),)
    seen = seen_on("macos")
    findings, _ = judged(copy("2.0", "bundle"), stores=stores, seen=seen, os_version="13.6")
    assert list(findings) == ["app.os_too_old"]
    finding = findings["app.os_too_old"]
    assert finding.severity is None
    args = said(finding)
    assert (args["newest"], args["needs_os"]) == ("3.0", "macOS 14.0")
    assert (args["os"], args.get("last")) == ("macOS 13.6", None)
    assert remedies(finding, seen) == ["app.use_another_way", "app.update_system"]


def test_what_still_runs_is_offered() -> None:
    older = (OlderVersion(version="2.5", minimum_os="12.0"),)
    stores = (offer("3.0", "macos", "sparkle", minimum_os="14.0", older=older),)
    seen = seen_on("macos")
    findings, _ = judged(copy("2.0", "bundle"), stores=stores, seen=seen, os_version="13.6")
    assert list(findings) == ["app.outdated"]
    assert findings["app.outdated"].args["newest"] == "2.5"
    assert findings["app.outdated"].args["released"] is None


def test_the_service_refuses_all_that_runs_here() -> None:
    older = (OlderVersion(version="2.5", minimum_os="12.0"),)
    stores = (offer("3.0", "macos", "sparkle", minimum_os="14.0", older=older),)
    seen = seen_on("macos", minimum="2.9")
    findings, _ = judged(copy("2.0", "bundle"), stores=stores, seen=seen, os_version="13.6")
    finding = findings["app.os_too_old"]
    assert (finding.severity, finding.args["minimum"]) == ("problem", "2.9")
    assert finding.args["last"] == "2.5"
    assert "app.outdated" not in findings


@pytest.mark.parametrize(
    ("family", "version", "name"),
    [
        ("macos", "13.6", "macOS 13.6"),
        ("windows", "10.0.19041.0", "Windows 10 (19041)"),
        ("windows", "10.0.22631.4317", "Windows 11 (22631)"),
        ("windows", "6.1", "6.1"),
        ("linux", "12", "12"),
        ("macos", None, None),
    ],
)
def test_systems_by_the_names_that_people_know(
    family: OsFamily, version: str | None, name: str | None
) -> None:
    assert os_name(family, version) == name


@pytest.mark.parametrize(
    ("here", "needed", "at_most", "runs"),
    [
        ("14.0", "14.0", None, True),
        ("14", "14.0", None, True),
        ("10.0.19045.4046", "10.0.19041.0", None, True),
        ("10.0.17763.1", "10.0.19041.0", None, False),
        ("14.5", None, "14", True),
        ("15.0", None, "14", False),
        (None, "14.0", None, True),
        ("14.0", "what it says", None, True),
    ],
)
def test_systems(here: str | None, needed: str | None, at_most: str | None, runs: bool) -> None:
    store = offer("3.0", "macos", "sparkle", minimum_os=needed, maximum_os=at_most)
    findings, _ = judged(
        copy("2.0", "bundle"), stores=(store,), seen=seen_on("macos"), os_version=here
    )
    assert list(findings) == ["app.outdated" if runs else "app.os_too_old"]


def test_a_store_of_any_device_names_no_system_of_this_one() -> None:
    stores = (offer("3.0", "any", "json", minimum_os="99"),)
    findings, _ = judged(
        copy("2.0", "bundle"), stores=stores, seen=seen_on("macos"), os_version="14.0"
    )
    assert list(findings) == ["app.outdated"]
