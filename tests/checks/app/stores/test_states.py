"""Every store, with the real answer that one of its kind gave, in every state it can be in."""

from __future__ import annotations

import socket
import threading
import time

import pytest
from werkzeug import Request, Response

from checks.app import CHECK
from checks.app.facts import AppFact
from checks.app.installed import InstalledCopy, Looked
from checks.app.stores import STORES, StoreAnswer
from checks.app.versions import compare
from diag.app_profile import Store
from diag.model import Finding
from tests.checks.app.stores.shop import SAMPLES, Sample, Shop, each_sample
from tests.support import view

TIMEOUT_S = 1.0
SLACK_S = 1.0


def outdated(installed: str, answer: StoreAnswer, sample: Sample) -> bool:
    """Whether a person would be told to update."""
    copy = InstalledCopy(version=installed, maker_version=installed)
    fact = AppFact(installed=(Looked(source="here", copies=(copy,)),), stores=(answer,))
    codes = {
        each.code
        for each in CHECK.judge(fact, view(fact, os=sample.os))
        if isinstance(each, Finding)
    }
    return "app.outdated" in codes


def test_every_store_of_a_profile_has_a_real_sample() -> None:
    assert {sample.source for sample in SAMPLES} == set(Store.__struct_fields__) == set(STORES)


@each_sample
def test_a_real_answer(shop: Shop, sample: Sample) -> None:
    shop.serve_sample(sample)
    answer = shop.ask_sample(sample)
    assert answer.failure is None and answer.seen is None
    assert answer.found is not None
    assert answer.found.version == sample.version
    phones = {"app_store": "ios", "google_play": "android"}
    if sample.phone:
        assert answer.found.platform == phones[sample.source]
    else:
        assert answer.found.platform in (sample.os, "any")


@each_sample
@pytest.mark.parametrize(("installed", "told"), [("0.0.9", True), ("", False), ("9999", False)])
def test_older_same_and_newer(shop: Shop, sample: Sample, installed: str, told: bool) -> None:
    shop.serve_sample(sample)
    answer = shop.ask_sample(sample)
    if sample.phone:
        return  # not compared with what is on this PC: see the phone's check
    installed = installed or sample.version
    told = told and compare(installed, sample.version) is not None
    assert outdated(installed, answer, sample) is told


@each_sample
def test_a_newer_one_comes_out(shop: Shop, sample: Sample) -> None:
    """The version is read where it stands, not merely somewhere."""
    old, new = sample.version.lstrip("v").encode(), b"31.41.59.26"
    shop.serve_sample(sample, lambda body: body.replace(old, new))
    found = shop.ask_sample(sample).found
    assert found is not None and found.version.lstrip("v") == new.decode()


@each_sample
@pytest.mark.parametrize("status", [404, 410])
def test_gone(shop: Shop, sample: Sample, status: int) -> None:
    shop.fail_sample(sample, lambda _: Response("{}", status=status))
    answer = shop.ask_sample(sample)
    assert (answer.found, answer.failure, answer.seen) == (None, None, "gone")


@each_sample
@pytest.mark.parametrize(
    ("status", "seen"),
    [(429, "rate_limited"), (403, "http_error"), (500, "http_error"), (503, "http_error")],
)
def test_a_store_that_refuses(shop: Shop, sample: Sample, status: int, seen: str) -> None:
    shop.fail_sample(sample, lambda _: Response("no", status=status))
    answer = shop.ask_sample(sample)
    assert answer.failure is not None
    assert (answer.failure.code, answer.failure.detail) == ("refused", f"HTTP {status}")
    assert (answer.found, answer.seen) == (None, seen)


@each_sample
@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html><body>Please sign in</body></html>",
        "\n<!-- blocked --><HTML><body>メンテナンス中</body></HTML>",
        '<?xml version="1.0"?><!doctype html><html xmlns="http://www.w3.org/1999/xhtml"/>',
    ],
)
def test_a_page_for_people(shop: Shop, sample: Sample, page: str) -> None:
    shop.fail_sample(sample, lambda _: Response(page, content_type="application/json"))
    answer = shop.ask_sample(sample)
    assert answer.failure is not None and answer.failure.code == "unparsable"
    asked_for = sample.source == "google_play"  # there it is a page, though not the app's
    assert (answer.found, answer.seen) == (None, "other_form" if asked_for else "html")


@each_sample
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff\xfe garbage",
        b"[]",
        b'"5"',
        b"null",
        b'{"a": 1}',
        b"a: [1, 2",
        b"<rss><channel/></rss>",
        b"<a>" * 5000,
        b"[" * 20_000,
        b"{" * 20_000,
        b'<!DOCTYPE a [<!ENTITY b "c">]><rss>&b;</rss>',
        b"version: &a [*a, *a]",
        b"9" * 10_000,
    ],
    ids=lambda body: body[:12].decode("latin-1"),
)
def test_garbage(shop: Shop, sample: Sample, body: bytes) -> None:
    shop.fail_sample(sample, lambda _: Response(body))
    answer = shop.ask_sample(sample)
    assert answer.failure is not None and answer.failure.code == "unparsable"
    assert answer.found is None
    assert answer.seen in ("other_form", "no_place", "no_version")


@each_sample
def test_cut_short(shop: Shop, sample: Sample) -> None:
    """What ends in its middle is no version, or the right one: lists may hold it at their start."""
    shop.serve_sample(sample, lambda body: body[: len(body) * 2 // 3])
    answer = shop.ask_sample(sample)
    assert answer.failure is None or answer.failure.code == "unparsable"
    assert answer.found is None or answer.found.version == sample.version


@each_sample
def test_too_large(shop: Shop, sample: Sample) -> None:
    shop.fail_sample(sample, lambda _: Response(b" " * (5 << 20)))
    answer = shop.ask_sample(sample)
    assert (answer.found, answer.seen) == (None, "too_large")


@each_sample
@pytest.mark.parametrize(
    "word", ["latest", "Varies with device", "Unknown", "最新", "", "x" * 30 + "1" * 50]
)
def test_words_that_are_no_version(shop: Shop, sample: Sample, word: str) -> None:
    old = sample.version.encode()
    shop.serve_sample(sample, lambda body: body.replace(old, word.encode()))
    answer = shop.ask_sample(sample)
    if answer.found is not None:  # beside it, the store names a build or another version
        assert answer.found.version not in ("", word)
    else:
        assert answer.seen is not None


@each_sample
def test_a_store_that_drips(sample: Sample, shop: Shop) -> None:
    """It answers at once, and never ends."""
    stop = threading.Event()

    def drip(_: Request) -> Response:
        def pieces() -> object:
            while not stop.is_set():
                yield b" "
                time.sleep(0.05)

        return Response(pieces())  # type: ignore[arg-type]

    shop.fail_sample(sample, drip)
    started = time.monotonic()
    try:
        answer = shop.ask_sample(sample, TIMEOUT_S)
        assert time.monotonic() - started < TIMEOUT_S + SLACK_S
    finally:
        stop.set()
    assert answer.failure is not None and answer.failure.code == "timeout"


@each_sample
def test_a_store_that_is_silent(sample: Sample, shop: Shop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        shop.base = f"http://127.0.0.1:{silent.getsockname()[1]}"
        started = time.monotonic()
        answer = shop.ask_sample(sample, TIMEOUT_S)
        assert time.monotonic() - started < TIMEOUT_S + SLACK_S
    assert answer.failure is not None and answer.failure.code == "timeout"


@each_sample
def test_nobody_listens(sample: Sample, shop: Shop) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        shop.base = f"http://127.0.0.1:{unused.getsockname()[1]}"
    answer = shop.ask_sample(sample)
    assert answer.failure is not None
    assert answer.failure.code in ("refused", "unreachable")


@each_sample
def test_at_most_two_requests(sample: Sample, shop: Shop) -> None:
    shop.serve_sample(sample)
    shop.ask_sample(sample)
    assert len(shop.server.log) <= 2
