"""Wi-Fi from wpa_supplicant over D-Bus (fi.w1.wpa_supplicant1), where nobody manages it.

Source: https://w1.fi/wpa_supplicant/devel/dbus.html. As a rule root and the group netdev may ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from checks.wifi.facts import Security, WifiFact, WifiLink, percent_of, ssid_text
from checks.wifi.linux import kernel
from checks.wifi.linux.bus import NOTHING, Service, Values, get, paths, seen
from checks.wifi.points import Point, link_of
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

BUS_NAME = "fi.w1.wpa_supplicant1"
ROOT = "/fi/w1/wpa_supplicant1"
INTERFACE = f"{BUS_NAME}.Interface"
BSS = f"{BUS_NAME}.BSS"

JOINED = "completed"
RADIO_OFF = ("interface_disabled",)
MOST_POINTS = 40
"""Each is a call of its own."""

PERSONAL = frozenset({"wpa-psk", "wpa-ft-psk", "wpa-psk-sha256"})
SAE = frozenset({"sae", "ft-sae", "sae-ext-key", "ft-sae-ext-key"})


def collect(host: Host, deadline: Deadline) -> WifiFact | None:
    """None if it looks after no Wi-Fi. Raises Failed(tool_missing) where it does not run."""
    service = Service(host, BUS_NAME, deadline)
    known = [
        service.values(path, INTERFACE)
        for path in paths(service.values(ROOT, BUS_NAME).get("Interfaces"))
    ]
    radios = kernel.wifi_devices(host)
    wifi = [each for each in known if radios is None or get(each, "Ifname", str, "") in radios]
    if not wifi:
        return None
    values = min(wifi, key=_rank)
    name = get(values, "Ifname", str, "")
    state = get(values, "State", str, "")
    fact = WifiFact(
        adapter=True, source="wpa_supplicant", radio_on=state not in RADIO_OFF, interface=name
    )
    if state != JOINED:
        return fact
    fact = replace(fact, joined=True, link=_link(service, values))
    return kernel.placed(host, fact, name)


def _rank(interface: Values) -> tuple[bool, str]:
    """One that is joined before one that is not."""
    return get(interface, "State", str, "") != JOINED, get(interface, "Ifname", str, "")


def _link(service: Service, interface: Values) -> WifiLink | None:
    current = get(interface, "CurrentBSS", str, NOTHING)
    if current == NOTHING:
        return None
    joined = _point(service.values(current, BSS))
    others = [path for path in paths(interface.get("BSSs")) if path != current]
    return link_of(joined, _points(service, others[:MOST_POINTS]))


def _points(service: Service, among: Iterable[str]) -> list[Point]:
    found = []
    for path in among:
        try:
            found.append(_point(service.values(path, BSS)))
        except Failed:  # it went out of reach
            continue
    return found


def _point(values: Values) -> Point:
    signal = seen(values, "Signal", int)
    return Point(
        ssid=ssid_text(get(values, "SSID", bytes, b"")),
        bssid=_mac(get(values, "BSSID", bytes, b"")),
        security=_security(values),
        signal=percent_of(signal) if signal is not None else None,
        frequency_mhz=get(values, "Frequency", int, 0) or None,
    )


def _mac(raw: bytes) -> str | None:
    return ":".join(f"{octet:02x}" for octet in raw) if len(raw) == 6 else None


def _security(values: Values) -> Security:
    rsn, wpa = _suites(values.get("RSN")), _suites(values.get("WPA"))
    privacy = seen(values, "Privacy", bool)
    if rsn is None or wpa is None or privacy is None:
        return "unknown"
    keys = rsn["KeyMgmt"]
    if any("eap" in key for key in keys | wpa["KeyMgmt"]):
        return "enterprise"
    if "owe" in keys:
        return "owe"
    if keys & SAE:
        return "wpa2_wpa3" if keys & PERSONAL else "wpa3"
    if keys & PERSONAL:
        return "wpa" if rsn["Pairwise"] == {"tkip"} else "wpa2"
    if wpa["KeyMgmt"] & PERSONAL:
        return "wpa"
    if keys or wpa["KeyMgmt"]:
        return "unknown"
    return "wep" if privacy else "open"


def _suites(value: object) -> dict[str, set[str]] | None:
    """KeyMgmt and Pairwise of an RSN or WPA element, both empty where the point sends none."""
    if not isinstance(value, Mapping):
        return None
    return {name: set(paths(value.get(name))) for name in ("KeyMgmt", "Pairwise")}
