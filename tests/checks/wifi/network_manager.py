"""A NetworkManager to ask: python-dbusmock's template, and what a device has in one line each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from jeepney import DBusAddress, MessageType, new_method_call
from jeepney.io.blocking import DBusConnection

from checks.wifi.linux.network_manager import (
    BUS_NAME,
    KEY_802_1X,
    KEY_OWE,
    KEY_PSK,
    KEY_SAE,
    PAIR_CCMP,
    PAIR_TKIP,
    ROOT,
    SETTINGS,
)
from tests.checks.wifi.bus import Mock, played, wait_for

WIFI, ETHERNET = "wlp1s0", "enp2s0"
ACTIVATED, DISCONNECTED = 100, 30

OPEN = (0, 0, 0)
WEP = (1, 0, 0)
WPA_TKIP = (1, PAIR_TKIP | KEY_PSK, 0)
RSN_TKIP = (1, 0, PAIR_TKIP | KEY_PSK)
WPA2 = (1, 0, PAIR_CCMP | KEY_PSK)
WPA_WPA2 = (1, PAIR_TKIP | KEY_PSK, PAIR_CCMP | PAIR_TKIP | KEY_PSK)
WPA3 = (1, 0, PAIR_CCMP | KEY_SAE)
WPA2_WPA3 = (1, 0, PAIR_CCMP | KEY_PSK | KEY_SAE)
ENTERPRISE = (1, 0, PAIR_CCMP | KEY_802_1X)
OWE = (0, 0, PAIR_CCMP | KEY_OWE)
OWE_TRANSITION = (0, 0, 0x1000)
STRANGE = (1, 0, PAIR_CCMP | 0x40000)


class NetworkManager(Mock):
    """The mock, and what a test does to it."""

    def __init__(self, connection: DBusConnection) -> None:
        super().__init__(connection, BUS_NAME, ROOT)
        self._numbers = iter(range(1, 100))
        self._saved: list[str] = []
        self.set(ROOT, BUS_NAME, PrimaryConnection=("o", "/"), PrimaryConnectionType=("s", ""))

    # --- what a device has, in one line each ---

    def wifi_device(self, name: str = WIFI, state: int = DISCONNECTED) -> str:
        return str(self.mock(ROOT, "AddWiFiDevice", "ssi", name, name, state))

    def wired_device(self, name: str = ETHERNET, state: int = DISCONNECTED) -> str:
        return str(self.mock(ROOT, "AddEthernetDevice", "ssi", name, name, state))

    def access_point(
        self,
        device: str,
        ssid: bytes,
        security: tuple[int, int, int] = WPA2,
        strength: int = 70,
        frequency: int = 5180,
    ) -> str:
        name = f"ap{next(self._numbers)}"
        path = str(
            self.mock(
                ROOT,
                "AddAccessPoint",
                "ssssuuuyu",
                *(device, name, name, "02:00:5E:10:00:01", 2, frequency, 54000, strength, 0),
            )
        )
        flags, wpa, rsn = security
        self.set(
            path,
            f"{BUS_NAME}.AccessPoint",
            Ssid=("ay", ssid),
            Flags=("u", flags),
            WpaFlags=("u", wpa),
            RsnFlags=("u", rsn),
        )
        return path

    def activate(
        self, device: str, kind: str, zone: str | None = None, primary: bool = True
    ) -> str:
        number = next(self._numbers)
        zone_value = f"'zone': dbus.String('{zone}'), " if zone else ""
        saved = self.add(
            f"{ROOT}/Settings/{number}",
            f"{BUS_NAME}.Settings.Connection",
            {"Unsaved": ("b", False)},
            (
                "GetSettings",
                "",
                "a{sa{sv}}",
                f"ret = {{'connection': {{{zone_value}'type': dbus.String('{kind}')}}}}",
            ),
        )
        active = self.add(
            f"{ROOT}/ActiveConnection/{number}",
            f"{BUS_NAME}.Connection.Active",
            {"Connection": ("o", saved), "Type": ("s", kind), "Devices": ("ao", [device])},
        )
        self.set(
            device,
            f"{BUS_NAME}.Device",
            ActiveConnection=("o", active),
            State=("u", ACTIVATED),
        )
        if primary:
            self.primary(active, kind)
        return active

    def primary(self, active: str, kind: str) -> None:
        self.set(ROOT, BUS_NAME, PrimaryConnection=("o", active), PrimaryConnectionType=("s", kind))

    def join(
        self,
        ssid: bytes,
        security: tuple[int, int, int] = WPA2,
        strength: int = 70,
        frequency: int = 5180,
        zone: str | None = None,
    ) -> str:
        """A Wi-Fi device on this network, with the default route over it."""
        device = self.wifi_device()
        point = self.access_point(device, ssid, security, strength, frequency)
        self.set(device, f"{BUS_NAME}.Device.Wireless", ActiveAccessPoint=("o", point))
        self.activate(device, "802-11-wireless", zone)
        return device

    def saved(self, ssid: bytes, key_management: str | None) -> None:
        """A connection in the list of saved ones."""
        number = next(self._numbers)
        security = (
            f", '802-11-wireless-security': {{'key-mgmt': dbus.String('{key_management}')}}"
            if key_management
            else ""
        )
        name = f"dbus.ByteArray({ssid!r})"
        path = self.add(
            f"{SETTINGS}/{number}",
            f"{BUS_NAME}.Settings.Connection",
            {"Unsaved": ("b", False)},
            (
                "GetSettings",
                "",
                "a{sa{sv}}",
                "ret = {'connection': {'type': dbus.String('802-11-wireless')},"
                f" '802-11-wireless': {{'ssid': {name}}}{security}}}",
            ),
        )
        self._saved.append(path)
        paths = ", ".join(f"dbus.ObjectPath('{each}')" for each in self._saved)
        listing = f"ret = dbus.Array([{paths}], signature='o')"
        self.mock(
            SETTINGS, "AddMethod", "sssss", f"{BUS_NAME}.Settings", "ListConnections", "", "ao",
            listing,
        )  # fmt: skip

    def leased(self, device: str, metered: int = 0, **options: str) -> None:
        """What the DHCP server said, and what NetworkManager guesses of the line's cost."""
        path = self.add(
            f"{ROOT}/DHCP4Config/{next(self._numbers)}",
            f"{BUS_NAME}.DHCP4Config",
            {"Options": ("a{sv}", {name: ("s", value) for name, value in options.items()})},
        )
        self.set(device, f"{BUS_NAME}.Device", Dhcp4Config=("o", path), Metered=("u", metered))

    def connectivity(self, value: int) -> None:
        self.set(ROOT, BUS_NAME, Connectivity=("u", value))


@contextmanager
def network_manager(address: str) -> Iterator[NetworkManager]:
    """A NetworkManager without devices on this bus."""
    with played(address, BUS_NAME, "--template", "networkmanager") as connection:
        wait_for(lambda: _answers(connection))
        yield NetworkManager(connection)


def _answers(connection: DBusConnection) -> bool:
    address = DBusAddress(ROOT, bus_name=BUS_NAME, interface=BUS_NAME)
    reply = connection.send_and_get_reply(new_method_call(address, "GetDevices"), timeout=10)
    return reply.header.message_type is MessageType.method_return
