"""Every situation of the lab: the right cause on top, what it explains under it, nothing beside."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.lab.situation import Result, Situation, collect


@pytest.mark.parametrize("situation", collect().values(), ids=lambda situation: situation.name)
def test_the_cause_is_named(situation: Situation, played: Callable[[Situation], Result]) -> None:
    assert played(situation).complaints == ()
