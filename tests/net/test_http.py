from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import trustme

from diag.deadline import Deadline
from diag.net import http, tls
from tests.net.packing import TEXT, each_framing, each_packing, packed
from tests.net.servers import (
    Reply,
    answer,
    body_dripping,
    dripping,
    endless,
    hang_up,
    over,
    read_head,
    reset,
    reset_at_once,
    silent,
    tcp_server,
    tls_with,
    web_server,
)

HOST = "login.app.test"


def asked(
    reply: Reply | bytes, target: str = "/", *, seconds: float = 5.0, limit: int = 2 << 20
) -> http.HttpAnswer:
    with web_server(reply) as web, socket.create_connection(("127.0.0.1", web.port)) as sock:
        return http.request(sock, HOST, target, Deadline.after(seconds), limit=limit)


def asked_of(handler: Callable[[socket.socket], None]) -> http.HttpAnswer:
    with tcp_server(handler) as server, socket.create_connection(("127.0.0.1", server.port)) as it:
        return http.request(it, HOST, "/", Deadline.after(2.0))


# --- an answer ----------------------------------------------------------------------------------


def test_an_answer() -> None:
    got = asked(answer(b"sorry", "503 Service Unavailable", {"Retry-After": "60", "X-A": "b"}))
    assert (got.outcome, got.status, got.reason) == ("ok", 503, "Service Unavailable")
    assert (got.headers["retry-after"], got.headers["x-a"]) == ("60", "b")
    assert (got.body, got.complete, got.late) == (b"sorry", True, False)


def test_what_is_asked() -> None:
    with web_server(answer()) as web, socket.create_connection(("127.0.0.1", web.port)) as sock:
        http.request(sock, "login.app.test:8443", "/a?b=c", Deadline.after(5.0))
    lines = web.heads[0].decode().split("\r\n")
    assert lines[0] == "GET /a?b=c HTTP/1.1"
    assert "Host: login.app.test:8443" in lines
    assert not any(
        line.lower().startswith(("cookie", "authorization", "referer")) for line in lines
    )


@pytest.mark.parametrize(
    ("target", "sent"),
    [
        ("/ログイン", "/%E3%83%AD%E3%82%B0%E3%82%A4%E3%83%B3"),
        ("/a%20b?c=d&e=[1]", "/a%20b?c=d&e=[1]"),
        ("/ HTTP/1.1\r\nX-Added: yes", "/%20HTTP/1.1%0D%0AX-Added:%20yes"),
    ],
)
def test_a_target_stays_one_line(target: str, sent: str) -> None:
    with web_server(answer()) as web, socket.create_connection(("127.0.0.1", web.port)) as sock:
        assert http.request(sock, HOST, target, Deadline.after(5.0)).outcome == "ok"
    assert web.heads[0].split(b"\r\n")[0] == f"GET {sent} HTTP/1.1".encode()


@each_packing
@each_framing
def test_a_body_that_nobody_asked_to_compress(encoding: str, body: bytes, framing: str) -> None:
    got = asked(packed(encoding, body, framing))
    assert (got.body, got.complete) == (TEXT, True)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", b"\x0b\x02\x80hello\x03"),
        ("gzip", b"this is no gzip"),
        ("gzip", gzip.compress(TEXT, mtime=0)[:-20]),
        ("deflate", b"\xff\xff\xff\xff"),
    ],
)
def test_a_body_that_cannot_be_decoded_is_not_whole(encoding: str, body: bytes) -> None:
    got = asked(answer(body, headers={"Content-Encoding": encoding}))
    assert (got.outcome, got.status, got.complete) == ("ok", 200, False)
    assert TEXT.startswith(got.body)


def test_a_body_that_breaks_off() -> None:
    got = asked(answer(b"half of", length=100))
    assert (got.outcome, got.body, got.complete, got.late) == ("ok", b"half of", False, False)


def test_chunks_that_break_off() -> None:
    head = answer(headers={"Transfer-Encoding": "chunked"}, length=None)
    assert not asked(head + b"5\r\nhello\r\n").complete
    assert not asked(head + b"5\r\nhel").complete
    assert not asked(head + b"zz\r\nhello\r\n").complete


def test_a_body_up_to_the_limit() -> None:
    assert asked(answer(b"x" * 100), limit=100).complete
    got = asked(answer(b"x" * 101), limit=100)
    assert (got.body, got.complete, got.late) == (b"x" * 100, False, False)


def test_an_answer_without_a_body() -> None:
    assert asked(answer(status="204 No Content", length=None)).complete


def test_an_interim_answer_is_passed_over() -> None:
    got = asked(b"HTTP/1.1 100 Continue\r\n\r\n" + answer(b"hello"))
    assert (got.status, got.body) == (200, b"hello")


# --- no answer ----------------------------------------------------------------------------------


def test_closed_without_a_word() -> None:
    assert asked_of(hang_up).outcome == "closed"


def test_reset() -> None:
    assert asked_of(reset).outcome == "reset"


def test_an_answer_from_one_that_does_not_listen() -> None:
    """A filter may answer and hang up before the request is sent."""

    def handle(connection: socket.socket) -> None:
        connection.sendall(answer(b"blocked", "403 Forbidden"))
        reset_at_once(connection)

    with tcp_server(handle) as server, socket.create_connection(("127.0.0.1", server.port)) as sock:
        time.sleep(0.1)
        got = http.request(sock, HOST, "/", Deadline.after(2.0))
    assert (got.status, got.body) == (403, b"blocked")


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-server\r\n",
        b"\x15\x03\x01\x00\x02\x02\x16",
        b"<html>no status line</html>",
        b"HTTP/1.1 abc Strange\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nX: " + b"\r\nX: ".join([b"y" * 9000] * 12),
    ],
)
def test_what_is_no_http(said: bytes) -> None:
    assert asked(said).outcome == "not_http"


def test_no_answer_in_time() -> None:
    assert asked(silent, seconds=0.2).outcome == "timeout"


# --- bounds -------------------------------------------------------------------------------------

DRIPS: dict[str, Reply] = {
    "headers": lambda _: dripping(answer(b"x" * 100)),
    "body": lambda _: body_dripping(),
    "body without a length": lambda _: body_dripping(None),
    "chunks": lambda _: dripping(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 99, 0.01
    ),
    "interim": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "trailers": endless(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X-More: y\r\n"
    ),
}


@pytest.mark.parametrize("over_tls", [False, True])
@pytest.mark.parametrize("drip", DRIPS)
def test_drips_end_by_the_deadline(drip: str, over_tls: bool, authority: trustme.CA) -> None:
    context = tls_with(authority.issue_cert(HOST)) if over_tls else None
    with web_server(DRIPS[drip], context) as web:
        sock = socket.create_connection(("127.0.0.1", web.port))
        deadline = Deadline.after(0.5)
        if over_tls:
            shaken = tls.handshake(sock, HOST, deadline).sock
            assert shaken is not None
            sock = shaken
        with sock:
            got = http.request(sock, HOST, "/", deadline)
        assert time.monotonic() < deadline.at + 0.5
    assert not got.complete
    assert got.outcome in ("timeout", "not_http") or got.late or drip == "trailers"


def test_a_page_that_does_not_end_is_late() -> None:
    got = asked(DRIPS["body"], seconds=0.3)
    assert (got.outcome, got.status, got.late) == ("ok", 200, True)


# --- the clock ----------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead_s", [0, 3600, -86400])
def test_how_far_the_clock_is_off(ahead_s: int) -> None:
    server = datetime.now(UTC) - timedelta(seconds=ahead_s)
    got = asked(answer(headers={"Date": format_datetime(server, usegmt=True)}))
    assert got.date_offset_s == pytest.approx(ahead_s, abs=1.6)
    assert got.date is not None
    assert abs((got.date - server).total_seconds()) <= 1


@pytest.mark.parametrize("date", ["", "yesterday", "Sun, 99 Nov 2026 99:00:00 GMT"])
def test_a_date_that_is_none(date: str) -> None:
    got = asked(answer(headers={"Date": date}))
    assert (got.date, got.date_offset_s) == (None, None)


def test_over_tls(authority: trustme.CA) -> None:
    context = tls_with(authority.issue_cert(HOST))

    def cut(connection: socket.socket) -> None:
        with over(context, connection) as stream:
            read_head(stream)
            stream.sendall(answer(b"half", length=9))

    with tcp_server(cut) as server:
        sock = socket.create_connection(("127.0.0.1", server.port))
        shaken = tls.handshake(sock, HOST, Deadline.after(5.0)).sock
        assert shaken is not None
        with shaken:
            got = http.request(shaken, HOST, "/", Deadline.after(5.0))
    assert (got.status, got.body, got.complete) == (200, b"half", False)
