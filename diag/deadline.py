"""One instant by which something has to be done, on the monotonic clock."""

from __future__ import annotations

import time

from msgspec import Struct


class Deadline(Struct, frozen=True):
    """An instant in seconds of `time.monotonic()`; it never moves when the wall clock does."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        return cls(time.monotonic() + seconds)

    def remaining(self) -> float:
        """Seconds left; never negative."""
        return max(0.0, self.at - time.monotonic())

    @property
    def expired(self) -> bool:
        return time.monotonic() >= self.at

    def within(self, seconds: float) -> Deadline:
        """The sooner of this deadline and `seconds` from now."""
        return Deadline(min(self.at, time.monotonic() + seconds))

    def sooner(self, seconds: float) -> Deadline:
        """This deadline, brought forward: room to hand in what is known."""
        return Deadline(self.at - seconds)
