from __future__ import annotations

import sys
import time
import tomllib
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import pytest

from diag import registry
from diag.catalog import Catalog, Messages, Placeholder, TemplateError, placeholders
from diag.model import Args, Language
from diag.render.layout import twins

NOW = datetime(2026, 11, 22, 13, 10, tzinfo=UTC)  # 22:10 in Tokyo
LANGUAGES: tuple[Language, ...] = ("en", "ja")
PACKAGES = sorted({"diag", *(check.texts for check in registry.load().checks.values())})


def said(template: str | list[str], args: Args, language: Language = "en") -> str:
    catalog = Catalog.load(language, ("checks",))
    return catalog.format(template, args, now=NOW, zone="Asia/Tokyo")


@pytest.mark.parametrize(
    ("form", "value", "english", "japanese"),
    [
        ("{x}", "eth0", "eth0", "eth0"),
        ("{x}", 12, "12", "12"),
        ("{x}", 2.0, "2", "2"),
        ("{x}", True, "yes", "はい"),
        ("{x}", {"en": "At a branch", "ja": "店頭で"}, "At a branch", "店頭で"),
        ("{x}", {"fr": "guichet"}, "guichet", "guichet"),
        ("{x:list}", ["a", "b", "c"], "a, b, c", "a、b、c"),
        ("{x:list}", [{"en": "one", "ja": "一"}, {"en": "two", "ja": "二"}], "one, two", "一、二"),
        ("{x:time}", "2026-11-22T12:40:00+00:00", "21:40", "21:40"),
        ("{x:time}", "2026-11-22T12:40:00Z", "21:40", "21:40"),
        ("{x:time}", "2026-11-21T12:40:00+00:00", "21 Nov, 21:40", "11月21日 21:40"),
        ("{x:time}", "2025-12-31T23:00:00+09:00", "31 Dec 2025, 23:00", "2025年12月31日 23:00"),
        ("{x:date}", "2026-11-22T20:00:00+00:00", "23 Nov 2026", "2026年11月23日"),
        ("{x:date}", "2024-06-30", "30 Jun 2024", "2024年6月30日"),
        ("{x:until}", "2026-11-22T14:00:00+00:00", "in 50 min", "約 50 分後"),
        ("{x:duration}", 7800, "2 h 10 min", "2 時間 10 分"),
        ("{x:duration}", 7200.0, "2 h", "2 時間"),
        ("{x:duration}", 59.7, "1 min", "1 分"),
        ("{x:duration}", 3599, "1 h", "1 時間"),
        ("{x:duration}", -240, "4 min", "4 分"),
        ("{x:duration}", 41 * 86400, "41 days", "41 日"),
        ("{x:duration}", 3 * 365 * 86400 + 9, "3 years", "3 年"),
        ("{x:seconds}", 2.34, "2.3 s", "2.3 秒"),
        ("{x:seconds}", 12.3, "12 s", "12 秒"),
        ("{x:word.confidence}", "likely", "likely", "可能性が高い"),
        ("{x:word.yes_no}", False, "no", "いいえ"),
        ("{x:word.confidence}", ["likely", "certain"], "likely, certain", "可能性が高い、確実"),
        ("{x:word.confidence}", "brand_new", "brand_new", "brand_new"),
    ],
)
def test_forms(form: str, value: object, english: str, japanese: str) -> None:
    args: Args = {"x": value}  # type: ignore[dict-item]
    assert said(form, args, "en") == english
    assert said(form, args, "ja") == japanese


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("プロミス", "この PC のプロミスは古い（プロミスの試用）"),
        ("ｐａｙ", "この PC のｐａｙは古い（ｐａｙの試用）"),
        ("Example", "この PC の Example は古い（Example の試用）"),
        ("100", "この PC の 100 は古い（100 の試用）"),
    ],
)
def test_japanese_stands_beside_japanese_without_a_space(name: str, text: str) -> None:
    catalog = Catalog.load("ja")
    said = catalog.format(
        "この PC の {app} は古い（{app} の試用）", {"app": name}, now=NOW, zone="Asia/Tokyo"
    )
    assert said == text


def test_the_first_alternative_with_all_values_is_used() -> None:
    title = ["down since {since:time}", "down on {host}", "down"]
    assert said(title, {"since": "2026-11-22T12:40:00Z", "host": "a"}) == "down since 21:40"
    assert said(title, {"since": None, "host": "a"}) == "down on a"
    assert said(title, {}) == "down"


def test_lines_without_a_value_are_left_out() -> None:
    catalog = Catalog.load("en")
    templates = ["by {a}", "by {b}", ["by {c}", "by anyone"], "by {empty:list}"]
    lines = catalog.lines(templates, {"a": "me", "b": None, "empty": []}, now=NOW, zone="UTC")
    assert lines == ("by me", "by anyone")


def test_what_is_past_has_no_until() -> None:
    assert said(["back {x:until}", "back soon"], {"x": "2026-11-22T12:00:00Z"}) == "back soon"


@pytest.mark.parametrize("form", ["time", "date", "until", "duration", "seconds"])
def test_a_redacted_value_is_shown_as_it_is(form: str) -> None:
    assert said(f"{{x:{form}}}", {"x": "host-1"}) == "host-1"


def test_an_instant_that_no_zone_can_show_is_shown_as_it_is() -> None:
    first = "0001-01-01T00:00:00+09:00"
    assert said("{x:time}", {"x": first}) == first


@pytest.mark.parametrize(
    "template",
    ["{x.real}", "{x[0]}", "{x!r}", "{}", "{0}", "{x:nope}", "{x:{y}}", "a {", "{x:word.}"],
)
def test_nothing_inside_a_value_can_be_reached(template: str) -> None:
    args: Args = {"x": "secret", "y": "list"}
    assert said([template, "instead"], args) == "instead"
    with pytest.raises(TemplateError):
        placeholders(template)


def test_placeholders() -> None:
    found = placeholders(["{a:time} {{literally}} {b}", "{b}"])
    assert found == {Placeholder("a", "time"), Placeholder("b", "")}


def test_values_from_outside_are_made_safe() -> None:
    assert said("Wi-Fi {x}", {"x": "\x1b[31mFREE\u202e\n"}).isprintable()
    assert said("{x:list}", {"x": ["a\x07", "b"]}) == "a, b"
    assert said("{x}", {"x": "{x} {y}"}) == "{x} {y}"


def test_an_unknown_zone_is_utc() -> None:
    catalog = Catalog.load("en")
    args: Args = {"x": "2026-11-22T12:40:00Z"}
    assert catalog.format("{x:time}", args, now=NOW, zone="Mars/Base") == "12:40"


def test_a_missing_text_is_its_code() -> None:
    catalog = Catalog.load("ja", ("checks", "no.such.package"))
    code = catalog.cause("plug.in_{x}")
    assert catalog.format(code.title, {}, now=NOW, zone="UTC") == "plug.in_{x}"
    assert code.evidence == ()
    assert catalog.check("made_up") == "made_up"
    assert catalog.format(catalog.ui("made.up"), {}, now=NOW, zone="UTC") == "made.up"
    assert catalog.format(catalog.remedy("a.b").title, {}, now=NOW, zone="UTC") == "a.b"


def test_a_finer_check_is_called_what_its_family_is() -> None:
    catalog = Catalog.load("en", ("checks",))
    assert catalog.check("link.finer") == catalog.check("link") != "link"


def test_steps_for_the_system_at_hand() -> None:
    texts = Catalog.load("en", ("checks",)).remedy("link.reconnect")
    assert "taskbar" in str(texts.steps_for("windows"))
    assert "taskbar" not in str(texts.steps_for("macos"))
    assert texts.steps_for("other") == ()


@pytest.fixture
def plug_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    messages = tmp_path / "texts_of_a_plug_in" / "messages"
    messages.mkdir(parents=True)
    (messages.parent / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "texts_of_a_plug_in", raising=False)
    return messages


def test_a_plug_in_that_speaks_only_english_is_read_in_english(plug_in: Path) -> None:
    (plug_in / "en.toml").write_text('[cause."x.y"]\ntitle = "It broke"\n')
    catalog = Catalog.load("ja", ("texts_of_a_plug_in",))
    assert catalog.format(catalog.cause("x.y").title, {}, now=NOW, zone="UTC") == "It broke"


@pytest.mark.parametrize(
    "text", ['[cause."x.y"]\ntitle = 12\n', '[cause."x.y"]\ntitle = \n', "\x00", "[cause", ""]
)
def test_a_plug_ins_broken_texts_break_nothing(plug_in: Path, text: str) -> None:
    (plug_in / "en.toml").write_text(text)
    catalog = Catalog.load("en", ("texts_of_a_plug_in", "checks"))
    assert catalog.format(catalog.cause("x.y").title, {}, now=NOW, zone="UTC") == "x.y"
    assert catalog.check("link") != "link"


def test_a_plug_in_does_not_reword_the_built_in_texts(plug_in: Path) -> None:
    (plug_in / "en.toml").write_text('[check.link]\ntitle = "Hijacked"\n')
    catalog = Catalog.load("en", ("checks", "texts_of_a_plug_in"))
    assert catalog.check("link") != "Hijacked"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("package", PACKAGES)
def test_taken_apart_a_file_says_what_it_says_whole(package: str, language: str) -> None:
    """Parsing only what is asked for must give what parsing everything gives."""
    file = resources.files(package).joinpath("messages", f"{language}.toml")
    text = file.read_text(encoding="utf-8")
    messages = Messages(text)
    apart = {
        kind: {name: messages.section(kind, name) for name in messages.names(kind)}
        for kind in ("check", "cause", "remedy", "understood", "words", "ui")
    }
    whole = tomllib.loads(text)
    assert {kind: tables for kind, tables in apart.items() if tables} == whole


@pytest.mark.parametrize(("language", "encoding"), [("en", "ascii"), ("ja", "cp932")])
@pytest.mark.parametrize("package", PACKAGES)
def test_texts_can_be_shown_on_old_terminals(package: str, language: str, encoding: str) -> None:
    file = resources.files(package).joinpath("messages", f"{language}.toml")
    text = file.read_text(encoding="utf-8").replace("\\u00a0", " ").translate(twins(encoding))
    lost = {char for char in text if char.encode(encoding, "ignore") == b""}
    assert lost == set()


def test_an_instant_without_a_zone_is_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert said("{x:time}", {"x": "2026-11-22T12:40:00"}) == "21:40"
    finally:
        monkeypatch.undo()
        time.tzset()
