"""A name server that takes its time: passes questions on to a local port after a delay.

Run inside a namespace: `python slow_dns.py PORT SECONDS`. Ends when its standard input closes.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from contextlib import suppress

ANSWER_TIMEOUT_S = 5.0


def answer(door: socket.socket, question: bytes, asker: object, port: int, delay_s: float) -> None:
    time.sleep(delay_s)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as upstream, suppress(OSError):
        upstream.settimeout(ANSWER_TIMEOUT_S)
        upstream.sendto(question, ("127.0.0.1", port))
        door.sendto(upstream.recv(65535), asker)  # type: ignore[call-overload]


def serve(door: socket.socket, port: int, delay_s: float) -> None:
    while True:
        question, asker = door.recvfrom(65535)
        threading.Thread(
            target=answer, args=(door, question, asker, port, delay_s), daemon=True
        ).start()


def main() -> None:
    port, delay_s = int(sys.argv[1]), float(sys.argv[2])
    # One socket per address, so that an answer comes from the address that was asked.
    for address, family in addresses():
        door = socket.socket(family, socket.SOCK_DGRAM)
        if family == socket.AF_INET6:
            door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        door.bind((address, 53))
        threading.Thread(target=serve, args=(door, port, delay_s), daemon=True).start()
    sys.stdin.read()
    os._exit(0)


def addresses() -> list[tuple[str, socket.AddressFamily]]:
    """Every IPv4 and global IPv6 address of this namespace."""
    import psutil

    return [
        (address.address, address.family)
        for listed in psutil.net_if_addrs().values()
        for address in listed
        if address.family in (socket.AF_INET, socket.AF_INET6) and "%" not in address.address
    ]


if __name__ == "__main__":
    main()
