"""The kind of a status page is found out once, and never under --no-save."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lab.lab import Lab, Outcome


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


def asked(outcome: Outcome) -> list[str]:
    """What the status page's host has been asked so far."""
    return [each["path"] for each in outcome.requests if each["host"] == "status.app.test"]


def test_the_second_run_asks_for_one_document_alone(lab: Lab) -> None:
    first = asked(lab.run())
    assert len(first) <= 4
    second = asked(lab.run())[len(first) :]
    assert second == ["/api/v2/summary.json"]


def test_a_run_that_is_not_saved_remembers_nothing(lab: Lab) -> None:
    first = asked(lab.run("--no-save"))
    second = asked(lab.run("--no-save"))[len(first) :]
    assert len(second) > 1
