"""The connections of one fetch: where they may lead, and how they are ended all at once."""

from __future__ import annotations

import socket
from contextlib import suppress

from diag.deadline import Deadline
from diag.host import Failed, Host
from diag.model import FailureCode
from diag.net import tcp
from diag.net.addresses import is_internal
from diag.net.resolve import Family, lookup

FAMILIES: tuple[Family, ...] = ("ipv4", "ipv6")

LOCAL_NAME_S = 1.0
"""Longest wait for the device's own idea of a name that a proxy resolves."""

_CODES: dict[tcp.TcpOutcome, FailureCode] = {
    "timeout": "timeout",
    "refused": "refused",
    "reset": "refused",
    "prohibited": "denied",
}


class Dialler:
    """Makes connections by name. Once it has been at a public host, internal addresses are refused,
    unless it only ever dials a proxy.
    """

    def __init__(self, host: Host, deadline: Deadline, *, proxied: bool) -> None:
        self._host = host
        self._deadline = deadline
        self._proxied = proxied
        self._been_public = False
        self._lines: list[socket.socket] = []
        self._hung_up = False
        self.failed: Failed | None = None

    def dial(self, name: str, port: int) -> socket.socket:
        """A connection to the first address of a name that takes one. Raises Failed, and keeps it
        for those who get to see another error.
        """
        try:
            return self._dial(name, port)
        except Failed as failed:
            self.failed = failed
            if self._proxied:
                failure = failed.failure
                self.failed = Failed(failure.code, "proxy", failure.detail, failure.took_s)
            raise self.failed from None

    def _dial(self, name: str, port: int) -> socket.socket:
        unresolved = []
        unconnected: tcp.TcpOutcome | None = None
        for family in FAMILIES:
            share = self._deadline.remaining() / (2 if family == FAMILIES[0] else 1)
            resolution = lookup(self._host, name, family, self._deadline.within(share))
            unresolved.append(resolution.outcome)
            if (
                not self._proxied
                and self._been_public
                and any(map(is_internal, resolution.addresses))
            ):
                raise Failed("refused", "redirect", "a public host points to an internal address")
            for left, address in zip(
                range(len(resolution.addresses), 0, -1), resolution.addresses, strict=True
            ):
                result = tcp.connect(self._host, address, port, self._share(family, left))
                if result.sock is not None:
                    self._been_public = self._been_public or not is_internal(address)
                    return self._noted(result.sock)
                unconnected = result.outcome
        if unconnected is not None:
            raise Failed(_CODES.get(unconnected, "unreachable"), "connect", unconnected)
        code: FailureCode = "timeout" if "timeout" in unresolved else "unreachable"
        raise Failed(code, "resolve", ", ".join(unresolved))

    def _share(self, family: Family, left: int) -> Deadline:
        """A fair share of the time for one of the addresses left, and for the other family's."""
        return self._deadline.within(self._deadline.remaining() / (left + (family == FAMILIES[0])))

    def _noted(self, sock: socket.socket) -> socket.socket:
        """TLS takes the socket's descriptor away from it: a second one is kept to end it by."""
        self._lines.append(sock.dup())
        if self._hung_up:
            self.hang_up()
        return sock

    def hang_up(self) -> None:
        """End every connection, under whoever reads from it, and those yet to come."""
        self._hung_up = True
        while self._lines:
            with suppress(OSError, IndexError), self._lines.pop() as line:
                line.shutdown(socket.SHUT_RDWR)


def leads_inside(host: Host, name: str, deadline: Deadline) -> bool:
    """Whether this device finds an internal address under the name."""
    soon = deadline.within(LOCAL_NAME_S)
    return any(
        is_internal(address)
        for family in FAMILIES
        for address in lookup(host, name, family, soon).addresses
    )
