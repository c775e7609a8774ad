"""Several probes side by side, and what they have brought in by a deadline."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

from diag.deadline import Deadline

K = TypeVar("K")
V = TypeVar("V")


def gather(
    probes: Mapping[K, Callable[[], V]],
    deadline: Deadline,
    enough: Callable[[Mapping[K, V]], bool] = lambda _: False,
) -> dict[K, V]:
    """What the probes give, in their order; without those that are late, whose daemon threads are
    left behind. Waits no longer once what is in is `enough`. Raises what a probe raises.
    """
    inbox: queue.SimpleQueue[tuple[K, V | None, BaseException | None]] = queue.SimpleQueue()

    def run(key: K, probe: Callable[[], V]) -> None:
        try:
            inbox.put((key, probe(), None))
        except BaseException as error:  # handed over to the thread that waits
            inbox.put((key, None, error))

    for key, probe in probes.items():
        threading.Thread(target=run, args=(key, probe), name=f"probe {key}", daemon=True).start()
    done: dict[K, V] = {}
    while len(done) < len(probes):
        try:
            key, value, error = inbox.get(timeout=max(deadline.remaining(), 0.001))
        except queue.Empty:
            break
        if error is not None:
            raise error
        done[key] = value  # type: ignore[assignment]
        if enough(done):
            break
    return {key: done[key] for key in probes if key in done}
