"""A NetworkManager to ask: python-dbusmock's template on a bus of its own.

The mock runs under the system's Python, where distributions install it (python3-dbusmock).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from jeepney import DBusAddress, MessageType, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from checks.wifi.linux import (
    BUS_NAME,
    KEY_802_1X,
    KEY_OWE,
    KEY_PSK,
    KEY_SAE,
    PAIR_CCMP,
    PAIR_TKIP,
    PROPERTIES,
    ROOT,
)

SYSTEM_PYTHON = "/usr/bin/python3"
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

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
"""


def needs_dbusmock() -> pytest.MarkDecorator:
    """Skips where the bus or the mock is not installed; in CI it does not skip but fails."""
    there = shutil.which("dbus-daemon") is not None and (
        subprocess.run(
            [SYSTEM_PYTHON, "-c", "import dbusmock"], capture_output=True, check=False
        ).returncode
        == 0
        if Path(SYSTEM_PYTHON).exists()
        else False
    )
    return pytest.mark.skipif(
        not there and "CI" not in os.environ,
        reason="dbus-daemon or python3-dbusmock is not installed",
    )


@contextmanager
def system_bus() -> Iterator[str]:
    """The address of a new bus with nobody on it."""
    with tempfile.TemporaryDirectory() as name:
        path, config = Path(name, "socket"), Path(name, "bus.conf")
        config.write_text(CONFIG.format(path=path))
        daemon = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile"],
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(path.exists)
            yield f"unix:path={path}"
        finally:
            daemon.kill()
            daemon.wait()


class NetworkManager:
    """The mock, and what a test does to it."""

    def __init__(self, connection: DBusConnection) -> None:
        self._connection = connection
        self._numbers = iter(range(1, 100))
        self.set(ROOT, BUS_NAME, PrimaryConnection=("o", "/"), PrimaryConnectionType=("s", ""))

    def call(
        self, path: str, interface: str, member: str, signature: str = "", *body: object
    ) -> object:
        address = DBusAddress(path, bus_name=BUS_NAME, interface=interface)
        message = new_method_call(address, member, signature or None, body)
        reply = self._connection.send_and_get_reply(message, timeout=10)
        assert reply.header.message_type is MessageType.method_return, reply.body
        return reply.body[0] if reply.body else None

    def mock(self, path: str, member: str, signature: str, *body: object) -> object:
        return self.call(path, "org.freedesktop.DBus.Mock", member, signature, *body)

    def set(self, path: str, interface: str, **values: tuple[str, object]) -> None:
        """Set properties, whether or not the template gave the object them."""
        known = self.call(path, PROPERTIES, "GetAll", "s", interface)
        assert isinstance(known, dict)
        for name, value in values.items():
            if name in known:
                self.call(path, PROPERTIES, "Set", "ssv", interface, name, value)
            else:
                self.mock(path, "AddProperty", "ssv", interface, name, value)

    def add(
        self,
        path: str,
        interface: str,
        values: dict[str, tuple[str, object]],
        *methods: tuple[str, str, str, str],
    ) -> str:
        self.mock(ROOT, "AddObject", "ssa{sv}a(ssss)", path, interface, values, list(methods))
        return path

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

    def connectivity(self, value: int) -> None:
        self.set(ROOT, BUS_NAME, Connectivity=("u", value))


@contextmanager
def network_manager(address: str) -> Iterator[NetworkManager]:
    """A NetworkManager without devices on this bus."""
    mock = subprocess.Popen(
        [SYSTEM_PYTHON, "-m", "dbusmock", "--system", "--template", "networkmanager"],
        env={"DBUS_SYSTEM_BUS_ADDRESS": address, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        stdout=subprocess.DEVNULL,
    )
    connection = open_dbus_connection(address)
    try:
        _wait_for(lambda: mock.poll() is not None or _is_there(connection))
        assert mock.poll() is None
        yield NetworkManager(connection)
    finally:
        connection.close()
        mock.kill()
        mock.wait()


def _is_there(connection: DBusConnection) -> bool:
    address = DBusAddress(ROOT, bus_name=BUS_NAME, interface=BUS_NAME)
    reply = connection.send_and_get_reply(new_method_call(address, "GetDevices"), timeout=10)
    return reply.header.message_type is MessageType.method_return


def _wait_for(happened: object, seconds: float = 20.0) -> None:
    assert callable(happened)
    limit = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < limit
        time.sleep(0.02)
