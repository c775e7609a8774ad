"""Ask one name server directly (RFC 1035): over UDP, and over TCP if the answer was cut short.

Which programs do not: they ask the system's resolver (`diag.net.resolve`). This tells whose fault
it is when that fails.
"""

from __future__ import annotations

import socket
import time
import zlib
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from diag.deadline import Deadline
from diag.host import Host

if TYPE_CHECKING:
    from dns.message import Message

PORT = 53
ATTEMPT_SHARES = (0.6, 1.0)
"""A datagram may get lost once: what each attempt may take of the time that is left."""

RecordType = Literal["A", "AAAA"]
NameOutcome = Literal[
    "ok",
    "nodata",
    "nxdomain",
    "servfail",
    "refused",
    "timeout",
    "not_listening",
    "unreachable",
    "malformed",
]


Said = tuple[NameOutcome, tuple[str, ...]]


class NameAnswer(Struct, frozen=True, kw_only=True):
    """What a name server said.

    ok: with `addresses`. nodata: the name exists without addresses of this type. nxdomain: it does
    not exist. refused, servfail (or another error code): it will not or cannot tell. timeout: it
    said nothing. not_listening: its host says that nothing is there. unreachable: no way to it.
    malformed: what came back is no answer to the question.
    """

    outcome: NameOutcome
    took_s: float
    addresses: tuple[str, ...] = ()


def ask(host: Host, server: str, name: str, kind: RecordType, deadline: Deadline) -> NameAnswer:
    """Ask `server` for the addresses of `name`. `took_s` is that of the attempt that counted."""
    wire, query = _question(name, kind)
    started = time.monotonic()
    for share in ATTEMPT_SHARES:
        started = time.monotonic()
        said: Said
        try:
            reply = _exchange(host, server, wire, query, deadline, share)
        except TimeoutError:
            continue
        except ConnectionError:
            said = ("not_listening", ())
        except OSError:
            said = ("unreachable", ())
        else:
            said = _meaning(reply, kind) if reply else ("malformed", ())
        took_s = time.monotonic() - started
        return NameAnswer(outcome=said[0], took_s=took_s, addresses=said[1])
    return NameAnswer(outcome="timeout", took_s=time.monotonic() - started)


def _exchange(
    host: Host, server: str, wire: bytes, query: Message, deadline: Deadline, share: float
) -> Message | None:
    """One attempt, which may take this share of the time that is left."""
    left = deadline.remaining() * share
    if not left:
        raise TimeoutError
    reply = _reply(query, host.exchange(server, PORT, wire, left))
    if reply is not None and _is_cut_short(reply):
        return _reply(query, _over_tcp(host, server, wire, deadline))
    return reply


def _question(name: str, kind: RecordType) -> tuple[bytes, Message]:
    """The same question has the same number, so that a recorded device can be asked again."""
    import dns.message

    number = zlib.crc32(f"{kind} {name}".encode()) & 0xFFFF
    query = dns.message.make_query(name, kind, id=number)
    return query.to_wire(), query


def _reply(query: Message, data: bytes) -> Message | None:
    """The answer to this question, or None if it is something else."""
    import dns.exception
    import dns.message

    try:
        reply = dns.message.from_wire(data, ignore_trailing=True)
    except (dns.exception.DNSException, ValueError, IndexError):
        return None
    return reply if query.is_response(reply) else None


def _is_cut_short(reply: Message) -> bool:
    import dns.flags

    return bool(reply.flags & dns.flags.TC)


def _over_tcp(host: Host, server: str, wire: bytes, deadline: Deadline) -> bytes:
    """RFC 7766: each message follows its length in two bytes."""
    with host.connect(server, PORT, max(deadline.remaining(), 0.001)) as sock:
        sock.sendall(len(wire).to_bytes(2, "big") + wire)
        length = int.from_bytes(_exactly(sock, 2, deadline), "big")
        return _exactly(sock, length, deadline)


def _exactly(sock: socket.socket, size: int, deadline: Deadline) -> bytes:
    data = b""
    while len(data) < size:
        left = deadline.remaining()
        if not left:
            raise TimeoutError
        sock.settimeout(left)
        part = sock.recv(size - len(data))
        if not part:
            break
        data += part
    return data


def _meaning(reply: Message, kind: RecordType) -> Said:
    import dns.rcode
    import dns.rdatatype

    code = reply.rcode()
    if code == dns.rcode.NXDOMAIN:
        return "nxdomain", ()
    if code == dns.rcode.REFUSED:
        return "refused", ()
    if code != dns.rcode.NOERROR:
        return "servfail", ()
    wanted = dns.rdatatype.from_text(kind)
    addresses = tuple(
        record.to_text()
        for records in reply.answer
        if records.rdtype == wanted
        for record in records
    )
    return ("ok", addresses) if addresses else ("nodata", ())
