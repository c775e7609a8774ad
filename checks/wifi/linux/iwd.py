"""Wi-Fi from iwd over D-Bus (net.connman.iwd).

Source: the documents under doc/ of iwd: station-api.txt, network-api.txt, known-network-api.txt,
station-diagnostic-api.txt. iwd gives names as text, whatever their bytes were.
"""

from __future__ import annotations

from msgspec.structs import replace

from checks.wifi.facts import PASSWORDLESS, Security, WifiFact, WifiLink, percent_of
from checks.wifi.linux import kernel
from checks.wifi.linux.bus import NOTHING, Objects, Service, Values, get, seen
from checks.wifi.points import Point, link_of
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

BUS_NAME = "net.connman.iwd"
ROOT = "/"
DEVICE = f"{BUS_NAME}.Device"
STATION = f"{BUS_NAME}.Station"
NETWORK = f"{BUS_NAME}.Network"
KNOWN = f"{BUS_NAME}.KnownNetwork"
DIAGNOSTIC = f"{BUS_NAME}.StationDiagnostic"

JOINED = ("connected", "roaming")

TYPES: dict[str, Security] = {
    "open": "open",
    "wep": "wep",
    "psk": "wpa2",
    "8021x": "enterprise",
    "hotspot": "enterprise",
}
"""Network.Type; open stands for OWE, and psk for every kind of personal key, too."""
SECURITIES: tuple[tuple[str, Security], ...] = (
    ("Open", "open"),
    ("OWE", "owe"),
    ("WPA1-Personal", "wpa"),
    ("WPA2-Personal", "wpa2"),
    ("WPA3-Personal", "wpa3"),
    ("WPA2-Enterprise", "enterprise"),
    ("WPA3-Enterprise", "enterprise"),
    ("FILS", "enterprise"),
)
"""How GetDiagnostics begins to name what was negotiated; ` + FT` may follow."""


def collect(host: Host, deadline: Deadline) -> WifiFact:
    """Raises Failed(tool_missing) where no iwd runs."""
    service = Service(host, BUS_NAME, deadline)
    objects = service.objects(ROOT)
    devices = objects.of(DEVICE)
    stations = objects.of(STATION)
    ranked = sorted(
        devices,
        key=lambda path: (get(stations.get(path, {}), "State", str, "") not in JOINED, path),
    )
    if not ranked:
        return WifiFact(adapter=bool(kernel.wifi_devices(host)), source="iwd")
    path = ranked[0]
    name = get(devices[path], "Name", str, "")
    station = stations.get(path, {})
    joined = get(station, "State", str, "") in JOINED
    fact = WifiFact(
        adapter=True,
        source="iwd",
        radio_on=seen(devices[path], "Powered", bool),
        interface=name,
    )
    if not joined:
        return fact
    fact = replace(fact, joined=True, link=_link(service, objects, path, station))
    return kernel.placed(host, fact, name)


def _link(service: Service, objects: Objects, device: str, station: Values) -> WifiLink | None:
    network = objects.values(get(station, "ConnectedNetwork", str, NOTHING), NETWORK)
    name = get(network, "Name", str, "")
    kind = TYPES.get(get(network, "Type", str, ""), "unknown")
    try:
        told = service.call(device, DIAGNOSTIC, "GetDiagnostics")
    except Failed:
        told = {}
    details = told if isinstance(told, dict) else {}
    rssi = seen(details, "RSSI", int)
    joined = Point(
        ssid=name or None,
        bssid=get(details, "ConnectedBss", str, "") or None,
        security=_security(get(details, "Security", str, ""), kind),
        signal=percent_of(rssi) if rssi is not None else None,
        frequency_mhz=get(details, "Frequency", int, 0) or None,
        channel=get(details, "Channel", int, 0) or None,
    )
    others = [
        Point(
            ssid=get(values, "Name", str, "") or None,
            security=TYPES.get(get(values, "Type", str, ""), "unknown"),
        )
        for path, values in objects.of(NETWORK).items()
        if path != get(station, "ConnectedNetwork", str, NOTHING)
    ]
    remembered = [
        TYPES.get(get(values, "Type", str, ""), "unknown")
        for values in objects.of(KNOWN).values()
        if get(values, "Name", str, "") == name
    ]
    return link_of(joined, others, remembered if joined.security in PASSWORDLESS else ())


def _security(negotiated: str, kind: Security) -> Security:
    """What was negotiated, else what the network's type says."""
    for name, security in SECURITIES:
        if negotiated.startswith(name):
            return security
    return kind
