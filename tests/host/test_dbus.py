"""D-Bus calls against a real bus of its own, with a real service on it."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from diag.host import RecordingHost, ReplayHost, real_host
from diag.host.recording import Recording
from diag.model import Failed
from tests.message_bus import message_bus

pytestmark = [
    pytest.mark.skipif(
        shutil.which("dbus-daemon") is None and "CI" not in os.environ,
        reason="dbus-daemon is not installed",
    ),
]

NAME = "test.diag.Service"
PATH = "/test/diag/Service"
BUS = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow receive_sender="*"/>
    <deny send_destination="{name}" send_interface="{name}" send_member="Forbidden"/>
  </policy>
</busconfig>
"""


def serve(address: str, ready: threading.Event) -> None:
    """A service that answers, with NetworkManager-like values, until its bus goes away."""
    from jeepney import HeaderFields, MessageType, message_bus, new_error, new_method_return
    from jeepney.io.blocking import open_dbus_connection

    connection = open_dbus_connection(address)
    connection.send_and_get_reply(message_bus.RequestName(NAME))
    ready.set()
    try:
        while True:
            message = connection.receive()
            if message.header.message_type is not MessageType.method_call:
                continue
            member = message.header.fields[HeaderFields.member]
            if member == "GetAll":
                values = {
                    "Ssid": ("ay", b"caf\xe9"),
                    "Strength": ("y", 70),
                    "Devices": ("ao", ["/a/1", "/a/2"]),
                    "Nested": ("a{sv}", {"x": ("(sv)", ("in", ("u", 7)))}),
                    "Text": ("s", "日本"),
                }
                connection.send(new_method_return(message, "a{sv}", (values,)))
            elif member == "Echo":
                signature = message.header.fields.get(HeaderFields.signature)
                connection.send(new_method_return(message, signature, message.body))
            elif member == "Refuse":
                connection.send(
                    new_error(message, "org.freedesktop.DBus.Error.AccessDenied", "s", ("no",))
                )
            elif member == "Wrong":
                connection.send(new_error(message, "test.diag.Error.Odd"))
    except OSError:
        connection.close()


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A socket's path holds 107 characters at most, fewer than pytest's own directories may."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture
def bus(tmp_path: Path, short_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    config = tmp_path / "bus.conf"
    services = tmp_path / "services"
    services.mkdir()
    started = tmp_path / "started"
    (services / "sleeper.service").write_text(
        f"[D-BUS Service]\nName=test.diag.Sleeper\nExec=/usr/bin/touch {started}\nUser=root\n"
    )
    path = short_path / "socket"
    config.write_text(CONFIG.format(path=path, services=services, name=NAME))
    with message_bus(f"--config-file={config}") as address:
        ready = threading.Event()
        threading.Thread(target=serve, args=(address, ready), daemon=True).start()
        assert ready.wait(5)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
        yield tmp_path


def ask(
    member: str, signature: str = "", body: tuple[Any, ...] = (), timeout_s: float = 5.0
) -> tuple[object, ...]:
    return real_host().dbus("system", NAME, PATH, NAME, member, signature, body, timeout_s)


@pytest.mark.usefixtures("bus")
def test_variants_come_as_plain_values() -> None:
    assert ask("GetAll", "s", (NAME,)) == (
        {
            "Ssid": b"caf\xe9",
            "Strength": 70,
            "Devices": ["/a/1", "/a/2"],
            "Nested": {"x": ["in", 7]},
            "Text": "日本",
        },
    )
    assert ask("Echo", "(sv)as", (("x", ("i", -1)), [])) == (["x", -1], [])
    assert ask("Echo") == ()


@pytest.mark.usefixtures("bus")
@pytest.mark.parametrize(
    ("member", "code"),
    [("Refuse", "denied"), ("Forbidden", "denied"), ("Wrong", "refused")],
)
def test_errors_have_closed_codes(member: str, code: str) -> None:
    with pytest.raises(Failed) as failed:
        ask(member)
    assert failed.value.failure.code == code
    assert failed.value.failure.operation == f"dbus {NAME}.{member}"


@pytest.mark.usefixtures("bus")
def test_service_that_never_answers_is_bounded() -> None:
    started = time.monotonic()
    with pytest.raises(Failed, match="timeout"):
        ask("Silence", timeout_s=0.4)
    assert time.monotonic() - started < 1.4


def test_service_is_not_started_for_the_asking(bus: Path) -> None:
    with pytest.raises(Failed, match="tool_missing"):
        real_host().dbus("system", "test.diag.Sleeper", "/", "test.diag.Sleeper", "Wake")
    names = real_host().dbus("system", *BUS, "ListActivatableNames")
    assert "test.diag.Sleeper" in str(names)
    assert not (bus / "started").exists()


@pytest.mark.usefixtures("bus")
def test_no_such_service_and_no_such_bus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(Failed, match="tool_missing"):
        real_host().dbus("system", "test.diag.Nobody", PATH, NAME, "Get")
    with pytest.raises(Failed, match="tool_missing"):
        real_host().dbus("session", *BUS, "ListNames")
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    with pytest.raises(Failed, match="tool_missing"):
        real_host().dbus("system", *BUS, "ListNames")
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "tcp:host=127.0.0.1,port=1")
    with pytest.raises(Failed, match="tool_missing"):
        real_host().dbus("system", *BUS, "ListNames")


@pytest.mark.parametrize("says", [b"", b"OK 1234\r\n", b"\x00" * 4096], ids=["mute", "auth", "odd"])
def test_thing_on_the_socket_that_is_no_bus_is_bounded(
    short_path: Path, monkeypatch: pytest.MonkeyPatch, says: bytes
) -> None:
    """After "OK" it takes the greeting and stays silent, which jeepney alone would wait out."""
    path = short_path / "socket"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()

        def talk() -> None:
            connection, _ = server.accept()
            connection.recv(1024)
            connection.sendall(says)
            time.sleep(5)

        threading.Thread(target=talk, daemon=True).start()
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={path}")
        started = time.monotonic()
        with pytest.raises(Failed, match=r"timeout|unparsable|tool_missing"):
            real_host().dbus("system", *BUS, "ListNames", timeout_s=0.4)
        assert time.monotonic() - started < 1.4


@pytest.mark.usefixtures("bus")
def test_recorded_call_replays(tmp_path: Path) -> None:
    recorder = RecordingHost(real_host())
    question = ("system", NAME, PATH, NAME)
    said = recorder.dbus(*question, "GetAll", "s", (NAME,))
    echoed = recorder.dbus(*question, "Echo", "ay", (b"\xff",))
    recorder.recording("a private bus").save(tmp_path / "r.json")
    replay = ReplayHost(Recording.load(tmp_path / "r.json"))
    assert replay.dbus(*question, "GetAll", "s", (NAME,)) == said
    assert replay.dbus(*question, "Echo", "ay", (b"\xff",)) == echoed == (b"\xff",)
