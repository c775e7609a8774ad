"""A TCP connection (RFC 9293), or what the way to it said instead."""

from __future__ import annotations

import errno
import socket
import time
from typing import Literal

from diag.deadline import Deadline
from diag.host import Host

TcpOutcome = Literal["ok", "refused", "reset", "timeout", "unreachable", "prohibited", "failed"]
"""refused: RST, or an ICMP port unreachable. unreachable: no route, or ICMP host or network
unreachable. prohibited: a rule of this device, or ICMP administratively prohibited.
"""

_OUTCOMES: dict[int, TcpOutcome] = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.ETIMEDOUT: "timeout",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.EHOSTDOWN: "unreachable",
    errno.ENETDOWN: "unreachable",
    errno.EADDRNOTAVAIL: "unreachable",
    errno.EACCES: "prohibited",
    errno.EPERM: "prohibited",
    10013: "prohibited",  # Windows: WSAEACCES and its kin
    10051: "unreachable",
    10054: "reset",
    10060: "timeout",
    10061: "refused",
    10065: "unreachable",
}


class TcpResult:
    """How a connection attempt ended; `sock` is the caller's to close if the outcome is ok."""

    def __init__(self, outcome: TcpOutcome, took_s: float, sock: socket.socket | None = None):
        self.outcome = outcome
        self.took_s = took_s
        self.sock = sock


def connect(
    host: Host, address: str, port: int, deadline: Deadline, segment: int | None = None
) -> TcpResult:
    """Connect to one address; never later than the deadline. `segment` is that of `Host.connect`,
    which may refuse it (Failed).
    """
    started = time.monotonic()
    if deadline.expired:
        return TcpResult("timeout", 0.0)
    try:
        sock = host.connect(address, port, deadline.remaining(), segment=segment)
    except OSError as error:
        return TcpResult(outcome_of(error), time.monotonic() - started)
    return TcpResult("ok", time.monotonic() - started, sock)


def outcome_of(error: OSError) -> TcpOutcome:
    """The outcome that an error of the socket API stands for."""
    if isinstance(error, TimeoutError):
        return "timeout"
    return _OUTCOMES.get(error.errno or 0, "failed")
