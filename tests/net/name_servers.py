"""Real name servers on loopback for tests."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


@dataclass
class Zone:
    """What a server says: addresses by (name, type), else an answer with `rcode`.

    mute: it never answers. drops: as many datagrams are lost first. cut: over UDP, it says only
    that the answer is too long. garbage: it answers with other bytes.
    """

    records: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    rcode: dns.rcode.Rcode = dns.rcode.NXDOMAIN
    mute: bool = False
    drops: int = 0
    delay_s: float = 0.0
    cut: bool = False
    garbage: bytes | None = None
    asked: list[str] = field(default_factory=list)

    def answer(self, wire: bytes, *, udp: bool) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True)
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{name} {kind} {'udp' if udp else 'tcp'}")
        if self.mute:
            return None
        if self.drops:
            self.drops -= 1
            return None
        time.sleep(self.delay_s)
        if self.garbage is not None:
            return self.garbage
        reply = dns.message.make_response(query)
        if udp and self.cut:
            reply.flags |= dns.flags.TC
            return reply.to_wire()
        addresses = self.records.get((name, kind))
        if addresses:
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *addresses))
        elif addresses is None:
            reply.set_rcode(self.rcode)
        return reply.to_wire()


@contextmanager
def name_server(zone: Zone) -> Iterator[int]:
    """The port on 127.0.0.1 at which the zone is served over UDP and TCP."""
    tcp = socket.create_server(("127.0.0.1", 0))
    port = tcp.getsockname()[1]
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", port))

    def serve_one(wire: bytes, client: tuple[str, int]) -> None:
        reply = zone.answer(wire, udp=True)
        if reply is not None:
            udp.sendto(reply, client)

    def serve_udp() -> None:
        while True:
            try:
                wire, client = udp.recvfrom(4096)
            except OSError:
                return
            if not wire:
                return
            threading.Thread(target=serve_one, args=(wire, client), daemon=True).start()

    def serve_tcp() -> None:
        while True:
            try:
                connection, _ = tcp.accept()
            except OSError:
                return
            with connection:
                data = connection.recv(4096)
                reply = zone.answer(data[2:], udp=False)
                if reply is not None:
                    connection.sendall(len(reply).to_bytes(2, "big") + reply)

    threads = [threading.Thread(target=each, daemon=True) for each in (serve_udp, serve_tcp)]
    for thread in threads:
        thread.start()
    try:
        yield port
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stopper:
            stopper.sendto(b"", ("127.0.0.1", port))
        tcp.shutdown(socket.SHUT_RDWR)
        tcp.close()
        for thread in threads:
            thread.join(2.0)
        udp.close()
