"""What a network's name can do to a reader: nothing. And what leaves the device has no name."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from checks.wifi.facts import Security, WifiFact
from checks.wifi.linux.network_manager import BUS_NAME, ROOT
from checks.wifi.points import Point, link_of
from diag import registry, word
from diag.catalog import Catalog
from diag.channels import Word, channels
from diag.config import WordSettings
from diag.history import Seen
from diag.host import real_host
from diag.model import Language, Snapshot
from diag.pipeline import redacted_report_on, report_on
from diag.render import RENDERERS, SUFFIXES
from diag.render.safe import safe
from diag.render.terminal import render, write
from diag.report import Header, Report
from tests.checks.wifi import bus as buses
from tests.checks.wifi import network_manager
from tests.cli.diag_process import diag
from tests.support import NOW, snapshot
from tests.test_notify import needs_a_bus, notifications, session_bus

__all__ = ["notifications", "session_bus"]
"""Fixtures."""

HOSTILE = {
    "\x1b[2J\x1b[31mYou are safe": "You are safe",
    "\x9b31mC1": "C1",
    "\x1b]8;;https://evil.test\x07bank": "bank",
    "FREE\u202eIFIW": "FREEIFIW",
    "\u2066isolate\u2069\u200fmark": "isolatemark",
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    "[/red][bold]x": "[/red][bold]x",
    "{reasons} {0} %s": "{reasons} {0} %s",
    "=cmd|' /C calc'!A0": "=cmd|' /C calc'!A0",
    "line\nbreak\rhere\x00": "line break here",
    "📶" * 8: "📶" * 8,
    'quote" back\\slash': 'quote" back\\slash',
    "| problems=0;;;; CRITICAL": "| problems=0;;;; CRITICAL",
}
"""What is on the air: what is shown."""

HEADER = Header(report_id="AAAA-BBBB", profile_sha256="0" * 64)
LANGUAGES: tuple[Language, ...] = ("en", "ja")

each_name = pytest.mark.parametrize("name", HOSTILE, ids=[ascii(name) for name in HOSTILE])
each_language = pytest.mark.parametrize("language", LANGUAGES)


@cache
def installed() -> registry.Registry:
    return registry.load()


def joined(name: str, security: Security = "open") -> Snapshot:
    point = Point(ssid=name, bssid="02:00:5e:10:00:01", security=security, signal=10)
    beside = Point(ssid=name, bssid="02:00:5e:10:00:02", security="wpa2")
    fact = WifiFact(
        adapter=True,
        source="network_manager",
        interface="wlan0",
        joined=True,
        carries_default=True,
        connectivity="portal",
        link=replace(link_of(point, [beside], ["wpa2"]), known_public=True, shared_key=True),
        router="00:00:5e:00:53:01",
    )
    return snapshot({"wifi": fact})


def open_report(name: str, language: Language) -> Report:
    return report_on(joined(name), installed(), language, HEADER)


def clean_report(name: str, language: Language) -> Report:
    return redacted_report_on(joined(name), installed(), language, HEADER, (), {})


@each_language
@each_name
@pytest.mark.parametrize("form", RENDERERS)
def test_a_hostile_name_is_harmless_in_every_form(name: str, language: Language, form: str) -> None:
    text = RENDERERS[form](open_report(name, language)).decode("utf-8")
    for line in text.splitlines():
        assert safe(line) == line
    assert "\x1b" not in text
    if form in ("json", "jsonl"):
        json.loads(text)


@each_language
@each_name
def test_a_hostile_name_is_shown_as_plain_text_on_a_terminal(name: str, language: Language) -> None:
    text = render(open_report(name, language), width=200)
    assert HOSTILE[name] in text
    assert safe(text, newlines=True) == text


@each_name
@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "ascii"])
def test_a_terminal_that_cannot_show_a_name_still_shows_the_report(
    name: str, encoding: str
) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors="backslashreplace")
    write(open_report(name, "ja"), stream)
    stream.flush()
    assert b"\x1b" not in raw.getvalue().replace(b"\x1b[0m", b"")


@each_language
@each_name
@pytest.mark.parametrize("form", RENDERERS)
def test_what_leaves_the_device_has_no_name_and_no_address(
    name: str, language: Language, form: str
) -> None:
    written = RENDERERS[form](clean_report(name, language))
    text = written.decode("utf-8")
    for secret in (name, HOSTILE[name], "02:00:5e:10:00:01", "02:00:5e:10:00:02", "00:53:01"):
        assert secret not in text
        assert json.dumps(secret)[1:-1] not in text


@each_name
def test_without_the_name_the_same_is_concluded(name: str) -> None:
    named, nameless = open_report(name, "en"), clean_report(name, "en")
    assert [(each.code, each.severity, each.confidence) for each in named.causes] == [
        (each.code, each.severity, each.confidence) for each in nameless.causes
    ]
    assert [each.code for each in named.remedies] == [each.code for each in nameless.remedies]
    assert named.verdict.where == nameless.verdict.where


def test_every_form_that_diag_writes_is_tried() -> None:
    """Whoever adds a form adds it to RENDERERS, and so to the tests above."""
    assert {"text", "json", "jsonl", "prometheus", "nagios"} <= set(RENDERERS)
    assert set(SUFFIXES.values()) <= set(RENDERERS)


@each_language
@each_name
def test_a_name_breaks_no_plug_ins_line(name: str, language: Language) -> None:
    """What follows the first | of a line are numbers to Nagios."""
    for report in (open_report(name, language), clean_report(name, language)):
        text = RENDERERS["nagios"](report).decode()
        assert text.count("|") == 1
        assert "problems=1" in text


# --- what goes further than the screen: notices, mail, web hooks, the list of past runs ---


@each_language
@each_name
def test_no_title_holds_a_name(name: str, language: Language) -> None:
    """Titles travel: to the desktop, to programs and services that carry word, into the history."""
    report = open_report(name, language)
    assert {each.code for each in report.causes} >= {"wifi.evil_twin", "wifi.weak_signal"}
    titles = [report.verdict.headline, *(cause.title for cause in report.causes)]
    titles += [remedy.title for remedy in report.remedies]
    titles += [effect.title for cause in report.causes for effect in cause.explains]
    assert not any(HOSTILE[name] in title or name in title for title in titles)


def said(name: str, language: Language) -> Word:
    """What `unattended` tells of a run that found all this for the first time."""
    report, catalog = open_report(name, language), Catalog.load(language)
    seen = tuple(
        Seen(code=each.code, severity=each.severity, confidence="certain", title=each.title)
        for each in report.causes
    )
    present = word.Present(seen=seen, before=(), unsettled=())
    found = word.changes(present, {}, WordSettings(about="warning"), NOW)
    return Word(
        title=word.heading(catalog, report),
        lines=word.lines(found, catalog, report, name_app=True),
        more=word.more(catalog, report),
        report_id=report.report_id,
        changes=(),
    )


@each_language
@each_name
def test_word_of_a_change_holds_no_name(
    name: str, language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    told = said(name, language)
    assert len(told.lines) >= 2
    channels(WordSettings(), real_host())["stderr"](told)
    shown = capsys.readouterr().err + json.dumps(msgspec.to_builtins(told), ensure_ascii=False)
    assert safe(shown, newlines=True) == shown
    assert name not in shown
    assert HOSTILE[name] not in shown


@needs_a_bus
def test_a_desktop_gets_no_name_and_no_markup(notifications: Path) -> None:
    for name in HOSTILE:
        told = said(name, "ja")
        channels(WordSettings(desktop=True), real_host())["desktop"](told)
    shown = notifications.read_text("utf-8")
    assert shown.count("Notify") == len(HOSTILE)
    assert safe(shown, newlines=True) == shown
    assert not any(each in shown for each in ("alert(1)", "[/red]", "calc", "IFIW", "bank"))


# --- the commands, on a bus with such a network ---

WORST = (
    b"\x1b[2J\x1b]0;x\x07[/red]",
    "FREE\u202eIFIW\u2066\u200f".encode(),
    b"<b onclick=x>&amp;</b>",
    "📶".encode() * 8,
)


@buses.needs_dbusmock()
@pytest.mark.parametrize("raw", WORST, ids=ascii)
def test_no_command_lets_such_a_name_do_anything(tmp_path: Path, raw: bytes) -> None:
    def shown(*arguments: str) -> str:
        env = {"DBUS_SYSTEM_BUS_ADDRESS": bus, "LANG": "ja_JP.UTF-8"}
        done = diag(tmp_path, *arguments, env=env)
        assert done.returncode in ((0, 1, 2, 3) if "nagios" in arguments else (0, 1, 3)), (
            done.stderr
        )
        assert b"Traceback" not in done.stderr
        text = (done.stdout + done.stderr).decode("utf-8")
        assert safe(text, newlines=True) == text, arguments
        return text

    with buses.system_bus() as bus, network_manager.network_manager(bus) as manager:
        manager.join(raw, network_manager.OPEN, strength=9)
        manager.saved(raw, "wpa-psk")
        visible = safe(raw.decode())
        assert visible in shown("run", "--only", "wifi", "--private")
        for form in RENDERERS:
            shown("run", "--only", "wifi", "--private", "--format", form, "--no-save")
        assert visible in shown("show", "--private")
        shown("show", "--private", "--format", "json")
        assert visible not in shown("show")
        assert visible not in shown("history", "--private")
        if raw is WORST[0]:  # it takes its time
            assert visible not in shown("watch", "--for", "1s", "--deadline", "3")
        assert visible in shown("networks", "show", "--private")
        assert visible not in shown("networks", "show")
        manager.set(
            f"{ROOT}/AccessPoint/ap1",
            f"{BUS_NAME}.AccessPoint",
            Flags=("u", 1),
            RsnFlags=("u", network_manager.WPA2[2]),
        )
        assert visible in shown("networks", "trust")
        assert visible in shown("networks", "list", "--private")
        assert visible in shown("networks", "forget")
