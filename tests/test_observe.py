"""The run itself: order, deadlines, crashes, Ctrl-C. Every check is in, whatever it does."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Any

from diag.deadline import Deadline
from diag.model import Answers, AnyCheck, Failed, Observation
from diag.observe import Observed, observe
from tests.support import profile_from, replay
from tests.toys import ToyFact, toy_check


def seen(checks: list[AnyCheck], seconds: float = 5.0) -> Observed:
    return observe(replay(), checks, profile_from({}), Answers(), Deadline.after(seconds))


def failure_code(observation: Observation) -> str | None:
    return observation.failure.code if observation.failure else None


def test_a_collector_gets_the_fact_that_it_needs() -> None:
    first = toy_check("first", fact=ToyFact, collect=lambda *_: ToyFact(note="from first"))
    second = toy_check("second", needs=(ToyFact,))

    def collect(_: Any, context: Any) -> Any:
        return second.fact(note=context.need(ToyFact).note + ", read by second")

    second = toy_check("second", fact=second.fact, needs=(ToyFact,), collect=collect)
    observations = seen([second, first]).observations
    assert observations["second"].fact.note == "from first, read by second"
    assert list(observations) == ["second", "first"], "in the order of the checks, not of arrival"


def test_without_its_need_a_collector_still_runs_and_says_what_it_lacks() -> None:
    def refuse(*_: Any) -> Any:
        raise Failed("refused", "ask")

    first = toy_check("first", fact=ToyFact, collect=refuse)
    strict = toy_check("strict", needs=(ToyFact,), collect=lambda _, context: context.need(ToyFact))
    lenient = toy_check("lenient", needs=(ToyFact,))
    observations = seen([first, strict, lenient]).observations
    assert failure_code(observations["first"]) == "refused"
    assert failure_code(observations["strict"]) == "needs_missing"
    assert failure_code(observations["lenient"]) is None


def test_ten_of_thirty_hang_or_crash_and_all_thirty_are_there_in_time() -> None:
    def hang(*_: Any) -> Any:
        threading.Event().wait(60)

    def crash(*_: Any) -> Any:
        raise RuntimeError("broken on purpose")

    def leave(*_: Any) -> Any:
        raise SystemExit(7)

    bad = [hang, hang, hang, hang, hang, crash, crash, crash, leave, leave]
    checks = [
        toy_check(f"c{number}", collect=bad[number] if number < len(bad) else None)
        for number in range(30)
    ]
    started = time.monotonic()
    observations = seen(checks, seconds=1.0).observations
    took = time.monotonic() - started
    assert took <= 1.5, "the promised deadline + 0.5 s"
    assert list(observations) == [check.name for check in checks]
    outcomes = [failure_code(observation) for observation in observations.values()]
    assert outcomes == ["timeout"] * 5 + ["crash"] * 5 + [None] * 20


def test_a_check_has_a_deadline_of_its_own_and_what_needs_it_goes_on() -> None:
    slow = toy_check("slow", fact=ToyFact, collect=lambda *_: time.sleep(60), timeout_s=0.2)
    after = toy_check("after", needs=(ToyFact,))
    started = time.monotonic()
    observations = seen([slow, after], seconds=10.0).observations
    assert time.monotonic() - started < 2
    assert failure_code(observations["slow"]) == "timeout"
    assert observations["after"].fact is not None


def test_a_crash_says_what_broke_and_where() -> None:
    def crash(*_: Any) -> Any:
        raise KeyError("missing")

    failure = seen([toy_check("c", collect=crash)]).observations["c"].failure
    assert failure is not None
    assert failure.detail.startswith("KeyError: 'missing' at test_observe.py:")


def test_the_wrong_fact_is_a_crash_not_a_fact() -> None:
    observations = seen([toy_check("c", collect=lambda *_: "text")]).observations
    failure = observations["c"].failure
    assert failure is not None
    assert failure.code == "crash"
    assert "gave str, not CFact" in failure.detail


def test_ctrl_c_gives_what_is_known() -> None:
    def hang(*_: Any) -> Any:
        threading.Event().wait(60)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever ignores it
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    started = time.monotonic()
    try:
        observed = seen([toy_check("quick"), toy_check("hang", collect=hang)], seconds=30.0)
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - started < 5
    assert observed.interrupted
    assert observed.observations["quick"].fact is not None
    failure = observed.observations["hang"].failure
    assert failure is not None
    assert failure.detail == "interrupted"


def test_durations_do_not_follow_the_wall_clock() -> None:
    """Durations come from the monotonic clock: nothing in observe asks for the time of day."""
    from inspect import getsource

    from diag import deadline
    from diag import observe as module

    assert "time.time(" not in getsource(module) + getsource(deadline)
