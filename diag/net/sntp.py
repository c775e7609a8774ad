"""Ask one time server what time it is (SNTP, RFC 4330; the packet of RFC 5905)."""

from __future__ import annotations

import struct
from datetime import datetime

from diag.deadline import Deadline
from diag.host import Host

PORT = 123
PACKET = struct.Struct(">BBbb11I")
"""Leap, version and mode in one byte; stratum, poll, precision; root delay, dispersion, reference;
then four times of seconds and fraction: reference, originate, receive, transmit."""
CLIENT = 0x23
"""Version 4, mode 3."""
SERVER_MODE = 4
LEAP_UNKNOWN = 3

SINCE_1900_S = 2_208_988_800
ERA_S = 1 << 32


def ahead_s(host: Host, address: str, deadline: Deadline) -> float | None:
    """How far this device's clock is ahead of the server's; None: no answer that one can use."""
    left = host.now()
    sent = _written(left)
    request = PACKET.pack(CLIENT, *(0,) * 12, *sent)
    try:
        answer = host.exchange(address, PORT, request, deadline.remaining())
    except OSError:
        return None
    back = host.now()
    if len(answer) < PACKET.size:
        return None
    kind, stratum, *rest = PACKET.unpack_from(answer)
    originate, received, transmitted = (tuple(rest[at : at + 2]) for at in (7, 9, 11))
    if kind & 7 != SERVER_MODE or kind >> 6 == LEAP_UNKNOWN or not 0 < stratum < 16:
        return None  # no server's answer; or one that knows no time, or wants to be left alone
    if originate != sent or transmitted == (0, 0):
        return None  # an answer to somebody else
    there = (_seconds(*received) + _seconds(*transmitted)) / 2
    return (left.timestamp() + back.timestamp()) / 2 - there


def _written(time: datetime) -> tuple[int, int]:
    since = time.timestamp() + SINCE_1900_S
    return int(since) % ERA_S, int(since % 1 * ERA_S)


def _seconds(whole: int, fraction: int) -> float:
    """Since 1970. Without the highest bit it is a time after 2036 (RFC 4330, section 3)."""
    era = 0 if whole >> 31 else ERA_S
    return whole + era - SINCE_1900_S + fraction / ERA_S
