"""What is learnt about the Wi-Fi, whichever OS says it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from diag.model import Fact, PrivateMac, PrivateSsid, Public

Security = Literal[
    "open", "owe", "wep", "wpa", "wpa2", "wpa2_wpa3", "wpa3", "enterprise", "unknown"
]
"""How the air is encrypted. owe: encrypted without a password. wpa: the first WPA, or TKIP.
enterprise: 802.1X, everyone with a login of their own."""

Band = Literal["2.4", "5", "6"]
"""GHz."""

Connectivity = Literal["unknown", "none", "portal", "limited", "full"]
"""What the OS itself found when it tried to reach the internet."""

Line = Literal["wifi", "wired", "mobile", "vpn", "other"]

Place = Literal["home", "work", "public"]
"""What the user or their IT told the OS this network is."""

Trusted = Literal["home", "work"]
"""What the user told diag this network is."""

Source = Literal[
    "network_manager", "iwd", "wpa_supplicant", "iw", "windows", "netsh", "system_profiler"
]

Kind = Literal["hotspot", "operator", "campus", "disaster"]
"""Whose a well-known public network is. operator, campus: 802.1X, everyone with a login."""

Withheld = Literal["location", "os"]
"""Why the OS keeps names and hardware addresses to itself: it wants the location permission first,
or gives them to no program of this kind."""

PASSWORDLESS: frozenset[Security] = frozenset({"open", "owe"})
CLOSED: frozenset[Security] = frozenset({"wpa", "wpa2", "wpa2_wpa3", "wpa3", "enterprise"})
OWN_KEY: frozenset[Security] = CLOSED - {"enterprise"}
"""One key for all who join."""


class Twin(Struct, frozen=True, kw_only=True):
    """Another access point in reach with the same name, whose openness is another."""

    bssid: PrivateMac | None = None
    security: Security


class WifiLink(Struct, frozen=True, kw_only=True):
    """The access point in use. Its name's signs are taken before the name becomes a token."""

    ssid: PrivateSsid | None = None
    bssid: PrivateMac | None = None
    hidden: bool = False
    security: Security
    signal: int | None = None
    """Quality in percent."""
    frequency_mhz: int | None = None
    channel: int | None = None
    band: Band | None = None
    known_public: bool = False
    kind: Kind | None = None
    """Of a well-known name."""
    expected: Security | None = None
    """How this name is encrypted wherever its owner offers it, if it always is."""
    shared_key: bool = False
    public_word: bool = False
    phone_name: bool = False
    router_name: bool = False
    """Whether routers for the home are sold with such a name."""
    twins: tuple[Twin, ...] = ()
    remembered: Security | None = None
    """How the device, or the user, knows the network of this name, where that is another way."""


class Lease(Struct, frozen=True, kw_only=True):
    """What came with the address: how large the network is, and for how long it is lent."""

    prefix: int | None = None
    seconds: int | None = None
    held_s: int | None = None
    """How long ago it was lent or renewed: for that long at the least the device is here."""
    phone: bool = False
    """Whether the lease says that an Android device shares its mobile line."""
    public_domain: bool = False
    """Whether it names the domain of a well-known hotspot operator."""


class WifiFact(Fact, frozen=True, kw_only=True):
    """The Wi-Fi of this device: whether there is one, what it is joined to, what it carries."""

    adapter: bool
    """Whether there is a Wi-Fi device at all."""
    source: Source | None = None
    withheld: Withheld | None = None
    radio_on: bool | None = None
    interface: Public | None = None
    joined: bool = False
    link: WifiLink | None = None
    """The access point; None also while joined, if the OS does not say."""
    carries_default: bool | None = None
    """Whether what the device sends to the internet goes over this Wi-Fi; None: not known."""
    line: Line | None = None
    """What kind of connection carries the default route."""
    connectivity: Connectivity = "unknown"
    metered: bool | None = None
    random_mac: bool | None = None
    """Whether the device shows this network a hardware address made up for it."""
    phone_addresses: bool = False
    """Whether the address in use is of a range that phones and PCs give out when they share."""
    lease: Lease | None = None
    place: Place | None = None
    trusted: Trusted | None = None
    other_router: bool = False
    """Whether the user marked a network of this name and encryption with another router."""
    captive_before: bool = False
    """Whether an earlier run met a sign-in page on this network."""
    router: PrivateMac | None = None
    others_seen: bool | None = None
    """Whether the OS knows of other devices on this network; None: it cannot be told."""


def band_of(frequency_mhz: int | None) -> Band | None:
    """The band of a channel's centre (IEEE 802.11-2020, annex E)."""
    if frequency_mhz is None:
        return None
    if 2400 <= frequency_mhz < 2500:
        return "2.4"
    if 4900 <= frequency_mhz < 5925:
        return "5"
    if 5925 <= frequency_mhz < 7125:
        return "6"
    return None


def channel_of(frequency_mhz: int | None) -> int | None:
    """The channel's number (IEEE 802.11-2020, annex E; 6 GHz: 802.11ax-2021)."""
    band = band_of(frequency_mhz)
    if band is None or frequency_mhz is None:
        return None
    if frequency_mhz == 2484:
        return 14
    if frequency_mhz == 5935:
        return 2
    base = {"2.4": 2407, "5": 5000 if frequency_mhz > 5000 else 4000, "6": 5950}[band]
    return (frequency_mhz - base) // 5


def percent_of(dbm: int) -> int:
    """Signal strength as quality, as NetworkManager and Windows reckon it."""
    return max(0, min(100, 2 * (dbm + 100)))


def ssid_text(raw: bytes) -> str | None:
    """An SSID (up to 32 bytes of anything) as text; None for a hidden one.

    UTF-8 as is usual, else the Japanese of older access points, unless it comes out as what is no
    text (their code page has room for that), else its bytes as escapes.
    """
    if not raw.strip(b"\0"):
        return None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        japanese = raw.decode("cp932")
    except UnicodeDecodeError:
        japanese = ""
    if japanese.isprintable() and japanese:
        return japanese
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}" for byte in raw)
