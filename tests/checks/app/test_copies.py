"""Several copies, half a copy and none."""

from __future__ import annotations

import pytest

from checks.app.installed import Looked
from checks.app.stores.normal import Platform
from diag.model import Answers, Failure, OsFamily
from tests.checks.app.judging import copy, judged, offer, said, seen_on
from tests.support import view

# --- several copies ---


def test_the_one_that_starts_is_judged_and_the_others_are_shown() -> None:
    old, new = copy("1.9", "dpkg", starts=True), copy("2.0", "snap", starts=False)
    findings, _ = judged(old, new, stores=(offer("2.0"),))
    assert said(findings["app.outdated"])["also_snap"] == ["2.0"]
    old, new = copy("1.9", "dpkg", starts=False), copy("2.0", "snap", starts=True)
    assert judged(old, new, stores=(offer("2.0"),)) == ({}, {})


def test_which_starts_is_not_known() -> None:
    """One of them is well: that the other is not is worth knowing, no more."""
    findings, unknown = judged(copy("1.9", "dpkg"), copy("2.0", "snap"), stores=(offer("2.0"),))
    finding = findings["app.outdated"]
    assert (finding.subject, finding.severity, finding.confidence) == (
        "app:dpkg",
        "info",
        "possible",
    )
    assert (finding.args["better"], unknown) == ("2.0", {})
    findings, _ = judged(copy("1.8", "dpkg"), copy("1.9", "snap"), stores=(offer("2.0"),))
    assert (findings["app.outdated"].severity, findings["app.outdated"].confidence) == (
        None,
        "certain",
    )


def test_a_copy_of_unknown_version_does_not_hide_the_others() -> None:
    findings, unknown = judged(copy(None, "desktop"), copy("1.9", "dpkg"), stores=(offer("2.0"),))
    assert findings["app.outdated"].subject == "app:dpkg"
    assert unknown == {"app.outdated": "unparsable"}


def test_a_place_that_failed_does_not_matter_once_it_is_known_what_starts() -> None:
    broken = Looked(source="rpm", failure=Failure(code="timeout", operation="run rpm"))
    stores = (offer("2.0"),)
    assert judged(broken, copy("2.0", "dpkg", starts=True), stores=stores) == ({}, {})
    _, unknown = judged(broken, copy("2.0", "dpkg"), stores=stores)
    assert unknown == {"app.outdated": "timeout"}


# --- half installed, missing ---


def test_half_installed() -> None:
    findings, _ = judged(copy("2.0-1", "dpkg", whole=False), stores=(offer("2.0"),))
    assert list(findings) == ["app.half_installed"]
    assert said(findings["app.half_installed"])["command"].startswith("sudo dpkg")


def test_missing() -> None:
    findings, _ = judged(Looked(source="dpkg"), stores=(offer("1"),))
    assert said(findings["app.missing"]) == {"app": {"en": "Example", "ja": "例"}}


@pytest.mark.parametrize(
    ("os", "platform", "link"),
    [
        ("windows", "windows", "ms-windows-store://pdp/?ProductId=9NBLGGH4NNS1"),
        ("macos", "macos", "macappstore://apps.apple.com/jp/app/id123456789"),
        ("macos", "ios", None),
        ("linux", "linux", "appstream://test.app.Example"),
    ],
)
def test_missing_and_where_to_get_it(os: OsFamily, platform: Platform, link: str | None) -> None:
    store = {
        "app_store": {"id": 123456789, "country": "jp"},
        "microsoft_store": {"product_id": "9NBLGGH4NNS1"},
        "flathub": {"id": "test.app.Example"},
        "snapcraft": {"name": "example"},
    }
    findings, _ = judged(
        Looked(source="x"),
        stores=(offer("1", platform, "app_store"),),
        seen=seen_on(os, store=store),
    )
    assert findings["app.missing"].args["store_link"] == link


@pytest.mark.parametrize("answers", [Answers(device="phone"), Answers(client="browser")])
def test_not_missed_where_it_is_not_used(answers: Answers) -> None:
    findings, _ = judged(Looked(source="dpkg"), seen=view(answers=answers))
    assert findings == {}


def test_not_known_to_be_missing() -> None:
    unsupported = Looked(source="snap", failure=Failure(code="unsupported", operation="snap"))
    findings, unknown = judged(Looked(source="dpkg"), unsupported)
    assert findings == {}
    assert unknown == {"app.missing": "unsupported", "app.outdated": "unsupported"}
    findings, unknown = judged(unsupported, copy("1"), stores=(offer("1"),))
    assert (findings, unknown) == ({}, {"app.outdated": "unsupported"})
