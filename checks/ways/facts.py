"""What the second look learnt: how each way out of this device behaved."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from checks.lines import Kind
from diag.model import Fact, FailureCode, PrivateName, Public

Family = Literal["ipv4", "ipv6"]
Answer = Literal["answered", "silent", "refused_here", "unknown"]
"""answered: a public address took a connection. refused_here: this device itself let nothing go
out, to any of several ports. unknown: a program may not choose this way."""


class Way(Struct, frozen=True, kw_only=True):
    """One way out. `in_use`: the one that every program gets unless it asks for another. kind:
    what people call it; None: not known.
    """

    interface: Public
    family: Family
    in_use: bool
    tunnel: bool
    kind: Kind | None = None
    answer: Answer
    failed: FailureCode | None = None


class WaysFact(Fact, frozen=True, kw_only=True):
    """looked: False where the internet answers over the way in use; then nothing was probed.

    barred: whether a route of this device's own refuses what would go out. vpn_clients: VPN
    programs and tunnel interfaces that were seen on this device, connected or not.
    """

    looked: bool
    ways: tuple[Way, ...] = ()
    barred: bool = False
    vpn_clients: tuple[PrivateName, ...] = ()
