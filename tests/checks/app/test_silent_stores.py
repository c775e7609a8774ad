"""Stores that do not answer, or not with the app."""

from __future__ import annotations

import msgspec

from checks.app.stores import StoreAnswer
from tests.checks.app.judging import copy, failed, judged, offer, said, words


def test_a_store_that_does_not_answer() -> None:
    findings, unknown = judged(copy("1.9"), stores=(failed("unreachable"),))
    assert said(findings["store.unavailable"]) == {"store": ["json"]}
    assert unknown == {"app.outdated": "unreachable"}


def test_a_store_that_does_not_answer_is_no_matter_where_another_does() -> None:
    findings, unknown = judged(copy("2.0"), stores=(failed("unreachable"), offer("2.0")))
    assert (findings, unknown) == ({}, {})


def test_a_store_that_has_been_asked_too_often() -> None:
    full = msgspec.structs.replace(failed("refused", "github"), seen="rate_limited")
    findings, _ = judged(copy("2.0"), stores=(full,))
    shown = words(findings["store.unavailable"], "en", "linux")
    assert "asked too often" in shown


def test_a_store_that_is_not_understood_is_not_unavailable() -> None:
    findings, unknown = judged(copy("1.9"), stores=(failed("unparsable"),))
    assert (findings, unknown) == ({}, {"app.outdated": "unparsable"})


def test_a_store_without_the_app() -> None:
    findings, unknown = judged(copy("1.9"), stores=(StoreAnswer(source="app_store"),))
    assert (findings, unknown) == ({}, {"app.outdated": "needs_missing"})


def test_a_store_alone_tells_nothing_of_this_device() -> None:
    assert judged(stores=(offer("1"),)) == ({}, {"app.outdated": "not_configured"})
