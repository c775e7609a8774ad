"""How good the line is, as far as a few small connections tell."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from diag.model import Fact, Public, ServiceIp
from diag.net.resolve import Family

Why = Literal["symptom", "late", "silent", "slow"]
"""Why a second look was taken. symptom: the user says that it is slow. late: connections came about
late, or not at all, at more than one place. silent: a host took the connection and then nothing
came. slow: an exchange took long.
"""

SLOW_KBIT = 200
"""At this pace a login page of a megabyte takes 40 s. Mobile carriers throttle to 128 kbit/s."""
FEWEST_OCTETS = 400
LONG_OCTETS = 1500
"""A flight has to have so many to tell a pace; the longer ones tell it alone."""
CROWD_OCTETS = 2500
CROWD_PACKET = 110
"""Bytes that have to come in, altogether and by packet, for it to be data that filled the line."""
AT_ONCE_S = 0.4
RESENDS_S = (1.0, 3.0)
SOON_AFTER_S = 0.07
RIGHT_AWAY_S = 0.12
RESENT_S = 0.8
"""A connection that took that much longer than the usual one lost its first packet (RFC 6298)."""
FEW = 3
SHORT_S = 0.004
"""Whatever comes within that time came at once."""

Ended = Literal["answered", "stalled", "failed"]
"""stalled: the connection stood, and nothing more came in time."""


class Try(Struct, frozen=True, kw_only=True):
    """One connection: how long it took (None: it did not come about in time), and how many packets
    this device had to send again for it (None: the system does not say).
    """

    address: ServiceIp
    took_s: float | None
    resent: int | None = None


class Flight(Struct, frozen=True, kw_only=True):
    """What a server sent in one go. octets and spread_s: after the first piece until the last."""

    host: Public
    octets: int
    spread_s: float

    @property
    def kbit_s(self) -> float:
        return self.octets * 8 / 1000 / max(self.spread_s, SHORT_S)


class Sizes(Struct, frozen=True, kw_only=True):
    """The same exchange with packets of the usual size, and with small ones."""

    endpoint: Public
    host: Public
    family: Family
    usual: Ended
    small: Ended

    @property
    def swallowed(self) -> bool:
        return self.usual == "stalled" and self.small == "answered"


class CameIn(Struct, frozen=True, kw_only=True):
    """What this device received altogether while it was looked at, by its own count."""

    octets: int
    packets: int
    seconds: float

    @property
    def kbit_s(self) -> float:
        return self.octets * 8 / 1000 / max(self.seconds, SHORT_S)


class LineFact(Fact, frozen=True, kw_only=True):
    """What was measured, and why; nothing, where nothing gave reason to.

    quickest_s: of the connections of the first look.
    """

    why: tuple[Why, ...] = ()
    quickest_s: float | None = None
    tries: tuple[Try, ...] = ()
    flights: tuple[Flight, ...] = ()
    sizes: tuple[Sizes, ...] = ()
    came_in: CameIn | None = None

    @property
    def paces(self) -> tuple[float, ...]:
        """Kilobits per second of what the flights tell, if not even the fastest had a pace at which
        one can log in.
        """
        telling = [each for each in self.flights if each.octets >= FEWEST_OCTETS]
        paces = tuple(each.kbit_s for each in telling)
        return paces if paces and max(paces) < SLOW_KBIT else ()

    @property
    def long_paces(self) -> tuple[float, ...]:
        """Of those, what no single lost packet can have made."""
        long = [each for each in self.flights if each.octets >= LONG_OCTETS]
        return tuple(each.kbit_s for each in long) if self.paces else ()

    @property
    def times(self) -> tuple[float, ...]:
        """Of the connections that came about."""
        return tuple(each.took_s for each in self.tries if each.took_s is not None)

    @property
    def lost(self) -> int:
        """Connections whose first packets got lost: late by their resending, or never."""
        late = min(self.times, default=0.0) + RESENT_S
        return sum(
            each.took_s is None or bool(each.resent) or each.took_s > late for each in self.tries
        )

    @property
    def resending(self) -> int:
        """Connections that came about right when their first packet was sent once more (RFC 6298:
        after a second, then after two): the first one had got lost, and the line was free.
        """
        usual = min(self.times, default=0.0)
        usual = usual if usual < RESENDS_S[0] else 0.0
        return sum(
            again + usual <= took < again + usual + SOON_AFTER_S
            for took in self.times
            for again in RESENDS_S
        )

    @property
    def waiting(self) -> int:
        """Connections that came about neither at once nor right after resending: on the way their
        packets stood in a queue.
        """
        usual = min(self.times, default=0.0)
        later = sum(took > usual + RIGHT_AWAY_S for took in self.times)
        return max(0, later - self.resending)

    @property
    def crowded(self) -> bool:
        """Whether the line was full of the little that it carries: real data came in at no pace,
        and new connections stood in a queue. (Where packets are lost, they come about at once or
        right after resending.)
        """
        all_in = self.came_in
        full = (
            all_in is not None
            and all_in.octets >= CROWD_OCTETS
            and all_in.octets >= CROWD_PACKET * all_in.packets
            and all_in.kbit_s < SLOW_KBIT
        )
        if not full or 2 * self.resending > len(self.times) > 0:
            return False
        return self.waiting >= FEW or self._nothing_at_once

    @property
    def _nothing_at_once(self) -> bool:
        """Whether every single connection came about later than they had before, or not at all."""
        soon = max(AT_ONCE_S, 2 * (self.quickest_s or 0.0))
        return bool(self.tries) and all(
            each.took_s is None or each.took_s > soon for each in self.tries
        )
