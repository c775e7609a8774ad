from __future__ import annotations

import errno
import socket
import time

import pytest

from diag.deadline import Deadline
from diag.host import real_host
from diag.net.tcp import connect, outcome_of
from tests.net.servers import tcp_server


def test_somebody_listens() -> None:
    with tcp_server(lambda connection: connection.sendall(b"hello")) as server:
        result = connect(real_host(), "127.0.0.1", server.port, Deadline.after(5.0))
        assert result.outcome == "ok"
        assert result.sock is not None
        with result.sock as sock:
            assert sock.recv(5) == b"hello"


def test_ipv6() -> None:
    with tcp_server(lambda _: None, "::1") as server:
        result = connect(real_host(), "::1", server.port, Deadline.after(5.0))
        assert result.sock is not None
        result.sock.close()


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    result = connect(real_host(), "127.0.0.1", port, Deadline.after(5.0))
    assert (result.outcome, result.sock) == ("refused", None)


def test_nobody_answers() -> None:
    """A full backlog drops what comes: nothing arrives at all."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as door:
        address: tuple[str, int] = door.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        started = time.monotonic()
        result = connect(real_host(), *address, Deadline.after(0.3))
        assert time.monotonic() - started < 0.8
        assert result.outcome == "timeout"
        for each in waiting:
            each.close()


def test_too_late_to_try() -> None:
    with tcp_server(lambda _: None) as server:
        assert connect(real_host(), "127.0.0.1", server.port, Deadline.after(0.0)).outcome == (
            "timeout"
        )


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (errno.ECONNREFUSED, "refused"),
        (errno.ECONNRESET, "reset"),
        (errno.ETIMEDOUT, "timeout"),
        (errno.EHOSTUNREACH, "unreachable"),
        (errno.ENETUNREACH, "unreachable"),
        (errno.EACCES, "prohibited"),
        (errno.EPERM, "prohibited"),
        (errno.EMFILE, "failed"),
        (10061, "refused"),
        (10065, "unreachable"),
    ],
)
def test_what_the_way_said(code: int, outcome: str) -> None:
    assert outcome_of(OSError(code, "as the kernel says it")) == outcome


def test_a_timeout_without_a_code() -> None:
    assert outcome_of(TimeoutError()) == "timeout"
