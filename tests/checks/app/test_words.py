"""What people and a profile's author read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from checks.app import CHECK
from checks.app.facts import AppFact
from checks.app.installed import Looked
from checks.app.stores import StoreAnswer
from checks.app.stores.normal import Seen
from diag.catalog import Catalog
from diag.model import Failure, Language, View
from tests.checks.app.judging import copy, failed, judged, offer, seen_on, words
from tests.support import NOW

# --- in words ---


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


# --- what a profile's author is told ---


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
