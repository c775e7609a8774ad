"""One HTTP/1.1 request (RFC 9110, RFC 9112) over a connection that is there, and its answer.

Nothing is followed, stored or executed. The deadline holds for the whole answer, however the peer
drips it; a body is cut at its cap after decoding, so that a compression bomb stays small.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal, cast

import diag
from diag.deadline import Deadline
from diag.net.stream import DeadlineReader, before
from diag.net.tls import alert_of

BODY_LIMIT = 2 << 20
HEADER_LIMIT = 64 << 10
CHUNK = 16 << 10
USER_AGENT = f"diag/{diag.__version__}"

HttpOutcome = Literal["ok", "timeout", "reset", "closed", "not_http", "client_certificate_required"]
"""ok: an answer with a status, whatever it is. closed: the peer ended without one."""

BodyEnd = Literal["complete", "cut", "late", "broken"]
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
        return io.BufferedReader(self._reader, CHUNK)


class _HeaderCap(io.RawIOBase):
    """Counts what is read until the header is done; http.client caps lines, not their bytes."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw
        self.left: int | None = HEADER_LIMIT + CHUNK

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
    limit: int = BODY_LIMIT,
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
    wire = f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1", "replace")
    started = time.monotonic()
    try:
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
    alert = alert_of(error)
    if alert == "client_certificate_required":
        return alert
    return "reset"


def _body(response: http.client.HTTPResponse, encoding: str, limit: int) -> tuple[bytes, BodyEnd]:
    """The decoded body up to `limit` bytes, and how it ended."""
    decoder = _decoder(encoding)
    body = bytearray()
    try:
        while len(body) < limit:
            chunk = response.read1(CHUNK)
            if not chunk:
                whole = response.length in (None, 0) and (decoder is None or decoder.eof)
                return bytes(body), "complete" if whole else "broken"
            room = limit - len(body)
            body += chunk[:room] if decoder is None else decoder.decompress(chunk, room)
            if decoder is not None and decoder.eof:
                return bytes(body), "complete"
    except TimeoutError:
        return bytes(body), "late"
    except (OSError, http.client.HTTPException, zlib.error, ValueError):
        return bytes(body), "broken"
    return bytes(body), "cut"


def _decoder(encoding: str) -> zlib._Decompress | None:
    """A decoder for servers that compress although nobody asked them to."""
    kind = encoding.strip().lower()
    if kind in ("gzip", "x-gzip", "deflate"):
        return zlib.decompressobj(zlib.MAX_WBITS | 32)
    return None


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
