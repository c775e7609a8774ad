"""Wi-Fi on Linux, from NetworkManager over D-Bus: numbers and bytes, nothing localised.

Source: https://networkmanager.dev/docs/api/latest/spec.html and nm-dbus-types.html there.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import TypeVar

from msgspec import Struct

from checks.wifi.facts import (
    Connectivity,
    Line,
    Place,
    Security,
    WifiFact,
    WifiLink,
    band_of,
    ssid_text,
)
from checks.wifi.known import signs_of
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, Failed

HAND_IN_S = 0.3
CALL_S = 2.0
"""Longest that one call may take; NetworkManager answers within milliseconds."""

BUS_NAME = "org.freedesktop.NetworkManager"
ROOT = "/org/freedesktop/NetworkManager"
NOTHING = "/"
"""The path that D-Bus objects give for none."""
PROPERTIES = "org.freedesktop.DBus.Properties"

DEVICE_WIFI = 2
DEVICES_WITH_A_LINE = (1, DEVICE_WIFI, 5, 8)
"""Ethernet, Wi-Fi, Bluetooth, modem: what leads out of the device; not lo, bridges or tunnels."""
DEVICE_ACTIVATED = 100

AP_PRIVACY = 0x1
PAIR_TKIP = 0x4
PAIR_CCMP = 0x8
KEY_PSK = 0x100
KEY_802_1X = 0x200
KEY_SAE = 0x400
KEY_OWE = 0x800
KEY_OWE_TRANSITION = 0x1000
KEY_SUITE_B_192 = 0x2000

CONNECTIVITY: dict[int, Connectivity] = {1: "none", 2: "portal", 3: "limited", 4: "full"}
METERED = {1: True, 2: False, 3: True, 4: False}
LINES: dict[str, Line] = {
    "802-11-wireless": "wifi",
    "802-3-ethernet": "wired",
    "bluetooth": "mobile",
    "gsm": "mobile",
    "cdma": "mobile",
    "vpn": "vpn",
    "wireguard": "vpn",
    "tun": "vpn",
}
PLACES: dict[str, Place] = {
    "home": "home",
    "trusted": "home",
    "internal": "work",
    "work": "work",
    "public": "public",
}
"""Zones of firewalld that a connection is put in; without one nobody has said."""

PHONE_RANGES = tuple(
    ipaddress.ip_network(each)
    for each in ("172.20.10.0/28", "192.168.42.0/24", "192.168.43.0/24", "192.168.137.0/24")
)
"""iOS hotspot; Android over USB; Android hotspot before version 11; Windows sharing."""

T = TypeVar("T")
Values = Mapping[str, object]


class _Device(Struct, frozen=True):
    path: str
    interface: str
    kind: int
    active: bool
    connection: str


def collect(host: Host, context: Context) -> WifiFact:
    """Raises Failed(tool_missing) where no NetworkManager runs: Wi-Fi may be there all the same."""
    bus = _Bus(host, context.deadline.sooner(HAND_IN_S))
    manager = bus.values(ROOT, BUS_NAME)
    devices = [bus.device(path) for path in _paths(manager.get("Devices"))]
    wifi = [each for each in devices if each.kind == DEVICE_WIFI]
    primary = _get(manager, "PrimaryConnection", str, NOTHING)
    line = _line(_get(manager, "PrimaryConnectionType", str, ""))
    device = _in_use(wifi, primary)
    joined = device is not None and device.active
    return WifiFact(
        adapter=bool(wifi),
        radio_on=_seen(manager, "WirelessEnabled", bool) if wifi else None,
        interface=device.interface if device else None,
        joined=joined,
        link=bus.link(device.path) if device and joined else None,
        carries_default=_carries(device, devices, primary, line) if device and joined else False,
        line=line,
        connectivity=CONNECTIVITY.get(_get(manager, "Connectivity", int, 0), "unknown"),
        metered=METERED.get(_get(manager, "Metered", int, 0)),
        phone_addresses=_phone_addresses(host, _interfaces_in_use(devices, primary, line)),
        place=bus.place(device.connection) if device and joined else None,
    )


class _Bus:
    """NetworkManager's objects, read within a deadline."""

    def __init__(self, host: Host, deadline: Deadline) -> None:
        self._host = host
        self._deadline = deadline

    def call(
        self, path: str, interface: str, member: str, signature: str = "", *body: object
    ) -> tuple[object, ...]:
        timeout_s = min(CALL_S, self._deadline.remaining())
        if timeout_s <= 0:
            raise Failed("timeout", f"dbus {interface}.{member}")
        return self._host.dbus(
            "system", BUS_NAME, path, interface, member, signature, body, timeout_s
        )

    def values(self, path: str, interface: str) -> Values:
        """All properties of one interface of an object."""
        (values,) = self.call(path, PROPERTIES, "GetAll", "s", interface)
        if not isinstance(values, Mapping):
            raise Failed("unparsable", f"dbus {interface}", type(values).__name__)
        return values

    def device(self, path: str) -> _Device:
        values = self.values(path, f"{BUS_NAME}.Device")
        return _Device(
            path,
            _get(values, "Interface", str, ""),
            _get(values, "DeviceType", int, 0),
            _get(values, "State", int, 0) == DEVICE_ACTIVATED,
            _get(values, "ActiveConnection", str, NOTHING),
        )

    def link(self, device_path: str) -> WifiLink | None:
        wireless = self.values(device_path, f"{BUS_NAME}.Device.Wireless")
        path = _get(wireless, "ActiveAccessPoint", str, NOTHING)
        if path == NOTHING:
            return None
        point = self.values(path, f"{BUS_NAME}.AccessPoint")
        ssid = ssid_text(_get(point, "Ssid", bytes, b""))
        frequency = _get(point, "Frequency", int, 0) or None
        signs = signs_of(ssid)
        return WifiLink(
            ssid=ssid,
            bssid=_get(point, "HwAddress", str, "") or None,
            hidden=ssid is None,
            security=security_of(
                _seen(point, "Flags", int),
                _seen(point, "WpaFlags", int),
                _seen(point, "RsnFlags", int),
            ),
            signal=_seen(point, "Strength", int),
            frequency_mhz=frequency,
            band=band_of(frequency),
            known_public=signs.known_public,
            shared_key=signs.shared_key,
            public_word=signs.public_word,
            phone_name=signs.phone,
        )

    def place(self, active_connection: str) -> Place | None:
        """The firewall zone that the connection is put in, if someone put it in one."""
        try:
            active = self.values(active_connection, f"{BUS_NAME}.Connection.Active")
            saved = _get(active, "Connection", str, NOTHING)
            (settings,) = self.call(saved, f"{BUS_NAME}.Settings.Connection", "GetSettings")
        except Failed:
            return None
        connection = settings.get("connection") if isinstance(settings, Mapping) else None
        zone = connection.get("zone") if isinstance(connection, Mapping) else None
        return PLACES.get(zone) if isinstance(zone, str) else None


def security_of(flags: int | None, wpa: int | None, rsn: int | None) -> Security:
    """The security of an access point by its flags; unknown where they are not understood."""
    if flags is None or wpa is None or rsn is None:
        return "unknown"
    both = wpa | rsn
    if both & ~KEY_OWE_TRANSITION == 0:
        return "wep" if flags & AP_PRIVACY else "open"
    if both & (KEY_802_1X | KEY_SUITE_B_192):
        return "enterprise"
    if rsn & KEY_OWE:
        return "owe"
    if rsn & KEY_SAE:
        return "wpa2_wpa3" if rsn & KEY_PSK else "wpa3"
    if rsn & KEY_PSK:
        only_tkip = rsn & PAIR_TKIP and not rsn & PAIR_CCMP
        return "wpa" if only_tkip else "wpa2"
    if wpa & KEY_PSK:
        return "wpa"
    return "unknown"


def _in_use(wifi: list[_Device], primary: str) -> _Device | None:
    """The Wi-Fi device to speak of: that of the default route, else a joined one, else any."""
    ranked = sorted(
        wifi, key=lambda each: (each.connection != primary, not each.active, each.interface)
    )
    return ranked[0] if ranked else None


def _line(connection_type: str) -> Line | None:
    if not connection_type:
        return None
    return LINES.get(connection_type, "other")


def _carries(
    device: _Device, devices: Iterable[_Device], primary: str, line: Line | None
) -> bool | None:
    """Under a VPN the only line there is carries; of several, nobody says which."""
    if primary == device.connection:
        return True
    if line == "vpn":
        return None if len(_leading_out(devices)) > 1 else True
    return None if primary == NOTHING else False


def _leading_out(devices: Iterable[_Device]) -> list[_Device]:
    return [each for each in devices if each.active and each.kind in DEVICES_WITH_A_LINE]


def _interfaces_in_use(devices: list[_Device], primary: str, line: Line | None) -> list[str]:
    if line == "vpn" or primary == NOTHING:
        return [each.interface for each in _leading_out(devices)]
    return [each.interface for each in devices if each.connection == primary]


def _phone_addresses(host: Host, interfaces: list[str]) -> bool:
    """Whether one of these interfaces has an address that a sharing phone or PC gives out."""
    try:
        known = host.interfaces()
    except Failed:
        return False
    return any(
        ipaddress.ip_address(address.address) in network
        for interface in known
        if interface.name in interfaces
        for address in interface.addresses
        if address.family == "ipv4"
        for network in PHONE_RANGES
    )


def _paths(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _get(values: Values, name: str, kind: type[T], default: T) -> T:
    value = values.get(name)
    return value if isinstance(value, kind) else default


def _seen(values: Values, name: str, kind: type[T]) -> T | None:
    value = values.get(name)
    return value if isinstance(value, kind) else None
