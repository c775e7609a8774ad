"""Wi-Fi from NetworkManager over D-Bus: numbers and bytes, nothing localised.

Source: https://networkmanager.dev/docs/api/latest/spec.html and nm-dbus-types.html there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from checks.wifi.address import age_of, interface_of, is_random, is_shared
from checks.wifi.facts import (
    PASSWORDLESS,
    Connectivity,
    Lease,
    Line,
    Place,
    Security,
    WifiFact,
    WifiLink,
    ssid_text,
)
from checks.wifi.linux import kernel
from checks.wifi.linux.bus import NOTHING, Objects, Service, Values, get, paths, seen
from checks.wifi.neighbours import Given, addresses_in
from checks.wifi.points import Point, link_of
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

BUS_NAME = "org.freedesktop.NetworkManager"
OBJECTS = "/org/freedesktop"
ROOT = "/org/freedesktop/NetworkManager"
SETTINGS = f"{ROOT}/Settings"
ACCESS_POINT = f"{BUS_NAME}.AccessPoint"

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
GUESSED_METERED = 3
"""Guessed from what a sharing phone says of itself: in its lease, or in its beacons."""
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
KEY_MANAGEMENT: dict[str, Security] = {
    "none": "wep",
    "ieee8021x": "wep",
    "owe": "owe",
    "wpa-psk": "wpa2",
    "sae": "wpa3",
    "wpa-eap": "enterprise",
    "wpa-eap-suite-b-192": "enterprise",
}
"""802-11-wireless-security.key-mgmt of a saved connection; without that setting it is open."""
SERVERS = ("dhcp_server_identifier", "domain_name_servers")
"""Options of a lease that name who serves the network."""
MOST_SAVED = 64


class _Device(Struct, frozen=True):
    path: str
    interface: str
    kind: int
    active: bool
    connection: str
    metered: int
    lease: str


def collect(host: Host, deadline: Deadline) -> WifiFact:
    """Raises Failed(tool_missing) where no NetworkManager runs: Wi-Fi may be there all the same."""
    service = Service(host, BUS_NAME, deadline)
    objects = service.objects(OBJECTS)
    manager = objects.values(ROOT, BUS_NAME)
    devices = [_device(path, values) for path, values in objects.of(f"{BUS_NAME}.Device").items()]
    wifi = [each for each in devices if each.kind == DEVICE_WIFI]
    primary = get(manager, "PrimaryConnection", str, NOTHING)
    line = _line(get(manager, "PrimaryConnectionType", str, ""))
    device = _in_use(wifi, primary)
    fact = WifiFact(
        adapter=bool(wifi),
        source="network_manager",
        radio_on=seen(manager, "WirelessEnabled", bool) if wifi else None,
        interface=device.interface if device else None,
        carries_default=False,
        line=line,
        connectivity=CONNECTIVITY.get(get(manager, "Connectivity", int, 0), "unknown"),
        metered=METERED.get(get(manager, "Metered", int, 0)),
        phone_addresses=is_shared(host, _interfaces_in_use(devices, primary, line)),
    )
    if device is None or not device.active:
        return fact
    given = _given(host, objects, device)
    near = kernel.around(host, device.interface, given.servers)
    return replace(
        fact,
        joined=True,
        link=_link(service, objects, device),
        carries_default=_carries(device, devices, primary, line),
        random_mac=is_random(interface_of(host, device.interface)),
        lease=given.lease,
        place=_place(service, objects, device),
        router=near.router,
        others_seen=near.others_seen,
    )


def _device(path: str, values: Values) -> _Device:
    return _Device(
        path,
        get(values, "Interface", str, ""),
        get(values, "DeviceType", int, 0),
        get(values, "State", int, 0) == DEVICE_ACTIVATED,
        get(values, "ActiveConnection", str, NOTHING),
        get(values, "Metered", int, 0),
        get(values, "Dhcp4Config", str, NOTHING),
    )


def _link(service: Service, objects: Objects, device: _Device) -> WifiLink | None:
    wireless = objects.values(device.path, f"{BUS_NAME}.Device.Wireless")
    points = {path: _point(values) for path, values in objects.of(ACCESS_POINT).items()}
    joined = points.pop(get(wireless, "ActiveAccessPoint", str, NOTHING), None)
    if joined is None:
        return None
    remembered = _remembered(service, joined.ssid) if joined.security in PASSWORDLESS else ()
    return link_of(joined, points.values(), remembered)


def _point(values: Values) -> Point:
    return Point(
        ssid=ssid_text(get(values, "Ssid", bytes, b"")),
        bssid=get(values, "HwAddress", str, "") or None,
        security=security_of(
            seen(values, "Flags", int), seen(values, "WpaFlags", int), seen(values, "RsnFlags", int)
        ),
        signal=seen(values, "Strength", int),
        frequency_mhz=get(values, "Frequency", int, 0) or None,
    )


def _remembered(service: Service, ssid: str | None) -> tuple[Security, ...]:
    """How connections that are saved for this name are encrypted."""
    if ssid is None:
        return ()
    try:
        saved = service.call(SETTINGS, f"{BUS_NAME}.Settings", "ListConnections")
    except Failed:
        return ()
    found = (_saved(service, path, ssid) for path in paths(saved)[:MOST_SAVED])
    return tuple(security for security in found if security is not None)


def _saved(service: Service, path: str, ssid: str) -> Security | None:
    try:
        settings = _settings(service, path)
    except Failed:
        return None
    wireless = settings.get("802-11-wireless")
    if not isinstance(wireless, Mapping) or ssid_text(get(wireless, "ssid", bytes, b"")) != ssid:
        return None
    security = settings.get("802-11-wireless-security")
    if not isinstance(security, Mapping):
        return "open"
    return KEY_MANAGEMENT.get(get(security, "key-mgmt", str, ""), "unknown")


def _settings(service: Service, path: str) -> Values:
    settings = service.call(path, f"{BUS_NAME}.Settings.Connection", "GetSettings")
    return settings if isinstance(settings, Mapping) else {}


def _place(service: Service, objects: Objects, device: _Device) -> Place | None:
    """The firewall zone that the connection is put in, if someone put it in one."""
    active = objects.values(device.connection, f"{BUS_NAME}.Connection.Active")
    try:
        connection = _settings(service, get(active, "Connection", str, NOTHING)).get("connection")
    except Failed:
        return None
    zone = connection.get("zone") if isinstance(connection, Mapping) else None
    return PLACES.get(zone) if isinstance(zone, str) else None


def _given(host: Host, objects: Objects, device: _Device) -> Given:
    options = get(objects.values(device.lease, f"{BUS_NAME}.DHCP4Config"), "Options", dict, {})
    phone = device.metered == GUESSED_METERED
    if not options:
        return Given(lease=Lease(phone=True) if phone else None)
    lease = kernel.lease_from(
        get(options, "subnet_mask", str, ""),
        get(options, "dhcp_lease_time", str, ""),
        get(options, "domain_name", str, ""),
    )
    servers = (get(options, name, str, "") for name in SERVERS)
    return Given(
        lease=replace(
            lease, phone=phone, held_s=_held_s(host, lease, get(options, "expiry", str, ""))
        ),
        servers=addresses_in(*servers),
    )


def _held_s(host: Host, lease: Lease, expiry: str) -> int | None:
    """`expiry` is the second (Unix time) at which the lease ends unless it is renewed."""
    if lease.seconds is None or not (expiry.isascii() and expiry.isdigit()):
        return None
    return age_of(host, int(expiry) - lease.seconds)


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
        return None if len(list(_leading_out(devices))) > 1 else True
    return None if primary == NOTHING else False


def _leading_out(devices: Iterable[_Device]) -> Iterator[_Device]:
    return (each for each in devices if each.active and each.kind in DEVICES_WITH_A_LINE)


def _interfaces_in_use(devices: list[_Device], primary: str, line: Line | None) -> list[str]:
    if line == "vpn" or primary == NOTHING:
        return [each.interface for each in _leading_out(devices)]
    return [each.interface for each in devices if each.connection == primary]
