"""How fast a server's bytes come in, seen from the pace at which they arrive.

A server sends its side of a TLS handshake in one go (RFC 8446, section 2), a few thousand bytes:
from the first piece to the last it is the line that sets the pace, whatever time the server took
before. The same holds for a page.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct

from diag.deadline import Deadline
from diag.net import trust
from diag.net.http import USER_AGENT
from diag.net.stream import before

T = TypeVar("T")

PIECE = 64 << 10
PAGE_LIMIT = 48 << 10


class Pace(Struct, frozen=True):
    """Of one flight: bytes after the first piece, and the seconds from that one to the last."""

    octets: int
    spread_s: float


class _Line:
    """A connected socket whose incoming pieces are timed; what we say starts a new flight."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline
        self.flights: list[list[tuple[float, int]]] = [[]]

    def send(self, data: bytes) -> None:
        if data:
            before(self._deadline, self._sock, lambda: self._sock.sendall(data))
            if self.flights[-1]:
                self.flights.append([])

    def receive(self) -> bytes:
        data = before(self._deadline, self._sock, lambda: self._sock.recv(PIECE))
        if data:
            self.flights[-1].append((time.monotonic(), len(data)))
        return data

    def start_here(self) -> None:
        """What came before the last piece belongs to something else: a server may send tickets
        (RFC 8446, 4.6.1), and think about the page only then.
        """
        del self.flights[-1][:-1]

    def paces(self) -> tuple[Pace, ...]:
        return tuple(
            Pace(sum(size for _, size in pieces[1:]), pieces[-1][0] - pieces[0][0])
            for pieces in self.flights
            if len(pieces) > 1
        )


def paces_of(
    sock: socket.socket, host: str, path: str, *, tls: bool, deadline: Deadline
) -> tuple[Pace, ...]:
    """Of what one GET brings, up to 48 KiB or the deadline. Takes over the socket and closes it.

    Nothing is asked of a server whose certificate does not hold; its handshake counts all the same.
    """
    line = _Line(sock, deadline)
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\n"
        "Accept: */*\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
    ).encode("ascii", "replace")
    try:
        if tls:
            _over_tls(line, host, request)
        else:
            _plainly(line, request)
    except (OSError, ValueError):  # what came until then counts
        pass
    finally:
        sock.close()
    return line.paces()


def _plainly(line: _Line, request: bytes) -> None:
    line.send(request)
    received = 0
    while received < PAGE_LIMIT and (data := line.receive()):
        received += len(data)


def _over_tls(line: _Line, host: str, request: bytes) -> None:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    secured = trust.verifying().wrap_bio(incoming, outgoing, server_hostname=host)

    def through(step: Callable[[], T]) -> T:
        while True:
            try:
                done = step()
            except ssl.SSLWantReadError:
                line.send(outgoing.read())
                if data := line.receive():
                    incoming.write(data)
                else:
                    incoming.write_eof()
            else:
                line.send(outgoing.read())
                return done

    through(secured.do_handshake)
    through(lambda: secured.write(request))
    received = len(through(lambda: secured.read(PIECE)))
    line.start_here()
    while 0 < received < PAGE_LIMIT and (data := through(lambda: secured.read(PIECE))):
        received += len(data)
