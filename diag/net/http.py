"""One HTTP/1.1 request (RFC 9110, RFC 9112) over a connection that is there, and its answer.

Nothing is followed, stored or executed. The deadline holds for the whole answer, however the peer
drips it; a body is cut at its cap after decoding, so that a compression bomb stays small.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal, cast
from urllib.parse import quote

import diag
from diag.deadline import Deadline
from diag.net import body as bodies
from diag.net.body import Body, Undecodable
from diag.net.stream import DeadlineReader, before
from diag.net.tls import outcome_of

HEADER_LIMIT = 64 << 10
USER_AGENT = f"diag/{diag.__version__}"

_TARGET_SIGNS = "!#$%&'()*+,/:;=?@[]~"
"""What a target may hold as it is (RFC 3986); the rest, a line break above all, is encoded."""

HttpOutcome = Literal["ok", "timeout", "reset", "closed", "not_http", "client_certificate_required"]
"""ok: an answer with a status, whatever it is. closed: the peer ended without one."""

BodyEnd = Literal["complete", "cut", "late", "broken", "undecodable"]
"""cut: at its cap. late: at the deadline. broken: the peer ended it early."""


class HttpAnswer:
    """What came back. `headers` have lower-case names; `body` is decoded and cut at its cap.

    date_offset_s: how far this device's clock is ahead of the server's `Date` (its resolution is a
    second), half the round trip taken off. complete: whether the whole body came; late: it did not
    end by the deadline (one that is cut at its cap is neither).
    """

    def __init__(
        self,
        outcome: HttpOutcome,
        took_s: float,
        status: int = 0,
        reason: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        complete: bool = False,
        late: bool = False,
        date: datetime | None = None,
        date_offset_s: float | None = None,
    ) -> None:
        self.outcome = outcome
        self.took_s = took_s
        self.status = status
        self.reason = reason
        self.headers = dict(headers or {})
        self.body = body
        self.complete = complete
        self.late = late
        self.date = date
        self.date_offset_s = date_offset_s


class _Connection:
    """What http.client wants of a socket."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._reader = _HeaderCap(DeadlineReader(sock, deadline))

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._reader, bodies.PIECE)


class _HeaderCap(io.RawIOBase):
    """Counts what is read until the header is done; http.client caps lines, not their bytes."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw
        self.left: int | None = HEADER_LIMIT + bodies.PIECE

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int | None:  # type: ignore[override]
        count = self._raw.readinto(buffer)
        if self.left is not None and count:
            self.left -= count
            if self.left < 0:
                raise http.client.LineTooLong("header")
        return count


def request(
    sock: socket.socket,
    host_header: str,
    target: str,
    deadline: Deadline,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    limit: int = bodies.LIMIT,
) -> HttpAnswer:
    """Send one request and read its answer. The socket stays the caller's to close."""
    lines = {
        "Host": host_header,
        "User-Agent": USER_AGENT,
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
        **(headers or {}),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    start = f"{method} {quote(target, safe=_TARGET_SIGNS)} HTTP/1.1"
    wire = f"{start}\r\n{head}\r\n".encode("latin-1", "replace")
    started = time.monotonic()
    try:
        # A peer that hangs up while we speak may have said why.
        with suppress(ConnectionError, ssl.SSLEOFError):
            before(deadline, sock, lambda: sock.sendall(wire))
        connection = _Connection(sock, deadline)
        response = http.client.HTTPResponse(cast("socket.socket", connection), method=method)
        response.begin()
    except http.client.RemoteDisconnected:
        return HttpAnswer("closed", time.monotonic() - started)
    except TimeoutError:
        return HttpAnswer("timeout", time.monotonic() - started)
    except OSError as error:
        return HttpAnswer(_outcome(error), time.monotonic() - started)
    except (http.client.HTTPException, ValueError):
        return HttpAnswer("not_http", time.monotonic() - started)
    answered_s = time.monotonic() - started
    arrived = datetime.now(UTC)
    connection._reader.left = None
    fields = {name.lower(): value for name, value in response.getheaders()}
    body, end = _body(response, fields.get("content-encoding", ""), limit)
    date = _date(fields.get("date"))
    return HttpAnswer(
        "ok",
        time.monotonic() - started,
        status=response.status,
        reason=response.reason,
        headers=fields,
        body=body,
        complete=end == "complete",
        late=end == "late",
        date=date,
        date_offset_s=offset_of(fields.get("date"), answered_s, arrived),
    )


def _outcome(error: OSError) -> HttpOutcome:
    """With TLS 1.3 the handshake is over before the server says that it wants a certificate."""
    if outcome_of(error) == "client_certificate_required":
        return "client_certificate_required"
    return "reset"


def _body(response: http.client.HTTPResponse, encoding: str, limit: int) -> tuple[bytes, BodyEnd]:
    """The decoded body up to `limit` bytes, and how it ended."""
    missing = response.length  # None: it ends with its last chunk, or with the connection
    try:
        body = Body(encoding, limit)
    except Undecodable:
        return b"", "undecodable"
    end: BodyEnd = "broken"
    try:
        while not body.cut and (piece := response.read1(bodies.PIECE)):
            body.add(piece)
            missing = None if missing is None else missing - len(piece)
    except TimeoutError:
        end = "late"
    except Undecodable:
        end = "undecodable"
    except (OSError, http.client.HTTPException, ValueError):
        end = "broken"
    else:
        if body.cut:
            end = "cut"
        elif body.whole and not missing:
            end = "complete"
    return bytes(body.data), end


def _date(value: str | None) -> datetime | None:
    if not value:
        return None
    try:
        parsed = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def offset_of(date: str | None, answered_s: float, arrived: datetime | None = None) -> float | None:
    """Seconds this device is ahead of a `Date` header, which is cut to the second: hence the half.

    None if there is no readable date.
    """
    server = _date(date)
    if server is None:
        return None
    ahead = ((arrived or datetime.now(UTC)) - server).total_seconds()
    return round(ahead - answered_s / 2 - 0.5, 1)
