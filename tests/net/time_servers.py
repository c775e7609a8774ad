"""A time server on loopback (RFC 4330), which lives in a time of its own."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

SINCE_1900_S = 2_208_988_800

Change = Callable[[bytes], bytes]


def stamp(time: datetime) -> bytes:
    since = time.timestamp() + SINCE_1900_S
    return struct.pack(">II", int(since) % (1 << 32), int(since % 1 * (1 << 32)))


@contextmanager
def time_server(time: datetime, change: Change = lambda answer: answer) -> Iterator[int]:
    """Its port. `change` is what becomes of each answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(0.05)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    request, peer = sock.recvfrom(1024)
                except TimeoutError:
                    continue
                head = b"\x24\x01\x06\xec" + bytes(8) + b"GPSs" + stamp(time)
                sock.sendto(change(head + request[40:48] + stamp(time) * 2), peer)

        server = threading.Thread(target=serve, daemon=True)
        server.start()
        try:
            yield sock.getsockname()[1]
        finally:
            ended.set()
            server.join(5)
