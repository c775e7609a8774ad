"""The text of `netsh wlan`, in whatever language Windows speaks.

Labels are translated, and so are most values; so a line is known by the form of its value and by
its place, and a value that is not understood is unknown, never open. "SSID" is the one label that
no language translates, and a line whose label is exactly that holds the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from checks.wifi.facts import Security
from checks.wifi.points import Point

REFUSED = re.compile(r"ms-settings:privacy-location|WlanQueryInterface\W.*?(?<!\d)5(?!\d)")
"""How netsh says that it wants the location permission: an address and a function's name, which are
translated nowhere."""

LINE = re.compile(r"^(\s*)(\S.*?)\s*:(?:\s(.*))?$")
NETWORK = re.compile(r"^SSID \d+\s*:\s?(.*)$")
MAC = re.compile(r"[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}")
PERCENT = re.compile(r"(\d{1,3})%")
BAND = re.compile(r"([256])(?:[.,]4)? ?(?:GHz|ГГц)")
GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

OPEN_WORDS = frozenset(
    {
        *("open", "offen", "ouvrir", "ouvert", "ouverte", "abierta", "abierto", "aperta", "aperto"),
        *("aberta", "aberto", "open system", "öppen", "otwarte", "otwarty", "открытая", "открыто"),
        *("开放", "开放式", "開放", "開放式", "開放系統", "オープン", "オープン システム", "개방"),
    }
)
"""How languages say that there is no authentication."""
OWE_WORDS = ("owe", "enhanced open")
ENTERPRISE_WORDS = (
    *("enterprise", "entreprise", "empresa", "aziend", "unternehmen", "предприят", "корпорат"),
    *("przedsiębiorstw", "エンタープライズ", "企业", "企業", "엔터프라이즈"),
)


class Joined(Struct, frozen=True, kw_only=True):
    """One interface that is on a network."""

    name: str
    guid: str | None
    point: Point


class Interfaces(Struct, frozen=True, kw_only=True):
    """What `show interfaces` says: how many there are, and those that are on a network."""

    count: int
    joined: tuple[Joined, ...]


def text_of(output: bytes, code_page: str) -> str:
    """UTF-8 as newer systems write it, else the code page of this system's consoles (`cp932`)."""
    try:
        return output.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return output.decode(code_page, "replace")
    except LookupError:
        return output.decode("cp850", "replace")


def interfaces(text: str) -> Interfaces:
    """A block for each interface; what is on no network has no line SSID."""
    blocks = list(_blocks(text))
    found = (_joined(block) for block in blocks)
    return Interfaces(count=len(blocks), joined=tuple(each for each in found if each is not None))


def networks(text: str) -> tuple[Point, ...]:
    """A point for each network in reach and each of its hardware addresses."""
    found: list[Point] = []
    name: str | None = None
    values: list[str] = []
    for line in text.splitlines():
        start = NETWORK.match(line)
        if start:
            name, values = start[1].strip() or None, []
            continue
        pair = _pair(line)
        if pair is None:
            continue
        values.append(pair[1])
        if MAC.fullmatch(pair[1]):
            found.append(Point(ssid=name, bssid=pair[1].lower(), security=_security(values)))
    return tuple(found)


def security_of(authentication: str, cipher: str) -> Security | None:
    """None: the first value is no kind of authentication that is known."""
    said = authentication.casefold().strip()
    encrypted = cipher.casefold()
    if said in OPEN_WORDS:
        return "wep" if "wep" in encrypted else "open"
    if said.startswith(OWE_WORDS):
        return "owe"
    if said == "wep":
        return "wep"
    if not said.startswith(("wpa", "rsna")):
        return None
    if any(word in said for word in ENTERPRISE_WORDS):
        return "enterprise"
    if said.startswith("wpa3"):
        return "wpa3"
    if said.startswith("wpa2"):
        return "wpa" if "tkip" in encrypted else "wpa2"
    return "wpa"


def _pair(line: str) -> tuple[str, str] | None:
    match = LINE.match(line)
    return (match[2], (match[3] or "").strip()) if match else None


def _blocks(text: str) -> Iterator[list[tuple[str, str]]]:
    """Indented lines; the first label comes again where the next interface begins."""
    block: list[tuple[str, str]] = []
    for line in text.splitlines():
        pair = _pair(line) if line[:1].isspace() else None
        if pair is None:
            continue
        if block and pair[0] == block[0][0]:
            yield block
            block = []
        block.append(pair)
    if len(block) > 1:
        yield block


def _joined(block: Sequence[tuple[str, str]]) -> Joined | None:
    labels = [label for label, _ in block]
    if "SSID" not in labels:
        return None
    at = labels.index("SSID")
    values = [value for _, value in block[at + 1 :]]
    bssid = next((value.lower() for value in values if MAC.fullmatch(value)), None)
    signal = next((int(match[1]) for value in values if (match := PERCENT.fullmatch(value))), None)
    if bssid is None and signal is None:
        return None
    channel = next((int(value) for value in values if value.isascii() and value.isdigit()), None)
    band = next((match[1] for value in values if (match := BAND.fullmatch(value))), None)
    guid = next((value for _, value in block[:at] if GUID.fullmatch(value)), None)
    return Joined(
        name=block[0][1],
        guid=guid,
        point=Point(
            ssid=block[at][1] or None,
            bssid=bssid,
            security=_security(values),
            signal=signal,
            channel=channel,
            frequency_mhz=_mhz(channel, band),
        ),
    )


def _security(values: Sequence[str]) -> Security:
    for value, following in zip(values, [*values[1:], ""], strict=True):
        security = security_of(value, following)
        if security is not None:
            return security
    return "unknown"


def _mhz(channel: int | None, band: str | None) -> int | None:
    """Of a channel's centre; older systems do not name the band, and have no 6 GHz."""
    if channel is None or not 0 < channel < 234:
        return None
    if band == "6":
        return 5950 + 5 * channel
    if band == "5" or (band is None and channel > 14):
        return 5000 + 5 * channel
    return 2484 if channel == 14 else 2407 + 5 * channel
