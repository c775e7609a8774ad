"""A system bus of one's own, and services on it that python-dbusmock plays.

The mock runs under the system's Python, where distributions install it (python3-dbusmock).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from jeepney import DBusAddress, MessageType, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from checks.wifi.linux.bus import PROPERTIES
from tests.message_bus import message_bus

SYSTEM_PYTHON = "/usr/bin/python3"

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
{denied}
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
def system_bus(closed_to_callers: str | None = None) -> Iterator[str]:
    """The address of a new bus with nobody on it; one service may be closed to whoever asks."""
    denied = (
        f'    <deny send_destination="{closed_to_callers}" send_interface="{closed_to_callers}"/>\n'
        f'    <deny send_destination="{closed_to_callers}" send_interface="{PROPERTIES}"/>'
        if closed_to_callers
        else ""
    )
    with tempfile.TemporaryDirectory() as name:
        path, config = Path(name, "socket"), Path(name, "bus.conf")
        config.write_text(CONFIG.format(path=path, denied=denied))
        with message_bus(f"--config-file={config}") as address:
            yield address


class Mock:
    """A service that is played, and what a test does to it."""

    def __init__(self, connection: DBusConnection, bus_name: str, root: str) -> None:
        self._connection = connection
        self._bus_name = bus_name
        self._root = root

    def call(
        self, path: str, interface: str, member: str, signature: str = "", *body: object
    ) -> object:
        address = DBusAddress(path, bus_name=self._bus_name, interface=interface)
        message = new_method_call(address, member, signature or None, body)
        reply = self._connection.send_and_get_reply(message, timeout=10)
        assert reply.header.message_type is MessageType.method_return, reply.body
        return reply.body[0] if reply.body else None

    def mock(self, path: str, member: str, signature: str, *body: object) -> object:
        return self.call(path, "org.freedesktop.DBus.Mock", member, signature, *body)

    def set(self, path: str, interface: str, **values: tuple[str, object]) -> None:
        """Set properties, whether or not the object has them already."""
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
        self.mock(self._root, "AddObject", "ssa{sv}a(ssss)", path, interface, values, list(methods))
        return path


@contextmanager
def played(address: str, bus_name: str, *arguments: str) -> Iterator[DBusConnection]:
    """A connection to a bus on which python-dbusmock has started to play this service."""
    mock = subprocess.Popen(
        [SYSTEM_PYTHON, "-m", "dbusmock", "--system", *arguments],
        env={"DBUS_SYSTEM_BUS_ADDRESS": address, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        stdout=subprocess.DEVNULL,
    )
    connection = open_dbus_connection(address)
    try:
        wait_for(lambda: mock.poll() is not None or _has_owner(connection, bus_name))
        assert mock.poll() is None
        yield connection
    finally:
        connection.close()
        mock.kill()
        mock.wait()


def _has_owner(connection: DBusConnection, bus_name: str) -> bool:
    bus = "org.freedesktop.DBus"
    address = DBusAddress("/org/freedesktop/DBus", bus_name=bus, interface=bus)
    ask = new_method_call(address, "NameHasOwner", "s", (bus_name,))
    return bool(connection.send_and_get_reply(ask, timeout=10).body[0])


def wait_for(happened: Callable[[], bool], seconds: float = 20.0) -> None:
    limit = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < limit
        time.sleep(0.02)
