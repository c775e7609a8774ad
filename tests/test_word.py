"""What is said after a run: changes only, each once, at a fitting time, naming no app."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from diag.catalog import Catalog
from diag.config import WordSettings
from diag.history import Seen, Told
from diag.model import Confidence, Language, Severity
from diag.word import Change, Present, changes, is_quiet, lines, names_of, unsettled
from tests.render.situations import SITUATIONS
from tests.support import profile_from

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ALL = WordSettings(repeat_minutes=60)


def seen(code: str, severity: Severity = "problem", confidence: Confidence = "certain") -> Seen:
    return Seen(code=code, severity=severity, confidence=confidence, title=f"It is {code}.")


def told(code: str, kind: str, minutes: float, severity: Severity = "problem") -> dict[str, Told]:
    at = NOW - timedelta(minutes=minutes)
    return {code: Told(code=code, kind=kind, severity=severity, title="Earlier.", at=at)}


def said(
    *now: Seen,
    told: dict[str, Told] | None = None,
    before: tuple[str, ...] = (),
    unsettled: tuple[str, ...] = (),
    settings: WordSettings = ALL,
) -> list[tuple[str, str]]:
    present = Present(seen=now, before=before, unsettled=unsettled)
    return [(each.kind, each.code) for each in changes(present, told or {}, settings, NOW)]


def test_silence_while_nothing_changes() -> None:
    assert said() == []
    assert said(seen("link.down"), told=told("link.down", "new", 5)) == []
    assert said(told=told("link.down", "gone", 5)) == []


def test_new_worse_gone() -> None:
    assert said(seen("link.down")) == [("new", "link.down")]
    known = told("os.updates_pending", "new", 5, "warning")
    assert said(seen("os.updates_pending"), told=known) == [("worse", "os.updates_pending")]
    assert said(told=told("link.down", "new", 5)) == [("gone", "link.down")]
    better = told("os.updates_pending", "new", 5, "problem")
    assert said(seen("os.updates_pending", "warning"), told=better) == []


def test_what_is_not_certain_is_new_when_it_is_seen_twice() -> None:
    flicker = seen("internet.slow", confidence="likely")
    assert said(flicker) == []
    assert said(flicker, before=("internet.slow",)) == [("new", "internet.slow")]


def test_what_could_not_be_measured_is_not_gone() -> None:
    known = told("os.updates_pending", "new", 5)
    assert said(told=known, unsettled=("os.updates_pending",)) == []


def test_notes_are_not_worth_a_word_and_warnings_only_if_asked() -> None:
    for about, expected in (("warning", ["new"]), ("problem", [])):
        settings = msgspec.convert({"about": about}, WordSettings)
        assert [kind for kind, _ in said(seen("a.b", "warning"), settings=settings)] == expected
    assert said(seen("status_page.unavailable", "info")) == []


def test_what_comes_and_goes_is_said_again_only_after_a_while() -> None:
    down = seen("wifi.weak_signal")
    assert said(down, told=told("wifi.weak_signal", "gone", 59)) == []
    assert said(down, told=told("wifi.weak_signal", "gone", 61)) == [("new", "wifi.weak_signal")]
    assert said(told=told("wifi.weak_signal", "new", 1)) == [("gone", "wifi.weak_signal")]


@pytest.mark.parametrize(
    ("begin", "end", "clock", "quiet"),
    [
        ("22:00", "07:00", "21:59", False),
        ("22:00", "07:00", "22:00", True),
        ("22:00", "07:00", "06:59", True),
        ("22:00", "07:00", "07:00", False),
        ("12:00", "13:00", "12:30", True),
        ("12:00", "13:00", "13:00", False),
        ("00:00", "24:00", "23:59", True),
        (None, "07:00", "03:00", False),
    ],
)
def test_quiet_hours(begin: str | None, end: str, clock: str, quiet: bool) -> None:
    settings = WordSettings(quiet_from=begin, quiet_to=end)
    local = datetime.fromisoformat(f"2026-11-22T{clock}:00")
    assert is_quiet(settings, local) == quiet


def test_what_is_listed_under_another_cause_is_not_gone() -> None:
    report = next(each("en") for each in SITUATIONS.values() if each("en").causes[0].explains)
    under = {each.code for cause in report.causes for each in cause.explains}
    assert under <= unsettled(report, {}, {})
    measured = next(each.check for each in report.results if each.status == "ok")
    by_check: dict[str, str] = {"a.ok": measured, "b.gone": "no_such_check"}
    both = {**told("a.ok", "new", 1), **told("b.gone", "new", 1)}
    assert unsettled(report, both, by_check) - under == {"b.gone"}


# --- names --------------------------------------------------------------------------------------

PROFILE: dict[str, Any] = {
    "app": {"id": "promise", "name": {"en": "Promise", "ja": "プロミス"}},
    "endpoint": [{"id": "login", "url": "https://login.promise.example/", "role": "login"}],
}


def line(title: str, language: Language = "en", *, name_app: bool = False) -> str:
    report = next(iter(SITUATIONS.values()))(language)
    snapshot = msgspec.structs.replace(report.snapshot, profile=profile_from(PROFILE))
    report = msgspec.structs.replace(report, snapshot=snapshot)
    change = Change(kind="new", code="x.y", severity="problem", title=title)
    (text,) = lines([change], Catalog.load(language), report, name_app=name_app)
    return text


def test_a_notice_names_no_app_unless_asked() -> None:
    for title in ("PROMISE is out of date.", "login.promise.example has no address."):
        assert "promise" not in line(title).casefold()
        assert title in line(title, name_app=True)
    assert "プロミス" not in line("プロミスのアプリが古くなっています。", "ja")
    assert line("The router does not answer.") == "New: The router does not answer."


def test_names_of_no_app() -> None:
    generic = {"app": {"id": "generic", "name": {"en": "This PC"}}}
    assert names_of(profile_from(generic)) == ()
