"""A name server that is odd: passes questions on to a local port, late, or not all of them.

Run inside a namespace: `python odd_dns.py PORT SECONDS [servfail|silent]`; the last word is what
questions for IPv6 addresses get (RFC 4074 tells of such servers). Ends when its standard input
closes.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from contextlib import suppress

ANSWER_TIMEOUT_S = 5.0
AAAA = 28
HEADER_OCTETS = 12


def asks_for_ipv6(question: bytes) -> bool:
    """Whether it is of type AAAA (RFC 1035, 4.1.2: the type stands after the name's last label)."""
    name_ends = question.index(0, HEADER_OCTETS)
    return int.from_bytes(question[name_ends + 1 : name_ends + 3], "big") == AAAA


def servfail(question: bytes) -> bytes:
    """The question sent back as a response with code 2 (RFC 1035, 4.1.1)."""
    name_ends = question.index(0, HEADER_OCTETS)
    counts = b"\0\1" + bytes(6)
    return question[:2] + b"\x81\x82" + counts + question[HEADER_OCTETS : name_ends + 5]


def answer(
    door: socket.socket, question: bytes, asker: object, port: int, delay_s: float, ipv6: str
) -> None:
    time.sleep(delay_s)
    if ipv6 and asks_for_ipv6(question):
        if ipv6 == "servfail":
            door.sendto(servfail(question), asker)  # type: ignore[call-overload]
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as upstream, suppress(OSError):
        upstream.settimeout(ANSWER_TIMEOUT_S)
        upstream.sendto(question, ("127.0.0.1", port))
        door.sendto(upstream.recv(65535), asker)  # type: ignore[call-overload]


def serve(door: socket.socket, port: int, delay_s: float, ipv6: str) -> None:
    while True:
        question, asker = door.recvfrom(65535)
        threading.Thread(
            target=answer, args=(door, question, asker, port, delay_s, ipv6), daemon=True
        ).start()


def main() -> None:
    port, delay_s = int(sys.argv[1]), float(sys.argv[2])
    ipv6 = sys.argv[3] if len(sys.argv) > 3 else ""
    # One socket per address, so that an answer comes from the address that was asked.
    for address, family in addresses():
        door = socket.socket(family, socket.SOCK_DGRAM)
        if family == socket.AF_INET6:
            door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        door.bind((address, 53))
        threading.Thread(target=serve, args=(door, port, delay_s, ipv6), daemon=True).start()
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
