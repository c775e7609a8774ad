"""The way to an endpoint: straight to one of its addresses, or through the configured proxy."""

from __future__ import annotations

import socket
from typing import Protocol

from checks.proxy import ProxyServer, open_tunnel
from checks.proxy.tunnel import TunnelOutcome
from diag.deadline import Deadline
from diag.host import Host
from diag.net import tcp
from diag.net.resolve import Family, lookup

CONNECT_TIMEOUT_S = 2.0
"""Two SYNs go unanswered by then (RFC 6298: one second, then two)."""

FAMILIES: tuple[Family, ...] = ("ipv4", "ipv6")


class Dialled:
    """How a connection came about; `sock`, the caller's to close, leads to the endpoint."""

    def __init__(
        self,
        outcome: tcp.TcpOutcome,
        took_s: float,
        sock: socket.socket | None = None,
        tunnel: TunnelOutcome | None = None,
    ) -> None:
        self.outcome = outcome
        self.took_s = took_s
        self.sock = sock
        self.tunnel = tunnel


class Way(Protocol):
    """A way that can be taken more than once. `address` is empty through a proxy."""

    address: str

    def dial(self, deadline: Deadline) -> Dialled: ...


class Direct:
    def __init__(self, host: Host, address: str, port: int) -> None:
        self.address = address
        self._host = host
        self._port = port

    def dial(self, deadline: Deadline) -> Dialled:
        result = tcp.connect(
            self._host, self.address, self._port, deadline.within(CONNECT_TIMEOUT_S)
        )
        return Dialled(result.outcome, result.took_s, result.sock)


class Proxied:
    """Through an HTTP proxy; with `tunnel` to (host, port), or to the proxy itself, which then
    takes whole URLs (RFC 9112, section 3.2.2)."""

    address = ""

    def __init__(self, host: Host, proxy: ProxyServer, tunnel: tuple[str, int] | None) -> None:
        self._host = host
        self._proxy = proxy
        self._tunnel = tunnel

    def dial(self, deadline: Deadline) -> Dialled:
        connected = self._to_proxy(deadline)
        if connected.sock is None or self._tunnel is None:
            return Dialled(connected.outcome, connected.took_s, connected.sock)
        answer = open_tunnel(connected.sock, self._proxy, *self._tunnel, deadline)
        if answer.outcome != "open":
            connected.sock.close()
            return Dialled("ok", connected.took_s, None, answer.outcome)
        return Dialled("ok", connected.took_s, connected.sock, "open")

    def _to_proxy(self, deadline: Deadline) -> tcp.TcpResult:
        result = tcp.TcpResult("unreachable", 0.0)
        for family in FAMILIES:
            for address in lookup(self._host, self._proxy.host, family, deadline).addresses[:1]:
                result = tcp.connect(
                    self._host, address, self._proxy.port, deadline.within(CONNECT_TIMEOUT_S)
                )
                if result.sock is not None:
                    return result
        return result
