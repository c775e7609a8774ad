"""Nothing that a terminal obeys, or that a reader cannot see, gets through `safe`."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.render.safe import safe, safe_json

HOSTILE = {
    # what came in: what is shown
    "\x1b[31mred\x1b[0m": "red",
    "\x1b[2J\x1b[HYou are safe": "You are safe",
    "\x1b[1;1H\x1b[0KOK": "OK",
    "\x1b[?1049h\x1b[?25lgone": "gone",
    "\x1b[38;2;255;0;0mtrue colour": "true colour",
    "\x1b[3 q cursor": " cursor",
    "a\x1b[1Aup": "aup",
    "\x9b31mC1 colour": "C1 colour",
    "\x9b6n where is the cursor": " where is the cursor",
    "\x1b]0;root@host\x07title": "title",
    "\x1b]0;root@host\x1b\\title": "title",
    "\x9d0;title\x9ctext": "text",
    "\x1b]8;;https://evil.test\x1b\\bank\x1b]8;;\x1b\\": "bank",
    "\x1b]52;c;cm0gLXJmIH4=\x07clipboard": "clipboard",
    "\x1b]1337;File=inline=1:AAAA\x07image": "image",
    '\x1bP$q"p\x1b\\device': "device",
    "\x90q#0;2;0;0;0\x9csixel": "sixel",
    "\x1b_Gf=100;AAAA\x1b\\kitty": "kitty",
    "\x1b^private\x1b\\message": "message",
    "\x1bXstart\x1b\\of": "of",
    "\x1bcreset": "reset",
    "\x1b(0lqqk\x1b(B": "lqqk",
    "\x1b#8aligned": "aligned",
    "\x1b7save\x1b8": "save",
    "\x1b]0;never ended": "]0;never ended",
    "\x1b[never\x1b[": "ever[",
    "tail\x1b": "tail",
    "\x1b\x1b[31mtwice": "twice",
    "password: hidden\rlogin: ok": "password: hidden login: ok",
    "back\x08\x08\x08\x08space": "backspace",
    "bell\x07": "bell",
    "nul\x00byte": "nulbyte",
    "shift\x0eout\x0f": "shiftout",
    "DEL\x7f\x80\x84\x8d": "DEL",
    "FREE\u202eIFIW": "FREEIFIW",
    "\u2066isolate\u2069\u2067\u2068": "isolate",
    "\u200emark\u200f\u061c": "mark",
    "\u202dover\u202a\u202b\u202c": "over",
    "log\u200bin\ufeff\u2060": "login",
    "pay\u00adpal": "paypal",
    "tag\U000e0041\U000e007f": "tag",
    "line one\nline two\u2028three\u2029four\x85five": "line one line two three four five",
    "lone\ud800surrogate\udfff": "lone\ufffdsurrogate\ufffd",
    "\u3164\uffa0filler": "filler",
    "\ufff9a\ufffab\ufffb": "ab",
}


@pytest.mark.parametrize(("text", "shown"), HOSTILE.items(), ids=[ascii(text) for text in HOSTILE])
def test_hostile_text_is_shown_as_plain_text(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_there_are_forty_hostile_texts() -> None:
    assert len(HOSTILE) >= 40


@pytest.mark.parametrize(
    "text",
    [
        "プロミス 会員ログイン（確実）",
        "[/red] {x} <b>",
        "Ünïcode Wi-Fi — 5 GHz",
        "👩‍💻 ❤️",
        "café",
        "می‌خواهم",
        "渡邉\U000e0100",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert safe(text) == text


def test_line_ends_stay_where_lines_are_wanted() -> None:
    assert safe("one\r\ntwo\rthree\nfour\x0bfive", newlines=True) == "one\ntwo\nthree\nfour\nfive"
    assert safe("one\r\ntwo\tthree") == "one two three"


def _hidden(character: str) -> bool:
    if character in "\u200c\u200d":  # joiners
        return False
    if unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs"):
        return True
    bidirectional = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN")
    return (
        unicodedata.category(character) == "Cf"
        and unicodedata.bidirectional(character) in bidirectional
    )


@given(st.text(st.characters(), max_size=60), st.booleans())
def test_nothing_hidden_is_left_in_any_text(text: str, newlines: bool) -> None:
    shown = safe(text, newlines=newlines)
    left = {character for character in shown if _hidden(character)}
    assert left <= ({"\n"} if newlines else set())
    assert safe(shown, newlines=newlines) == shown
    shown.encode()


@given(st.lists(st.sampled_from(["\x1b", "\x9b", "[", "]", "3", "1", "m", "\x07", "\x9c", "\\"])))
def test_what_is_left_never_adds_up_to_a_new_sequence(pieces: list[str]) -> None:
    assert not set(safe("".join(pieces))) & {"\x1b", "\x9b", "\x07", "\x9c"}


def test_a_long_hostile_text_costs_no_more_than_its_length() -> None:
    """Quadratic would be hours here."""
    assert safe("\x9d" * 500_000 + "\x1b]" * 500_000) == "]" * 500_000


@given(st.text() | st.text(alphabet='\x1b\x7f\x9b\u202e\u2028\ufeff\U000e0041\\"a\n'))
def test_json_shows_no_hidden_sign_and_says_the_same(text: str) -> None:
    written = safe_json(json.dumps({text: [text]}, ensure_ascii=False, indent=1).encode())
    assert json.loads(written) == {text: [text]}
    shown = written.decode().replace("\n", "")
    assert safe(shown) == shown
