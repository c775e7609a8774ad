"""Asking endoflife.date, over real HTTP."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from pytest_httpserver import HTTPServer

from checks.os.end_of_life import Life, table
from checks.os.facts import OsFact
from checks.os.linux.restart import Restart
from checks.os.patch import Patches
from checks.os.support import CHECK
from checks.os.support.facts import Today
from checks.proxy import ProxyFact
from diag.model import Context, Failed
from tests.checks.os.tree import Kept
from tests.support import NOW, context, replay

MODULE = sys.modules["checks.os.support.collect"]
ANSWER = {
    "schema_version": "1.2.1",
    "generated_at": "2026-11-22T00:00:00+00:00",
    "last_modified": "2026-11-18T09:00:00+00:00",
    "result": {
        "name": "debian",
        "label": "Debian",
        "releases": [
            {"name": "13", "label": "13", "isLts": False, "eolFrom": "2028-08-09",
             "eoesFrom": "2030-06-30", "isMaintained": True, "latest": {"name": "13.6"}},
            {"name": "12", "label": "12", "eolFrom": "2026-07-11", "eoesFrom": None},
            {"name": "14", "label": "14", "eolFrom": None},
        ],
    },
}  # fmt: skip
"""Constructed after the API's OpenAPI document (1.2.1), with Debian's dates."""


def system(version: str = "11", **changes: Any) -> OsFact:
    fact = OsFact(
        id="debian",
        version=version,
        name="Debian GNU/Linux",
        life=table().find("debian", version),
        table_date=table().date,
        patches=Patches(manager="apt", pending=0, security=0),
        restart=Restart(pending=False),
    )
    return msgspec.structs.replace(fact, **changes)


@pytest.fixture
def api(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    monkeypatch.setattr(MODULE, "API", httpserver.url_for("/api/v1/products"))
    httpserver.expect_request("/api/v1/products/debian").respond_with_json(ANSWER)
    return httpserver


def ask(fact: OsFact, memory: Kept | None = None, later: timedelta = timedelta(0)) -> Today | None:
    given = context(None, fact, ProxyFact(source="none"))
    with_memory = Context(
        given.profile, given.answers, given.facts, given.deadline, memory or Kept()
    )
    return CHECK.collect(replay(network=True, now=NOW + later), with_memory).today


def test_a_release_that_has_ended_is_asked_about(api: HTTPServer) -> None:
    found = ask(system("11"))
    assert found is not None
    assert found.life is None  # not listed any more
    assert found.as_of == date(2026, 11, 18)
    assert [request.full_path.rstrip("?") for request, _ in api.log] == ["/api/v1/products/debian"]


@pytest.mark.usefixtures("api")
def test_what_it_says_of_a_release() -> None:
    ended = Life(ends=date(2026, 1, 1))
    lts = Life(ends=date(2030, 6, 30), regular=date(2028, 8, 9))
    for fact, expected in (
        (system("13.1", life=ended), lts),
        (system("12", life=ended), Life(ends=date(2026, 7, 11))),
        (system("14", life=None), Life()),
    ):
        found = ask(fact)
        assert found is not None and found.life == expected


def test_nobody_is_asked_while_the_table_will_do(api: HTTPServer) -> None:
    for fact in (
        system("13"),
        system("13", rolling=True, life=None),
        system("11", extended_on=True),
        system("11", id="haiku", life=None),
    ):
        assert ask(fact) is None
    assert api.log == []


def test_an_old_table_is_not_enough(api: HTTPServer) -> None:
    later = table().date + timedelta(days=181) - NOW.date()
    assert ask(system("13"), later=later) is not None
    assert len(api.log) == 1


def test_it_is_asked_once_a_week(api: HTTPServer) -> None:
    memory = Kept()
    first = ask(system("11"), memory)
    assert ask(system("11"), memory, timedelta(days=6)) == first
    assert len(api.log) == 1
    ask(system("11"), memory, timedelta(days=8))
    ask(system("11"), memory, timedelta(days=-1))  # by a clock that had been ahead
    assert len(api.log) == 3


def test_answers_that_are_none(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MODULE, "API", httpserver.url_for("/x"))
    httpserver.expect_ordered_request("/x/debian").respond_with_data("no", status=404)
    httpserver.expect_ordered_request("/x/debian").respond_with_data("<html>sign in</html>")
    httpserver.expect_ordered_request("/x/debian").respond_with_json({"result": []})
    codes = []
    for _ in range(3):
        with pytest.raises(Failed) as caught:
            ask(system("99", life=None))
        codes.append(caught.value.failure.code)
    assert codes == ["unparsable", "unparsable", "unparsable"], "it took the connection"


def test_no_answer_leaves_the_shipped_table(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has said that this release has ended: one thing is known, and nothing is open."""
    monkeypatch.setattr(MODULE, "API", httpserver.url_for("/x"))
    httpserver.expect_request("/x/debian").respond_with_data("no", status=404)
    memory = Kept()
    for _ in range(2):
        given = context(None, system("11"), ProxyFact(source="none"))
        with_memory = Context(given.profile, given.answers, given.facts, given.deadline, memory)
        fact = CHECK.collect(replay(network=True), with_memory)
        assert fact.today is None
        assert fact.unanswered is not None and fact.unanswered.code == "unparsable"
    assert len(httpserver.log) == 2, "nothing was kept of it"
