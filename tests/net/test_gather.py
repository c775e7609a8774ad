"""Probes side by side: all that is in by the deadline, nothing waits for a stuck one."""

from __future__ import annotations

import threading
import time

import pytest

from diag.deadline import Deadline
from diag.net.gather import gather


def test_what_is_late_is_left_out() -> None:
    stuck = threading.Event()
    started = time.monotonic()
    done = gather(
        {"quick": lambda: 1, "stuck": stuck.wait, "slower": lambda: time.sleep(0.1)},
        Deadline.after(0.5),
    )
    stuck.set()
    assert done == {"quick": 1, "slower": None}
    assert time.monotonic() - started < 1.0


def test_they_run_at_the_same_time_and_keep_their_order() -> None:
    meet = threading.Barrier(3)

    def probe() -> int:
        meet.wait(5.0)
        return 1

    done = gather(dict.fromkeys("cab", probe), Deadline.after(5.0))
    assert list(done) == ["c", "a", "b"]


def test_once_it_is_enough_nothing_else_is_waited_for() -> None:
    stuck = threading.Event()
    started = time.monotonic()
    done = gather(
        {"stuck": stuck.wait, "quick": lambda: True},
        Deadline.after(5.0),
        lambda in_: "quick" in in_,
    )
    stuck.set()
    assert done == {"quick": True}
    assert time.monotonic() - started < 2.0


def test_a_probe_that_breaks_is_not_hidden() -> None:
    def broken() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        gather({"broken": broken}, Deadline.after(5.0))
