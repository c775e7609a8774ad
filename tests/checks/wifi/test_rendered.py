"""What a network's name can do to a reader: nothing. And what leaves the device has no name."""

from __future__ import annotations

import io
import json
from functools import cache

import pytest
from msgspec.structs import replace

from checks.wifi.facts import Security, WifiFact
from checks.wifi.points import Point, link_of
from diag import registry
from diag.model import Answers, Language, Observation, Os, Snapshot
from diag.pipeline import redacted_report_on, report_on
from diag.render import RENDERERS
from diag.render.safe import safe
from diag.render.terminal import render, write
from diag.report import Header, Report
from tests.support import NOW, profile_from

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
}
"""What is on the air: what is shown."""

HEADER = Header(report_id="AAAA-BBBB", profile_sha256="0" * 64)
LANGUAGES: tuple[Language, ...] = ("en", "ja")

each_name = pytest.mark.parametrize("name", HOSTILE, ids=[ascii(name) for name in HOSTILE])
each_language = pytest.mark.parametrize("language", LANGUAGES)


@cache
def installed() -> registry.Registry:
    return registry.load()


def snapshot(name: str, security: Security = "open") -> Snapshot:
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
    return Snapshot(
        taken_at=NOW,
        zone="UTC",
        os=Os(family="linux"),
        profile=profile_from({}),
        answers=Answers(),
        deadline_s=10.0,
        chosen=("wifi",),
        observations={"wifi": Observation(fact=fact, took_s=0.1)},
    )


def open_report(name: str, language: Language) -> Report:
    return report_on(snapshot(name), installed(), language, HEADER)


def clean_report(name: str, language: Language) -> Report:
    return redacted_report_on(snapshot(name), installed(), language, HEADER, (), {})


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
