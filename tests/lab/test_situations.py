"""Every situation of the lab: the right cause on top, what it explains under it, nothing beside."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.lab.situation import Result, Situation, collect


def _parameter(situation: Situation) -> object:
    marks = [pytest.mark.xfail(reason=situation.later)] if situation.later else []
    return pytest.param(situation, id=situation.name, marks=marks)


@pytest.mark.parametrize("situation", [_parameter(each) for each in collect().values()])
def test_the_cause_is_named(situation: Situation, played: Callable[[Situation], Result]) -> None:
    assert played(situation).complaints == ()
