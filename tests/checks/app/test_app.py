"""The check as a whole: collected, judged, and judged again from a report that leaves."""

from __future__ import annotations

import msgspec
import pytest

from checks.app import CHECK
from checks.app.facts import AppFact
from checks.app.installed import InstalledCopy, Looked
from checks.app.installed.msix import PACKAGES
from checks.app.os_version import CURRENT_VERSION
from diag.host import RegistryKey
from diag.model import Failed, Finding, Observation
from diag.privacy import redact
from tests.checks.app.judging import copy, offer, remedies
from tests.support import context, profile_from, replay, view
from tests.toys import snapshot_of

DPKG = "/var/lib/dpkg/status"


def test_not_configured() -> None:
    profile = profile_from({"install": {"macos": {"bundle_id": "a.b.C"}}})
    with pytest.raises(Failed) as caught:
        CHECK.collect(replay(), context(profile))
    assert caught.value.failure.code == "not_configured"


def test_collected_and_kept_through_a_report() -> None:
    status = "Package: example\nStatus: install ok installed\nVersion: 1:2.3-1\n"
    profile = profile_from({"install": {"linux": {"dpkg": "example"}}})
    fact = CHECK.collect(replay(files={DPKG: status}), context(profile))
    assert fact.installed[0].copies[0].maker_version == "2.3"
    assert msgspec.json.decode(msgspec.json.encode(fact), type=AppFact) == fact


def test_collected_on_windows_and_judged_there() -> None:
    name = "Vendor.Example_1.9.0.0_x64__79rhkp1fndgsc"
    below = r"Microsoft\Windows\CurrentVersion\Uninstall"
    host = replay(
        "windows",
        registry={
            PACKAGES: RegistryKey(subkeys=(name,)),
            f"{PACKAGES}\\{name}": {"PackageRootFolder": r"C:\Program Files\WindowsApps\x"},
            CURRENT_VERSION: {
                "CurrentMajorVersionNumber": 10,
                "CurrentMinorVersionNumber": 0,
                "CurrentBuildNumber": "19045",
            },
            rf"HKCU\Software\{below}": None,
            rf"HKLM\SOFTWARE\{below}": None,
            rf"HKLM\SOFTWARE\WOW6432Node\{below}": None,
        },
    )
    windows = {"uninstall_name": "Example", "msix": "Vendor.Example"}
    app = {"id": "example", "name": {"en": "Example"}, "minimum_version": "2.0"}
    profile = profile_from({"app": app, "install": {"windows": windows}})
    fact = CHECK.collect(host, context(profile))
    assert fact.os_version == "10.0.19045"
    assert [place.source for place in fact.installed] == ["uninstall", "msix"]
    seen = view(fact, profile=profile, os="windows")
    (finding,) = CHECK.judge(fact, seen)
    assert isinstance(finding, Finding)
    assert (finding.subject, finding.severity) == ("app:msix", "problem")
    assert remedies(finding, seen) == ["app.update_in_store"]


def test_a_report_that_leaves_says_the_same_without_saying_where_it_was() -> None:
    """Judged again from its redacted form: nothing hangs on a path."""
    places = (
        copy("1.9", "dpkg", starts=False),
        Looked(
            source="appimage",
            copies=(
                InstalledCopy(
                    version="1.8",
                    maker_version="1.8",
                    path="/home/taro/Applications/Example-1.8.AppImage",
                    starts=True,
                ),
            ),
        ),
    )
    fact = AppFact(installed=places, stores=(offer("2.0"),))
    observed = {"app": Observation(fact=fact, took_s=0.1)}
    snapshot = msgspec.structs.replace(snapshot_of([CHECK]), observations=observed)
    clean = redact(snapshot, {"app": CHECK}, ["taro"]).snapshot.observations["app"].fact
    assert "taro" not in msgspec.json.encode(clean).decode()
    assert list(CHECK.judge(clean, view(clean))) == list(CHECK.judge(fact, view(fact)))
