"""Wi-Fi on macOS, from `system_profiler -json SPAirPortDataType`, whose keys nobody translates.

From macOS 14.4 on, names and hardware addresses come as `<redacted>` to programs without Location
Services, which a command-line tool cannot ask for; the security comes all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from checks.gateway import macos as gateway
from checks.wifi.address import (
    ANDROID_METERED,
    interface_of,
    is_random,
    is_shared,
    prefix_from_mask,
    prefix_of,
)
from checks.wifi.facts import Lease, Security, WifiFact, percent_of
from checks.wifi.known import is_public_domain
from checks.wifi.neighbours import Given, addresses_in, around
from checks.wifi.points import Point, link_of
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

PROFILER_S = 6.0
"""It takes up to five seconds where it looks around for other networks."""
TOOL_S = 2.0

REDACTED = "<redacted>"
JOINED = "spairport_status_connected"
OFF = "spairport_status_off"
CURRENT = "spairport_current_network_information"
OTHERS = (
    "spairport_airport_other_local_wireless_networks",
    "spairport_airport_local_wireless_networks",
)
MODE = "spairport_security_mode_"
SECURITIES: dict[str, Security] = {
    "none": "open",
    "owe": "owe",
    "owe_transition": "owe",
    "wep": "wep",
    "dynamic_wep": "wep",
    "wpa_personal": "wpa",
    "wpa_personal_mixed": "wpa2",
    "wpa2_personal": "wpa2",
    "wpa2_personal_mixed": "wpa2",
    "wpa3_transition": "wpa2_wpa3",
    "wpa3_personal": "wpa3",
    "wpa_enterprise": "enterprise",
    "wpa_enterprise_mixed": "enterprise",
    "wpa2_enterprise": "enterprise",
    "wpa2_enterprise_mixed": "enterprise",
    "wpa3_enterprise": "enterprise",
}
"""What follows spairport_security_mode_; any other is unknown."""

CHANNEL = re.compile(r"(\d+)(?:.*\(([256])GHz)?")
FIELD = re.compile(r"^(\w+) \(\w+\): (.*)$", re.MULTILINE)
OPAQUE = re.compile(r"^vendor_specific \(opaque\):.*\n((?:[0-9a-f]{4} .*\n?)*)", re.MULTILINE)
DUMP_COLUMNS = slice(6, 55)
OCTETS = re.compile(r"\b[0-9a-f]{2}\b")

Values = Mapping[str, Any]


def collect(host: Host, deadline: Deadline) -> WifiFact:
    """Raises Failed if system_profiler cannot be asked or says nothing that is understood."""
    done = host.run(
        "system_profiler",
        "-json",
        "SPAirPortDataType",
        timeout_s=deadline.within(PROFILER_S).remaining(),
    )
    try:
        said = msgspec.json.decode(done.stdout, type=dict[str, Any])
        interfaces = list(_interfaces(said))
    except (msgspec.MsgspecError, ValueError, KeyError, TypeError):
        raise Failed("unparsable", "run system_profiler", done.text()[:200]) from None
    if not interfaces:
        return WifiFact(adapter=False, source="system_profiler")
    one = min(interfaces, key=lambda each: not _is_joined(each))
    name = str(one.get("_name", ""))
    fact = WifiFact(
        adapter=True,
        source="system_profiler",
        interface=name,
        radio_on=one.get("spairport_status_information") != OFF,
    )
    if not _is_joined(one):
        return fact
    interface = interface_of(host, name)
    given = _given(host, deadline, name)
    entries = gateway.entries(host, name) if given.routers else ()
    near = around(entries, given.routers, interface, given.servers)
    point = _point(one[CURRENT])
    return msgspec.structs.replace(
        fact,
        joined=True,
        withheld="os" if one[CURRENT].get("_name") == REDACTED else None,
        link=link_of(point, _others(one)),
        phone_addresses=is_shared(host, [name]),
        random_mac=is_random(interface),
        lease=given.lease or Lease(prefix=prefix_of(interface)),
        router=near.router,
        others_seen=near.others_seen,
    )


def _interfaces(said: Values) -> Iterator[Values]:
    """Those with a state of their own: awdl0, Apple's link between devices, has none."""
    for card in said["SPAirPortDataType"]:
        for interface in card.get("spairport_airport_interfaces", ()):
            if "spairport_status_information" in interface:
                yield interface


def _is_joined(interface: Values) -> bool:
    return interface.get("spairport_status_information") == JOINED and isinstance(
        interface.get(CURRENT), Mapping
    )


def _others(interface: Values) -> Iterator[Point]:
    for key in OTHERS:
        for each in interface.get(key, ()):
            if isinstance(each, Mapping):
                yield _point(each)


def _point(network: Values) -> Point:
    name = str(network.get("_name", ""))
    signal = re.match(r"-\d+", str(network.get("spairport_signal_noise", "")))
    channel, mhz = _channel(str(network.get("spairport_network_channel", "")))
    mode = str(network.get("spairport_security_mode", "")).removeprefix(MODE)
    return Point(
        ssid=None if name in ("", REDACTED) else name,
        bssid=network.get("spairport_network_bssid"),
        security=SECURITIES.get(mode, "unknown"),
        signal=percent_of(int(signal[0])) if signal else None,
        channel=channel,
        frequency_mhz=mhz,
    )


def _channel(shown: str) -> tuple[int | None, int | None]:
    """`149`, `1,+1`, or `6 (2GHz, 20MHz)` since macOS 13; older systems have no 6 GHz."""
    match = CHANNEL.match(shown)
    if match is None:
        return None, None
    number = int(match[1])
    if match[2] == "6":
        return number, 5950 + 5 * number
    if match[2] == "5" or (match[2] is None and number > 14):
        return number, 5000 + 5 * number
    return number, 2484 if number == 14 else 2407 + 5 * number


def _given(host: Host, deadline: Deadline, name: str) -> Given:
    """What the last answer of the DHCP server said (ipconfig(8)); not when it came."""
    try:
        timeout_s = deadline.within(TOOL_S).remaining()
        text = host.run("ipconfig", "getpacket", name, timeout_s=timeout_s).text()
    except Failed:
        return Given()
    fields = dict(FIELD.findall(text))
    if not fields:
        return Given()
    try:
        seconds = int(fields.get("lease_time", ""), 16)
    except ValueError:
        seconds = None
    vendor = OPAQUE.search(text)
    return Given(
        lease=Lease(
            prefix=prefix_from_mask(fields.get("subnet_mask", "")),
            seconds=seconds,
            phone=vendor is not None and ANDROID_METERED in _octets(vendor[1]),
            public_domain=is_public_domain(fields.get("domain_name", "")),
        ),
        routers=addresses_in(fields.get("router", ""))[:1],
        servers=addresses_in(
            fields.get("server_identifier", ""), fields.get("domain_name_server", "")
        ),
    )


def _octets(dump: str) -> bytes:
    """Lines of an offset, sixteen octets in two groups, and what they are as text."""
    lines = (line[DUMP_COLUMNS] for line in dump.splitlines())
    return bytes(int(each, 16) for line in lines for each in OCTETS.findall(line))
