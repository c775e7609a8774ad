"""Access points as every source gives them, and the one in use with all that its name says."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from checks.wifi.facts import (
    CLOSED,
    PASSWORDLESS,
    Security,
    Twin,
    WifiLink,
    band_of,
    channel_of,
)
from checks.wifi.known import signs_of

MOST_TWINS = 8

_OPEN_TO_ALL: frozenset[Security] = PASSWORDLESS | {"wep"}


class Point(Struct, frozen=True, kw_only=True):
    """An access point in reach. `signal` is quality in percent."""

    ssid: str | None
    bssid: str | None = None
    security: Security
    signal: int | None = None
    frequency_mhz: int | None = None
    channel: int | None = None


def link_of(
    point: Point, others: Iterable[Point] = (), remembered: Iterable[Security] = ()
) -> WifiLink:
    """The access point in use, among the others in reach.

    remembered: how the device knows networks of this name from before.
    """
    signs = signs_of(point.ssid)
    return WifiLink(
        ssid=point.ssid,
        bssid=point.bssid,
        hidden=point.ssid is None,
        security=point.security,
        signal=point.signal,
        frequency_mhz=point.frequency_mhz,
        channel=point.channel or channel_of(point.frequency_mhz),
        band=band_of(point.frequency_mhz),
        known_public=signs.known_public,
        kind=signs.kind,
        expected=signs.expected,
        shared_key=signs.shared_key,
        public_word=signs.public_word,
        phone_name=signs.phone,
        router_name=signs.router,
        twins=_twins(point, others),
        remembered=_otherwise(point.security, remembered),
    )


def _twins(point: Point, others: Iterable[Point]) -> tuple[Twin, ...]:
    """Those of the same name of which one lets in everybody and the other does not."""
    if point.ssid is None:
        return ()
    found = {
        (other.bssid or "", other.security)
        for other in others
        if other.ssid == point.ssid and differ(point.security, other.security)
    }
    twins = [Twin(bssid=bssid or None, security=security) for bssid, security in sorted(found)]
    return tuple(twins[:MOST_TWINS])


def differ(one: Security, other: Security) -> bool:
    """Whether one needs a key or a login, and the other lets in everybody."""
    return (one in CLOSED and other in _OPEN_TO_ALL) or (one in _OPEN_TO_ALL and other in CLOSED)


def _otherwise(now: Security, remembered: Iterable[Security]) -> Security | None:
    """How a name is known that now lets in everybody, if it is known no other way."""
    known = sorted(set(remembered))
    if now not in _OPEN_TO_ALL or not known or not all(each in CLOSED for each in known):
        return None
    return known[0]
