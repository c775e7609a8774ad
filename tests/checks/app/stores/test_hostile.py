"""Real answers with anything at all in any place: no store's reader ever breaks."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.app.stores import STORES, StoreVersion, electron
from checks.app.stores.asking import HTML, Device
from checks.app.stores.normal import Absence
from checks.app.stores.reading import NotTold
from diag.model import Failed
from tests.checks.app.stores.shop import SAMPLES, Sample, name_of, recorded

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1 << 70,
    "",
    "latest",
    "v2024.10-beta (5)",
    "1.2,345",
    "１．２",
    "1." * 500,
    "\x1b[31m1.0\x00",
    "\ud800",
    [],
    [[]],
    {},
    {"a": 1},
    "https://[",
    "9999-99-99",
    "1e400",
]
FAMILIES: dict[str, Any] = {"macos": "macos", "linux": "linux", "windows": "windows"}


class Reply:
    """A `Fetch` that always brings the same."""

    def __init__(self, bodies: list[bytes | None]) -> None:
        self._bodies = bodies

    def __call__(self, _: str, /, **__: Any) -> bytes | None:
        return self._bodies.pop(0) if len(self._bodies) > 1 else self._bodies[0]


def ask(sample: Sample, body: bytes) -> None:
    before = [recorded(name) for name in list(sample.documents.values())[:-1]]
    bodies = [body] if sample.source == "github" else [*before, body]
    device = Device(family=FAMILIES[sample.os], arch="x64", phone=sample.phone)
    try:
        answer = STORES[sample.source].file.ask(
            Reply(list(bodies)), sample.section("https://store.app.test"), device
        )
    except (NotTold, Failed):
        return
    if isinstance(answer, StoreVersion):
        assert 0 < len(answer.version) <= 64
        assert answer.notes is None or len(answer.notes) <= 500
        assert all(sign >= " " for sign in (answer.version + (answer.notes or "")))
    else:
        assert answer in get_args(Absence)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for key, each in value.items():
            yield from places(each, (*path, key))
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from places(each, (*path, number))


def replaced(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = replaced(value[path[0]], path[1:], odd)
    return copied


def last_document(sample: Sample) -> str:
    return list(sample.documents.values())[-1]


IN_JSON = [sample for sample in SAMPLES if last_document(sample).endswith(".json")]


@pytest.mark.parametrize("sample", IN_JSON, ids=name_of)
def test_anything_in_any_place_of_a_json(sample: Sample) -> None:
    document = json.loads(recorded(last_document(sample)))
    for path in places(document):
        for odd in ODD:
            ask(sample, json.dumps(replaced(document, path, odd)).encode())


IN_TEXT = [sample for sample in SAMPLES if not last_document(sample).endswith(".json")]


@pytest.mark.parametrize("sample", IN_TEXT, ids=name_of)
def test_any_line_of_a_text_odd_or_gone(sample: Sample) -> None:
    lines = recorded(last_document(sample)).splitlines()
    for number, line in enumerate(lines):
        head = line.partition(b":")[0]
        for other in (b"", b": ", head + b": [", head + b": {a: &a [*a]}", head + b": 1e5", b"<a>"):
            ask(sample, b"\n".join([*lines[:number], other, *lines[number + 1 :]]))


@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_bytes_that_flipped(sample: Sample, data: st.DataObject) -> None:
    body = bytearray(recorded(last_document(sample)))
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place] = data.draw(st.integers(0, 255))
    ask(sample, bytes(body))


STARTS_OF_BLOCKS = b"AF_initDataCallback({key: 'ds:5', hash: '1', data:["
APPCAST = (
    b'<rss xmlns:sparkle="http://www.andymatuschak.org/xml-namespaces/sparkle"><channel>%s'
    b"</channel></rss>"
)
ITEM = (
    b"<item><sparkle:version>1.%d</sparkle:version><description>%s</description>"
    b'<enclosure url="https://app.test/a.dmg"/></item>'
)


@pytest.mark.parametrize(
    ("source", "body"),
    [
        ("google_play", STARTS_OF_BLOCKS * 40_000),
        ("google_play", STARTS_OF_BLOCKS + b"]" * 2_000_000),
        ("google_play", b"<!-- -->" * 100_000),
        ("sparkle", APPCAST % b"".join(ITEM % (number, b"&lt;" * 1000) for number in range(900))),
        ("electron", b"version: " + b"[" * electron.YAML_LIMIT),
        ("electron", b"a: &a x\n" * 8000),
        ("json", b"[" * (2 << 20)),
        ("json", b'{"tag_name": "' + b"1." * (1 << 20) + b'"}'),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_made_to_take_long(source: str, body: bytes) -> None:
    """Seconds of a processor's time: what a reader does over and over takes minutes here."""
    sample = next(sample for sample in SAMPLES if sample.source == source)
    started = time.process_time()
    ask(sample, body)
    assert time.process_time() - started < 2.0


def test_many_comments_before_a_page() -> None:
    started = time.process_time()
    assert HTML.match(b"<!-- -->" * 250) is None
    assert HTML.match(b"<!-- -->" * 200 + b"<html>") is not None
    assert HTML.match(b"<?xml ?> <!-- a --> <!DOCTYPE  html>") is not None
    assert time.process_time() - started < 0.1
