"""No answer that says why: how far one came, and who may be behind it.

Blocked on the way and down look alike from here, unless something decides: a rejection that says
so, a reset by the host, silence only after the host has spoken, or an answer as soon as the host is
not named.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from checks.endpoint.facts import AddressProbe
from checks.endpoint.problems import HOST_BLOCKED, UNRESPONSIVE
from checks.proxy.tunnel import TunnelOutcome
from diag.model import Confidence
from diag.net.http import HttpOutcome
from diag.net.tcp import TcpOutcome
from diag.net.tls import TlsOutcome

Step = Literal["proxy", "tcp", "tls", "http"]
How = Literal[TcpOutcome, TunnelOutcome, TlsOutcome, HttpOutcome, "late"]
Suspects = tuple[tuple[str, Confidence], ...]

TIE: Suspects = ((HOST_BLOCKED.code, "possible"), (UNRESPONSIVE.code, "possible"))

BY_NAME: Suspects = ((HOST_BLOCKED.code, "likely"),)

TCP_SUSPECTS: dict[TcpOutcome, Suspects] = {
    "prohibited": ((HOST_BLOCKED.code, "likely"),),
    "refused": ((UNRESPONSIVE.code, "likely"),),
}
TUNNEL_SUSPECTS: dict[TunnelOutcome, Suspects] = {
    "refuses_target": ((HOST_BLOCKED.code, "certain"),),
    "target_failed": ((UNRESPONSIVE.code, "likely"),),
}
TLS_SUSPECTS: dict[TlsOutcome, Suspects] = {
    "reset": TIE,  # filters that read the server's name close the connection like this
    "not_tls": TIE,
}

TCP_BY_WEIGHT: tuple[TcpOutcome, ...] = (
    "prohibited",
    "refused",
    "reset",
    "timeout",
    "unreachable",
    "failed",
)
"""What says most comes first."""


class Silence(Struct, frozen=True):
    """The furthest step that any way came to, how that ended, and whom that makes suspect."""

    step: Step
    how: How
    suspects: Suspects
    by_name: bool = False
    """Whether it was the host's name that nobody answered."""


def silence_of(probes: Sequence[AddressProbe]) -> Silence:
    """Of probes of which none brought an answer."""
    for each in probes:
        if each.http is not None:
            sure: Confidence = "certain" if each.verified else "likely"
            how = "late" if each.http.late else each.http.outcome
            return Silence("http", how, ((UNRESPONSIVE.code, sure),))
    for each in probes:
        if each.tls is not None and each.tls.answers_nameless:
            return Silence("tls", each.tls.outcome, BY_NAME, by_name=True)
    for each in probes:
        if each.tls is not None:
            suspects = TLS_SUSPECTS.get(each.tls.outcome, ((UNRESPONSIVE.code, "likely"),))
            return Silence("tls", each.tls.outcome, suspects)
    for each in probes:
        if each.tunnel is not None:
            return Silence("proxy", each.tunnel, TUNNEL_SUSPECTS.get(each.tunnel, ()))
    outcomes = {each.tcp for each in probes}
    worst: TcpOutcome = next((each for each in TCP_BY_WEIGHT if each in outcomes), "failed")
    if not any(each.address for each in probes):
        return Silence("proxy", worst, ())
    return Silence("tcp", worst, TCP_SUSPECTS.get(worst, TIE))
