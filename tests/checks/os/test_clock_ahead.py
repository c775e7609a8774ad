"""By a clock that is ahead everything looks old: that is the clock's doing, not the system's."""

from __future__ import annotations

import pytest

from checks.clock import CHECK as CLOCK
from checks.os.problems import DATES_OLD, END_OF_LIFE, LISTS_OLD
from diag.model import Args, Problem
from tests.toys import codes, diagnosis_of, found, toy_check, under

YEAR_S = 400 * 86_400.0


@pytest.mark.parametrize(
    ("problem", "args", "ahead_s", "by_the_clock"),
    [
        (LISTS_OLD, {"lists_age_days": 400}, YEAR_S, True),
        (LISTS_OLD, {"lists_age_days": 400}, 600.0, False),
        (LISTS_OLD, {"lists_age_days": 400}, None, False),
        (DATES_OLD, {"days": 492}, YEAR_S, True),
        (DATES_OLD, {"days": 492}, 3600.0, False),
        (END_OF_LIFE, {"ended": "2027-06-10"}, YEAR_S, True),
        (END_OF_LIFE, {"ended": "2025-06-10"}, YEAR_S, False),
    ],
)
def test_what_is_old_by_a_wrong_clock_alone_is_listed_under_it(
    problem: Problem, args: Args, ahead_s: float | None, by_the_clock: bool
) -> None:
    wrong = {"ahead_s": ahead_s, "server_time": "2026-11-22T22:00:00+00:00"}
    clock = toy_check("clock", *CLOCK.problems, says=[found("clock.wrong", "device", args=wrong)])
    system = toy_check("os", problem, says=[found(problem.code, "device", args=args)])
    diagnosis = diagnosis_of([clock, system])
    assert (problem.code not in codes(diagnosis)) is by_the_clock
    assert under(diagnosis, "clock.wrong") == ([f"{problem.code} device"] if by_the_clock else [])
