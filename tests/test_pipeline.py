"""What a run collects: the chosen checks and what they need, and nothing that may not be."""

from __future__ import annotations

from typing import Any

import pytest

from diag.model import Answers
from diag.pipeline import take_snapshot
from diag.registry import Registry, assemble
from diag.selection import select
from tests.support import profile_from, replay
from tests.toys import ToyFact, toy_check


def asked_of(installed: Registry, **options: Any) -> tuple[list[str], list[str]]:
    """Which checks were collected, and which of them are judged."""
    selection = select(installed.checks, **options)
    taken = take_snapshot(replay(), installed, selection, profile_from({}), Answers(), 5.0)
    return sorted(taken.snapshot.observations), list(taken.snapshot.chosen)


def two(collected: list[str]) -> Registry:
    """One that asks the network, and one that looks at this device and builds on it."""

    def far(*_: Any) -> ToyFact:
        collected.append("far")
        return ToyFact()

    return assemble(
        [
            toy_check("far", fact=ToyFact, collect=far, uses_network=True),
            toy_check("near", needs=(ToyFact,)),
        ]
    )


@pytest.mark.parametrize("only", [(), ("near",), ("n*",)])
def test_offline_nothing_is_sent_not_even_for_what_builds_on_it(only: tuple[str, ...]) -> None:
    collected: list[str] = []
    assert asked_of(two(collected), only=only, offline=True) == (["near"], ["near"])
    assert collected == []


def test_what_a_chosen_check_needs_is_collected_and_not_judged() -> None:
    collected: list[str] = []
    assert asked_of(two(collected), only=("near",)) == (["far", "near"], ["near"])
    assert collected == ["far"]
