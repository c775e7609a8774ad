"""Wi-Fi from the tool iw, where no service can be asked.

`iw dev NAME link` says what is joined, `scan dump` what the kernel remembers of the last scan; both
send nothing and need no privilege. Its words are not translated. Bytes of a name other than
printable ASCII stand there as `\\xNN`, and so does a space at its ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.wifi.facts import Security, WifiFact, percent_of, ssid_text
from checks.wifi.linux import kernel
from checks.wifi.points import Point, link_of
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

TOOL_S = 2.0

CONNECTED = re.compile(r"^Connected to ([0-9a-f:]{17})", re.MULTILINE)
FIELD = re.compile(r"^\s*(SSID|freq|signal|capability): ?(.*)$", re.MULTILINE)
BLOCK = re.compile(r"^(?=BSS )", re.MULTILINE)
BSS = re.compile(r"BSS ([0-9a-f:]{17})")
ESCAPED = re.compile(rb"\\x([0-9a-f]{2})")
ELEMENT = re.compile(r"^[ \t]+(RSN|WPA):(.*(?:\n[ \t]+\*.*)*)", re.MULTILINE)


def collect(host: Host, deadline: Deadline) -> WifiFact:
    """Raises Failed if there is a radio and iw does not tell of it."""
    radios = kernel.wifi_devices(host)
    if radios is not None and not radios:
        return WifiFact(adapter=False)
    if not radios:
        raise Failed("unsupported", "list Wi-Fi devices")
    links = {name: _run(host, deadline, name, "link") for name in radios}
    name = min(radios, key=lambda each: (CONNECTED.search(links[each]) is None, each))
    link = links[name]
    joined = CONNECTED.search(link)
    if joined is None:
        if "Not connected" not in link:
            raise Failed("unparsable", "run iw", link[:200])
        return WifiFact(adapter=True, source="iw", interface=name)
    known = list(_points(_run(host, deadline, name, "scan", "dump")))
    said = _fields(link)
    others = [point for point in known if point.bssid != joined[1]]
    heard = next((point for point in known if point.bssid == joined[1]), None)
    point = Point(
        ssid=_ssid(said.get("SSID", "")),
        bssid=joined[1],
        security=heard.security if heard else "unknown",
        signal=_percent(said.get("signal", "")),
        frequency_mhz=_mhz(said.get("freq", "")),
    )
    fact = WifiFact(
        adapter=True, source="iw", interface=name, joined=True, link=link_of(point, others)
    )
    return kernel.placed(host, fact, name)


def _run(host: Host, deadline: Deadline, name: str, *what: str) -> str:
    done = host.run("iw", "dev", name, *what, timeout_s=deadline.within(TOOL_S).remaining())
    return done.text()


def _fields(text: str) -> dict[str, str]:
    """The first of each."""
    return {match[1]: match[2] for match in reversed(list(FIELD.finditer(text)))}


def _points(text: str) -> Iterator[Point]:
    for block in BLOCK.split(text):
        match = BSS.match(block)
        if match is None:
            continue
        said = _fields(block)
        yield Point(
            ssid=_ssid(said.get("SSID", "")),
            bssid=match[1],
            security=_security(block, said.get("capability", "")),
            signal=_percent(said.get("signal", "")),
            frequency_mhz=_mhz(said.get("freq", "")),
        )


def _ssid(shown: str) -> str | None:
    raw = ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), shown.encode())
    return ssid_text(raw)


def _percent(shown: str) -> int | None:
    match = re.match(r"-?\d+", shown)
    return percent_of(int(match[0])) if match else None


def _mhz(shown: str) -> int | None:
    match = re.match(r"\d+", shown)
    return int(match[0]) if match else None


def _security(block: str, capability: str) -> Security:
    """By the elements of the beacon (scan.c of iw, print_rsn_ie)."""
    elements = {match[1]: match[2] for match in ELEMENT.finditer(block)}
    rsn, wpa = (_suites(elements.get(name, "")) for name in ("RSN", "WPA"))
    if "802.1X" in rsn + wpa or "EAP" in rsn + wpa:
        return "enterprise"
    if "OWE" in rsn:
        return "owe"
    if "SAE" in rsn:
        return "wpa2_wpa3" if "PSK" in rsn else "wpa3"
    if "PSK" in rsn:
        return "wpa" if _ciphers(elements["RSN"]) == ["TKIP"] else "wpa2"
    if "PSK" in wpa:
        return "wpa"
    if elements or not capability:
        return "unknown"
    return "wep" if "Privacy" in capability else "open"


def _suites(element: str) -> str:
    match = re.search(r"Authentication suites: (.*)", element)
    return match[1] if match else ""


def _ciphers(element: str) -> list[str]:
    match = re.search(r"Pairwise ciphers: (.*)", element)
    return match[1].split() if match else []
