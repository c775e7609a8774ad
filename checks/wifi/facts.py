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


class WifiLink(Struct, frozen=True, kw_only=True):
    """The access point in use. Its name's signs are taken before the name becomes a token."""

    ssid: PrivateSsid | None = None
    bssid: PrivateMac | None = None
    hidden: bool = False
    security: Security
    signal: int | None = None
    """Quality in percent."""
    frequency_mhz: int | None = None
    band: Band | None = None
    known_public: bool = False
    shared_key: bool = False
    public_word: bool = False
    phone_name: bool = False


class WifiFact(Fact, frozen=True, kw_only=True):
    """The Wi-Fi of this device: whether there is one, what it is joined to, what it carries."""

    adapter: bool
    """Whether there is a Wi-Fi device at all."""
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
    phone_addresses: bool = False
    """Whether the address in use is of a range that phones and PCs give out when they share."""
    place: Place | None = None


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
