"""The SNTP client against a server on loopback, honest or not."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta

import pytest

from diag.deadline import Deadline
from diag.net.sntp import ahead_s
from tests.net.time_servers import Change, stamp, time_server
from tests.support import NOW, replay

ADDRESS = "198.51.100.123"


def ahead(
    server: datetime, here: datetime = NOW, change: Change = lambda each: each
) -> float | None:
    with time_server(server, change) as port:
        host = replay(now=here, detours={(ADDRESS, 123): port})
        return ahead_s(host, ADDRESS, Deadline.after(2.0))


@pytest.mark.parametrize("offset_s", [0.0, 0.25, -3.5, 400 * 86_400.0, -90.0])
def test_how_far_this_clock_is_ahead(offset_s: float) -> None:
    assert ahead(NOW - timedelta(seconds=offset_s)) == pytest.approx(offset_s, abs=0.001)


def test_after_the_counter_starts_again() -> None:
    later = datetime(2040, 1, 1, tzinfo=UTC)
    assert ahead(later, here=later) == pytest.approx(0.0, abs=0.001)
    assert ahead(later, here=NOW) == pytest.approx((NOW - later).total_seconds(), abs=0.001)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda each: b"\xe4" + each[1:], id="knows no time"),
        pytest.param(lambda each: each[:1] + b"\0" + each[2:], id="kiss of death"),
        pytest.param(lambda each: b"\x23" + each[1:], id="a client"),
        pytest.param(lambda each: each[:24] + stamp(NOW)[::-1] + each[32:], id="to somebody else"),
        pytest.param(lambda each: each[:40] + bytes(8), id="no time at all"),
        pytest.param(lambda each: each[:47], id="cut off"),
        pytest.param(lambda _: b"", id="empty"),
    ],
)
def test_answers_that_tell_nothing(change: Change) -> None:
    assert ahead(NOW, change=change) is None


def test_nobody_there_or_silent() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        host = replay(detours={(ADDRESS, 123): silent.getsockname()[1]})
        assert ahead_s(host, ADDRESS, Deadline.after(0.2)) is None
    refused = replay(exchanges={(ADDRESS, 123, _request()): "ECONNREFUSED"})
    assert ahead_s(refused, ADDRESS, Deadline.after(1.0)) is None


def _request() -> bytes:
    return b"\x23" + bytes(39) + stamp(NOW)
