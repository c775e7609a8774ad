"""Reading and writing a socket by a deadline, whether TLS lies over it or not.

A socket's own time-out bounds one call only: a peer that drips a byte a second outlives it.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from typing import TypeVar

from diag.deadline import Deadline

T = TypeVar("T")

SMALLEST_WAIT_S = 0.001
"""A time-out of zero would mean "do not block"."""


def before(deadline: Deadline, sock: socket.socket, step: Callable[[], T]) -> T:
    """One blocking call on a socket with what is left as its time-out. Raises TimeoutError.

    connect, sendall of a plain socket and do_handshake hold that time-out for all that they do.
    """
    remaining = deadline.remaining()
    if remaining <= 0:
        raise TimeoutError
    sock.settimeout(max(remaining, SMALLEST_WAIT_S))
    return step()


class DeadlineReader(io.RawIOBase):
    """A socket as a raw stream whose every read ends by the deadline."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return before(self._deadline, self._sock, lambda: self._sock.recv_into(buffer))
