"""What the rules say of what was found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from checks.app import CHECK
from checks.app.facts import AppFact
from checks.app.installed import InstalledCopy, Looked
from checks.app.installed.msix import PACKAGES
from checks.app.os_version import CURRENT_VERSION, os_name
from checks.app.stores import StoreAnswer, StoreVersion
from checks.app.stores.normal import OlderVersion, Platform, Seen
from diag.catalog import Catalog
from diag.host import RegistryKey
from diag.model import (
    Answers,
    Failed,
    Failure,
    FailureCode,
    Finding,
    Language,
    Observation,
    OsFamily,
    RemedyContext,
    Unmeasured,
    View,
)
from diag.privacy import redact
from tests.support import NOW, context, profile_from, replay, view
from tests.toys import snapshot_of

DPKG = "/var/lib/dpkg/status"


def copy(version: str | None, source: str = "command", **more: Any) -> Looked:
    found = InstalledCopy(version=version, maker_version=version, path="/opt/example", **more)
    return Looked(source=source, copies=(found,))


def offer(
    version: str, platform: Platform = "any", source: str = "json", **more: Any
) -> StoreAnswer:
    released = datetime(2026, 11, 10, tzinfo=UTC)
    found = StoreVersion(
        version=version,
        platform=platform,
        released=released,
        url="https://store.app.test/example",
        **more,
    )
    return StoreAnswer(source=source, found=found)


def failed(code: FailureCode, source: str = "json") -> StoreAnswer:
    return StoreAnswer(source=source, failure=Failure(code=code, operation="ask the store"))


def judged(
    *installed: Looked,
    stores: tuple[StoreAnswer, ...] = (),
    seen: View | None = None,
    os_version: str | None = None,
) -> tuple[dict[str, Finding], dict[str, str]]:
    fact = AppFact(installed=installed, stores=stores, os_version=os_version)
    judgements = list(CHECK.judge(fact, seen or view(fact)))
    return (
        {each.code: each for each in judgements if isinstance(each, Finding)},
        {each.code: each.reason for each in judgements if isinstance(each, Unmeasured)},
    )


def seen_on(os: OsFamily = "linux", minimum: str | None = None, **sections: Any) -> View:
    app: dict[str, Any] = {"id": "example", "name": {"en": "Example"}}
    if minimum is not None:
        app["minimum_version"] = minimum
    return view(profile=profile_from({"app": app, **sections}), os=os)


def needing(minimum: str) -> View:
    return seen_on(minimum=minimum)


def said(finding: Finding) -> dict[str, Any]:
    """The args that have a value."""
    return {name: value for name, value in finding.args.items() if value is not None}


def remedies(finding: Finding, seen: View) -> list[str]:
    problem = next(each for each in CHECK.problems if each.code == finding.code)
    circumstances = RemedyContext(finding, seen, managed=False)
    return [each.code for each in problem.remedies if each.applies(circumstances)]


# --- older, as new, newer -----------------------------------------------------------------------


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


# --- which store counts -------------------------------------------------------------------------


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


# --- the system is too old ----------------------------------------------------------------------


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


# --- handed out step by step --------------------------------------------------------------------


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


# --- several copies -----------------------------------------------------------------------------


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


# --- half installed, missing --------------------------------------------------------------------


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


# --- stores that do not answer ------------------------------------------------------------------


def test_a_store_that_does_not_answer() -> None:
    findings, unknown = judged(copy("1.9"), stores=(failed("unreachable"),))
    assert said(findings["store.unavailable"]) == {"store": ["json"]}
    assert unknown == {"app.outdated": "unreachable"}


def test_a_store_that_does_not_answer_is_no_matter_where_another_does() -> None:
    findings, unknown = judged(copy("2.0"), stores=(failed("unreachable"), offer("2.0")))
    assert (findings, unknown) == ({}, {})


def test_a_store_that_has_been_asked_too_often() -> None:
    full = msgspec.structs.replace(failed("refused", "github"), seen="rate_limited")
    findings, _ = judged(copy("2.0"), stores=(full,))
    shown = words(findings["store.unavailable"], "en", "linux")
    assert "asked too often" in shown


def test_a_store_that_is_not_understood_is_not_unavailable() -> None:
    findings, unknown = judged(copy("1.9"), stores=(failed("unparsable"),))
    assert (findings, unknown) == ({}, {"app.outdated": "unparsable"})


def test_a_store_without_the_app() -> None:
    findings, unknown = judged(copy("1.9"), stores=(StoreAnswer(source="app_store"),))
    assert (findings, unknown) == ({}, {"app.outdated": "needs_missing"})


def test_a_store_alone_tells_nothing_of_this_device() -> None:
    assert judged(stores=(offer("1"),)) == ({}, {"app.outdated": "not_configured"})


# --- collecting ---------------------------------------------------------------------------------


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


# --- in words -----------------------------------------------------------------------------------


def words(finding: Finding, language: Language, family: OsFamily) -> str:
    """What a report shows of it: headline, explanation, evidence, and its remedies' steps."""
    catalog = Catalog.load(language, ("checks",))
    texts = catalog.cause(finding.code)
    shown = [
        catalog.format(text, finding.args, now=NOW, zone="UTC")
        for text in (texts.title, texts.explanation)
    ]
    shown += catalog.lines(texts.evidence, finding.args, now=NOW, zone="UTC")
    for code in remedies(finding, seen_on(family)):
        remedy = catalog.remedy(code)
        for lines in (remedy.steps_for(family), remedy.links):
            shown += catalog.lines(lines, finding.args, now=NOW, zone="UTC")
    assert all(shown), shown
    return "\n".join(shown)


MACS: dict[str, Any] = {
    "store": {
        "app_store": {"id": 123456789, "country": "jp"},
        "homebrew_cask": {"token": "example"},
    }
}
LINUXES: dict[str, Any] = {
    "install": {"linux": {"flatpak": "test.app.Example", "rpm": "example"}},
    "store": {"flathub": {"id": "test.app.Example"}},
}


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    ("place", "stores", "seen", "says", "not_says"),
    [
        (
            copy("1.9", "rpm"),
            (offer("1.10"),),
            seen_on(**LINUXES),
            ("1.9", "1.10", "sudo dnf upgrade example"),
            ("appstream:",),
        ),
        (
            copy("1.9", "flatpak", channel="flathub"),
            (offer("1.10", "linux", "flathub"), offer("1.11")),
            seen_on(**LINUXES),
            ("appstream://test.app.Example", "flatpak update", "Flathub: 1.10", "1.11"),
            ("GNOME",),
        ),
        (
            copy("1.9", "bundle", channel="app_store"),
            (offer("1.10", "macos", "app_store"),),
            seen_on("macos", **MACS),
            ("macappstore://apps.apple.com/jp/app/id123456789", "App Store"),
            ("brew",),
        ),
        (
            copy("1.9", "bundle", channel="homebrew_cask"),
            (offer("1.10", "macos", "homebrew_cask"),),
            seen_on("macos", **MACS),
            ("brew upgrade --cask example",),
            ("App Store", "macappstore:"),
        ),
        (
            copy("1.9", "msix", channel="microsoft_store"),
            (offer("1.10", "windows", "microsoft_store"),),
            seen_on("windows"),
            ("Microsoft Store",),
            ("ms-windows-store:",),
        ),
        (
            copy("1.9"),
            (offer("1.10", staged_percent=10.0),),
            seen_on(minimum="1.0"),
            ("1.10",),
            ("GNOME",),
        ),
    ],
)
def test_what_people_read(
    place: Looked,
    stores: tuple[StoreAnswer, ...],
    seen: View,
    says: tuple[str, ...],
    not_says: tuple[str, ...],
    language: Language,
) -> None:
    findings, _ = judged(place, stores=stores, seen=seen)
    shown = words(findings["app.outdated"], language, seen.os.family)
    assert [text for text in says if text not in shown] == []
    assert [text for text in not_says if text in shown] == []


@pytest.mark.parametrize(
    ("language", "staged", "outdated"),
    [("en", "given to some people first", "is out"), ("ja", "一部の人から順に", "最新は 1.10")],
)
def test_only_what_is_handed_out_step_by_step_is_waited_for(
    language: Language, staged: str, outdated: str
) -> None:
    for percent, said_then, not_said in ((10.0, staged, outdated), (None, outdated, staged)):
        findings, _ = judged(copy("1.9"), stores=(offer("1.10", staged_percent=percent),))
        shown = words(findings["app.outdated"], language, "linux")
        assert said_then in shown
        assert not_said not in shown


@pytest.mark.parametrize(
    ("percent", "said"),
    [(10.0, "10 %"), (99.4, "99 %"), (0.0, None), (None, None)],
)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_how_many_are_handed_it_so_far(
    language: Language, percent: float | None, said: str | None
) -> None:
    more: dict[str, Any] = {"staged_until": NOW + timedelta(days=2)} if percent is None else {}
    stores = (offer("1.10", staged_percent=percent, **more),)
    findings, _ = judged(copy("1.9"), stores=stores)
    shown = words(findings["app.outdated"], language, "linux")
    assert "%" not in shown if said is None else said in shown


# --- what a profile's author is told ------------------------------------------------------------


def test_what_was_found_and_what_stores_said() -> None:
    broken = Looked(source="rpm", failure=Failure(code="timeout", operation="run rpm"))
    gone = StoreAnswer(source="app_store", seen="other_country")
    full = failed("refused", "github")
    error = Failure(code="refused", operation="ask the store", detail="HTTP 500")
    word = Failure(code="unparsable", operation="read the store's answer", detail="latest")
    fact = AppFact(
        installed=(copy("1.9", "dpkg"), copy(None, "desktop"), Looked(source="snap"), broken),
        stores=(
            offer("2.0"),
            gone,
            msgspec.structs.replace(full, seen="rate_limited"),
            full,
            StoreAnswer(source="flathub", seen="http_error", failure=error),
            StoreAnswer(source="json", seen="no_version", failure=word),
            StoreAnswer(source="json", seen="no_place", failure=word),
        ),
    )
    assert CHECK.describe is not None
    catalog = Catalog.load("en", ("checks",))
    told = [
        catalog.format(catalog.understood("app", each.key), each.args, now=NOW, zone="UTC")
        for each in CHECK.describe(fact)
    ]
    assert told == [
        "On this PC (Debian package): version 1.9",
        "On this PC (menu entry): version ?",
        "On this PC (RPM package): could not be looked at (no answer in time)",
        "the maker's version list (store.json): newest version 2.0",
        "App Store (store.app_store): not in this country's store",
        "GitHub (store.github): could not be read (asked too often from this address; try later)",
        "GitHub (store.github): could not be read (the connection was refused)",
        "Flathub (store.flathub): could not be read (it answered with an error: HTTP 500)",
        "the maker's version list (store.json): could not be read "
        "(names no version that could be compared: latest)",
        "the maker's version list (store.json): could not be read "
        "(nothing stands where the pointer leads)",
    ]


@pytest.mark.parametrize(
    ("seen", "well"), [("other_device", True), ("other_country", False), ("gone", False)]
)
def test_what_is_for_other_devices_is_no_fault_of_the_profile(seen: Seen, well: bool) -> None:
    assert CHECK.describe is not None
    (said,) = CHECK.describe(AppFact(stores=(StoreAnswer(source="sparkle", seen=seen),)))
    assert said.well is well


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
