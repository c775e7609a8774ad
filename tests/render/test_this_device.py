"""The device that diag runs on is called what it is: a PC, or a Mac."""

from __future__ import annotations

from pathlib import Path

import pytest

from diag import registry
from diag.catalog import Catalog
from diag.cli.past import listed
from diag.cli.saving import save
from diag.config import Config
from diag.model import (
    Answers,
    FailureCode,
    Language,
    Observation,
    Os,
    OsFamily,
    Snapshot,
    Symptom,
)
from diag.pipeline import report_on
from diag.profile_file import load_bundled
from diag.render import RENDERERS
from diag.report import Header, VerdictBlock
from tests.render.situations import cause, report
from tests.support import NOW

HEADER = Header(report_id="AAAA-BBBB", profile_sha256="0" * 64)
CHECKS = registry.load()
FAMILIES: tuple[OsFamily, ...] = ("windows", "macos", "linux")


def unplugged(family: OsFamily, language: Language, symptom: Symptom | None = "login") -> str:
    link = CHECKS.checks["link"].fact(interfaces=())
    snapshot = Snapshot(
        taken_at=NOW,
        zone="Asia/Tokyo",
        os=Os(family=family),
        profile=load_bundled("generic").profile,
        answers=Answers(symptom=symptom),
        deadline_s=10.0,
        chosen=("link",),
        observations={"link": Observation(fact=link, took_s=0.1)},
    )
    return RENDERERS["text"](report_on(snapshot, CHECKS, language, HEADER)).decode()


@pytest.mark.parametrize(
    ("family", "language", "own", "not_own"),
    [
        ("macos", "en", "this Mac", "this PC"),
        ("windows", "en", "this PC", "this Mac"),
        ("linux", "en", "this PC", "this Mac"),
        ("macos", "ja", "この Mac", "この PC"),
        ("windows", "ja", "この PC", "この Mac"),
    ],
)
def test_the_whole_report_calls_it_that(
    family: OsFamily, language: Language, own: str, not_own: str
) -> None:
    text = " ".join(unplugged(family, language).split())
    assert text.count(own) >= 2  # where the fault is, and what to do
    assert text.casefold().count(own.casefold()) >= 4  # also the app's name and the title
    assert not_own.casefold() not in text.casefold()


@pytest.mark.parametrize("code", ["denied", "not_configured"])
def test_why_a_check_told_nothing_calls_it_that(code: FailureCode) -> None:
    why = {family: Catalog.load("ja", family=family).word("reason", code) for family in FAMILIES}
    assert "この PC" in why["windows"]
    assert why["linux"] == why["windows"]
    assert why["macos"] == why["windows"].replace("この PC", "この Mac")


@pytest.mark.parametrize(
    ("subject", "language", "place"),
    [
        ("phone", "en", "the phone"),
        ("phone", "ja", "スマートフォン"),
        ("device", "en", "this PC"),
        ("device", "ja", "この PC"),
    ],
)
def test_the_history_names_the_device_that_a_fault_is_on(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    subject: str,
    language: Language,
    place: str,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    full = cause("phone.storage_full", title="Full.", where="device", subjects=(subject,))
    verdict = VerdictBlock(
        where="device",
        confidence="certain",
        cause=full.code,
        headline="",
        not_now="",
        alternatives=(),
    )
    assert save(report(language, "Example", verdict, causes=(full,)), Config()) == 1
    row = listed(None, 5, keep_private=False, lang=language).splitlines()[4]
    assert place in row
