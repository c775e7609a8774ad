"""Waiting no longer than one wants for what cannot be told to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def bounded(work: Callable[[], T], timeout_s: float, name: str) -> T:
    """What `work` gives or raises, or TimeoutError. Its daemon thread is left behind if late."""
    given: list[T] = []
    raised: list[BaseException] = []
    done = threading.Event()

    def target() -> None:
        try:
            given.append(work())
        except BaseException as error:  # handed over to the thread that waits
            raised.append(error)
        finally:
            done.set()

    threading.Thread(target=target, name=name, daemon=True).start()
    if not done.wait(timeout_s):
        raise TimeoutError
    if raised:
        raise raised[0]
    return given[0]
