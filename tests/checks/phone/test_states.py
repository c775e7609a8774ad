"""The states that a phone, its cable and adb's server can be in, over adb's own protocol."""

from __future__ import annotations

import socket
import time

import pytest

from checks.phone import CHECK, adb
from checks.phone.facts import PhoneFact, Unread
from tests.checks.phone.adb_server import LISTED, SERIAL, AdbServer, phone
from tests.checks.phone.phones import galaxy, looked, pc, pixel, ready, through_a_report
from tests.support import replay

OTHER = (
    "0A1B2C3D4E       device usb:1-2 product:panther model:Pixel_7 device:panther transport_id:2"
)


def test_a_phone_is_read() -> None:
    fact = looked(AdbServer(says=phone(pixel())))
    assert fact.unread is None
    assert fact.cut is None
    assert fact.model == "Google Pixel 7"
    assert fact.android is not None
    assert fact.android.release == "14"
    assert fact.app is not None
    assert fact.app.version == "2.1.0"
    assert through_a_report(fact) == fact


def test_the_serial_number_goes_nowhere() -> None:
    fact = looked(AdbServer(says=phone(galaxy())))
    assert SERIAL not in repr(fact)
    assert "HANAKO" not in repr(fact)


def test_one_connection_and_one_script_that_only_reads() -> None:
    server = AdbServer(says=phone(pixel()))
    looked(server)
    listing, transport, script = server.asked
    assert (listing, transport) == ("host:devices-l", f"host:transport:{SERIAL}")
    for writing in ("settings put", "pm ", "install", "appops set", "svc ", "setprop", "rm ", ">"):
        assert writing not in script.replace("2>/dev/null", "")


@pytest.mark.parametrize(
    ("listing", "unread"),
    [
        ("", "no_phone"),
        ("\n", "no_phone"),
        (f"{SERIAL}  unauthorized usb:1-4 transport_id:1", "unauthorized"),
        (f"{SERIAL}  authorizing usb:1-4 transport_id:1", "unauthorized"),
        (f"{SERIAL}  offline usb:1-4 transport_id:1", "offline"),
        (f"{SERIAL}  recovery usb:1-4 transport_id:1", "offline"),
        (
            "????????????  no permissions (user in plugdev group; are your udev rules wrong?); "
            "see [http://developer.android.com/tools/device.html] usb:1-4 transport_id:1",
            "no_permission",
        ),
        ("emulator-5554   device product:sdk model:sdk device:emu transport_id:9", "no_phone"),
    ],
)
def test_phones_that_cannot_be_read(listing: str, unread: Unread) -> None:
    server = AdbServer(listing)
    assert looked(server).unread == unread
    assert server.asked == ["host:devices-l"], "nothing more is asked of it"


def test_of_several_the_one_that_can_be_read_is() -> None:
    locked = f"{SERIAL}  unauthorized usb:1-4 transport_id:1"
    fact = looked(AdbServer(f"{locked}\n{OTHER}", phone(pixel())))
    assert fact.unread is None
    assert fact.others == 1


def test_of_several_the_one_on_a_cable_is_read() -> None:
    over_wifi = "192.168.10.9:5555 device product:a51 model:SM_A515F device:a51 transport_id:3"
    server = AdbServer(f"{over_wifi}\n{OTHER}", phone(pixel()))
    looked(server)
    assert "host:transport:0A1B2C3D4E" in server.asked


def test_of_several_the_one_that_the_user_names_is_read() -> None:
    server = AdbServer(f"{LISTED}\n{OTHER}", phone(pixel()))
    looked(server, env={"ANDROID_SERIAL": "0A1B2C3D4E"})
    assert "host:transport:0A1B2C3D4E" in server.asked


def test_a_phone_that_goes_between_two_questions() -> None:
    fact = looked(AdbServer(says=phone(pixel()), gone=True))
    assert (fact.unread, fact.platform) == ("gone", "android")


def test_a_phone_that_goes_at_once() -> None:
    fact = looked(AdbServer(says=phone(pixel()), vanish=0))
    assert fact.unread == "gone"


def test_a_phone_that_goes_while_it_is_read() -> None:
    fact = looked(AdbServer(says=phone(galaxy()), vanish=900))
    assert fact.unread is None
    assert fact.cut == "unreachable"
    assert fact.android is not None
    assert fact.android.release == "12"
    assert fact.app is None


@pytest.mark.parametrize(
    ("hang", "unread"), [("devices-l", "silent"), ("transport", "silent"), ("exec", "silent")]
)
def test_a_server_that_says_nothing_is_left_in_time(hang: str, unread: Unread) -> None:
    started = time.monotonic()
    fact = looked(AdbServer(says=phone(pixel()), hang=hang), seconds=1.2)
    assert time.monotonic() - started < 1.2
    assert fact.unread == unread


def test_a_phone_that_stops_in_the_middle_costs_no_more_than_the_rest() -> None:
    started = time.monotonic()
    fact = looked(AdbServer(says=phone(galaxy()), vanish=900, stay_open=True), seconds=1.2)
    assert time.monotonic() - started < 1.2
    assert fact.cut == "timeout"
    assert fact.android is not None
    assert fact.android.sdk == 31


@pytest.mark.parametrize(
    "raw",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"OKAYzzzz", b"OK", b"", b"FAIL0004nope", b"\0" * 64],
)
def test_a_server_of_another_kind(raw: bytes) -> None:
    fact = looked(AdbServer(raw=raw))
    assert fact.unread in ("not_adb", "gone")


def test_without_a_server_and_without_adb() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert CHECK.collect(pc(port), ready()) == PhoneFact(unread="no_tool")


@pytest.mark.parametrize(
    ("env", "port"),
    [
        ({}, 5037),
        ({"ANDROID_ADB_SERVER_PORT": "5038"}, 5038),
        ({"ANDROID_ADB_SERVER_PORT": "x"}, 5037),
        ({"ANDROID_ADB_SERVER_PORT": "99999"}, 5037),
        ({"ANDROID_ADB_SERVER_PORT": "５０３８"}, 5037),
        ({"ADB_SERVER_SOCKET": "tcp:5039", "ANDROID_ADB_SERVER_PORT": "5038"}, 5039),
        ({"ADB_SERVER_SOCKET": "tcp:localhost:5039"}, 5039),
        ({"ADB_SERVER_SOCKET": "tcp:phones.example:5039"}, 5037),
    ],
)
def test_the_port_is_the_one_that_adb_itself_would_use(env: dict[str, str], port: int) -> None:
    assert adb.port(replay(env=env)) == port


def test_hostile_answers_do_not_get_through() -> None:
    answers = pixel() | {
        "release": "14\x1b[31m<script>",
        "model": "\x1b]0;owned\x07",
        "private_dns_specifier": "a b\x1b[2J",
        "patch": "2026-99-99",
        "sdk": "9" * 400,
        "date": "not a number",
        "storage": "Filesystem 1K-blocks\n" + "x " * 50_000,
        "networks": "Active default network: 103\n" + "NetworkAgentInfo{" * 5000,
        "package": f"Packages:\n  Package [{'x' * 10}] (1):\n" + "\x1b[1m\n" * 1000,
    }
    fact = looked(AdbServer(says=phone(answers)))
    assert "\x1b" not in repr(fact).replace("\\x1b", "\x1b")
    assert fact.unread == "gone" or fact.android is not None


def test_a_phone_that_never_stops_talking_is_cut_off() -> None:
    fact = looked(AdbServer(says=lambda _: b"A" * (3 << 20)))
    assert fact.unread is not None
