from __future__ import annotations

import io
import os
import pty
import re
import threading
from collections.abc import Callable
from typing import TextIO

import pytest
from rich.cells import cell_len
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from diag.catalog import Catalog
from diag.model import Language
from diag.render import RENDERERS
from diag.render.progress import Progress
from diag.render.terminal import render, write
from tests.render.situations import SITUATIONS, cafe, hostile, outage

LANGUAGES: tuple[Language, ...] = ("en", "ja")
ENCODINGS = ("utf-8", "cp932", "cp850", "cp437", "cp1252", "ascii", "euc_jp")

each_situation = pytest.mark.parametrize("situation", SITUATIONS)
each_language = pytest.mark.parametrize("language", LANGUAGES)


class TextFile(SingleFileSnapshotExtension):
    """A picture of a report in a file of its own, to be read as people see it."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@each_situation
@each_language
@pytest.mark.parametrize("width", [80, 50])
def test_what_people_see(
    situation: str, language: Language, width: int, snapshot: SnapshotAssertion
) -> None:
    text = render(SITUATIONS[situation](language), width=width, saved=True)
    assert text == snapshot(extension_class=TextFile, name=f"{situation}-{language}-{width}")


@each_situation
@each_language
@pytest.mark.parametrize("width", [24, 37, 50, 80, 200])
def test_no_line_is_wider_than_the_terminal(situation: str, language: Language, width: int) -> None:
    for line in render(SITUATIONS[situation](language), width=width, saved=True).splitlines():
        assert cell_len(line) <= width, line


def test_first_where_then_what_not_to_do_then_the_next_step() -> None:
    lines = render(outage("en")).splitlines()
    first = next(index for index, line in enumerate(lines) if "●" in line)
    told = " ".join(lines[first:]).split("Why we say so")[0]
    assert first == 2
    assert re.search(r"● The fault is at the service.*\(likely\).*Do not reset.*→ Next: Wait", told)
    assert "about 50 min" in told


def test_a_remedy_for_something_else_is_no_other_way() -> None:
    text = render(cafe("en"))
    ways, noticed = text.split("Also noticed")
    assert "Install the updates" in noticed
    assert "Install the updates" not in ways


def test_what_could_not_be_told_because_of_the_cause_is_said_once() -> None:
    text = render(cafe("en"))
    assert text.count("Status page") == 1
    assert "Could not be told" not in text


# --- encodings ---


def written(encoding: str, language: Language, situation: str) -> bytes:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    write(SITUATIONS[situation](language), stream, saved=True)
    stream.flush()
    return raw.getvalue()


@each_situation
@each_language
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_can_carry_the_report(
    encoding: str, language: Language, situation: str
) -> None:
    assert written(encoding, language, situation).decode(encoding)


@each_situation
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_english_needs_no_escapes_anywhere(encoding: str, situation: str) -> None:
    assert b"\\" not in written(encoding, "en", situation)


@each_situation
@pytest.mark.parametrize("encoding", ["cp932", "euc_jp", "utf-8"])
def test_japanese_needs_no_escapes_where_japanese_is_written(encoding: str, situation: str) -> None:
    text = written(encoding, "ja", situation).decode(encoding)
    assert "\\" not in text
    assert "診断" in text


# --- terminals ---


def on_terminal(draw: Callable[[TextIO], None], columns: int = 80) -> str:
    """What reaches a real (pseudo) terminal of this width."""
    leader, follower = pty.openpty()
    import fcntl
    import struct
    import termios

    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    received: list[bytes] = []

    def read() -> None:
        while True:
            try:
                data = os.read(leader, 65536)
            except OSError:
                return
            if not data:
                return
            received.append(data)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    with os.fdopen(follower, "w", encoding="utf-8") as stream:
        draw(stream)
    reader.join(10)
    os.close(leader)
    return b"".join(received).decode()


@pytest.fixture
def bare_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


ESCAPE = "\x1b"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.usefixtures("bare_terminal")
@each_situation
@each_language
def test_colour_changes_nothing_but_the_colour(situation: str, language: Language) -> None:
    report = SITUATIONS[situation](language)
    seen = on_terminal(lambda stream: write(report, stream), columns=60)
    assert COLOUR.search(seen)
    plain = COLOUR.sub("", seen).replace("\r\n", "\n")
    assert [line.rstrip() for line in plain.splitlines()] == render(report, width=60).splitlines()


@pytest.mark.usefixtures("bare_terminal")
@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_colour_where_none_is_wanted(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert ESCAPE not in on_terminal(lambda stream: write(cafe("ja"), stream))


def test_no_colour_in_a_file() -> None:
    assert ESCAPE.encode() not in written("utf-8", "ja", "cafe")


HOSTILE = (
    "\x1b[2J\x1b[31m",
    "\x1b]0;title\x07",
    "\x9b31m",
    "[/red][bold]",
    "[link=http://evil.example]",
    "\u202eevil",
    "a\rb\nc",
    ":smile:",
)


@pytest.mark.usefixtures("bare_terminal")
@pytest.mark.parametrize("text", HOSTILE, ids=repr)
def test_text_from_outside_controls_nothing(text: str) -> None:
    report = hostile(text)
    seen = COLOUR.sub("", on_terminal(lambda stream: write(report, stream)))
    for picture in (render(report), seen.replace("\r\n", "\n")):
        controls = [char for char in picture if not char.isprintable() and char != "\n"]
        assert controls == []
        assert "Install the updates" in picture
    if text.isascii() and text.isprintable():
        assert text in seen


@pytest.mark.usefixtures("bare_terminal")
def test_progress_shows_what_still_runs_and_leaves_nothing_behind() -> None:
    def run(stream: TextIO) -> None:
        with Progress(Catalog.load("en", ("checks",)), ["link", "dns"], stream) as progress:
            progress.on_event("link", "started")
            progress.on_event("dns", "started")
            progress.on_event("link", "settled")
        stream.write("done\n")

    seen = on_terminal(run)
    drawn = seen.split("\r")
    assert "Checking (0 of 2 done): Network link" in seen
    assert any(line.startswith("Checking (1 of 2 done): ") for line in drawn)
    assert "Network link" not in next(line for line in drawn if "1 of 2" in line)
    assert not drawn[-3].strip()
    assert drawn[-2:] == ["done", "\n"]


@pytest.mark.usefixtures("bare_terminal")
def test_progress_fits_a_narrow_terminal() -> None:
    def run(stream: TextIO) -> None:
        with Progress(Catalog.load("ja"), list("abcdefgh"), stream) as progress:
            for name in ("abcdefgh" * 5)[:20]:
                progress.on_event(name * 9, "started")

    assert all(cell_len(line) < 30 for line in on_terminal(run, columns=30).split("\r"))


def test_progress_says_nothing_in_a_pipe() -> None:
    stream = io.StringIO()
    with Progress(Catalog.load("en"), ["link"], stream) as progress:
        progress.on_event("link", "started")
    assert stream.getvalue() == ""


def test_formats() -> None:
    assert RENDERERS["text"](cafe("ja")).decode().startswith("プロミスにログインできない件の診断")
    assert RENDERERS["json"](cafe("ja")).startswith(b'{\n  "schema_version": 1,')
