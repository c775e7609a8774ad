"""iPhones: the version of the system, and no more."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from checks.phone import CHECK
from checks.phone.facts import Iphone, PhoneFact
from diag.model import Failed
from tests.checks.phone.adb_server import LISTED, SERIAL, AdbServer, phone, playing
from tests.checks.phone.phones import pc, pixel, ready, recorded
from tests.support import CommandAnswer

UDID = "00112233445566778899aabbccddeeff00112233"
LIST = ("idevice_id", "--list")
ASK = ("ideviceinfo", "--simple", "--udid", UDID)
IPHONE: dict[tuple[str, ...], CommandAnswer] = {
    LIST: f"{UDID}\n",
    ASK: recorded("ideviceinfo-iphone.txt"),
}


def looked(
    commands: dict[tuple[str, ...], CommandAnswer], server: AdbServer | None = None
) -> PhoneFact:
    server = server or AdbServer("")
    tools = {("idevice_id",): "", ("ideviceinfo",): ""}
    with playing(server):
        return CHECK.collect(pc(server.port, commands={**tools, **commands}), ready())


def test_an_iphone() -> None:
    fact = looked(IPHONE)
    assert fact == PhoneFact(
        platform="ios", model="iPhone10,2", iphone=Iphone(version="11.4", build="15F79")
    )


def test_names_and_numbers_go_nowhere() -> None:
    assert "Hanako" not in repr(looked(IPHONE))
    assert UDID not in repr(looked(IPHONE))


def test_a_second_one() -> None:
    other = "00008120-000C6D0C1EB9A01E"
    assert looked(IPHONE | {LIST: f"{UDID}\n{other}\n"}).others == 1


def test_an_android_phone_that_can_be_read_comes_first() -> None:
    fact = looked(IPHONE, AdbServer(says=phone(pixel())))
    assert (fact.platform, fact.others) == ("android", 1)


def test_an_iphone_comes_before_an_android_phone_that_cannot_be_read() -> None:
    locked = LISTED.replace("device usb", "unauthorized usb")
    assert SERIAL in locked
    assert looked(IPHONE, AdbServer(locked)).platform == "ios"


@pytest.mark.parametrize(
    ("answer", "unread"),
    [
        ((255, "", "ERROR: Could not connect to lockdownd: Mux error (-8)"), "offline"),
        (Failed("timeout", "run ideviceinfo"), "silent"),
        ("ProductVersion: \x1b[31m18\n", "offline"),
    ],
)
def test_an_iphone_that_says_nothing(answer: CommandAnswer, unread: str) -> None:
    fact = looked(IPHONE | {ASK: answer})
    assert (fact.platform, fact.unread) == ("ios", unread)


@pytest.mark.parametrize("answer", ["", (255, "", "ERROR: Unable to retrieve device list!")])
def test_no_iphone(answer: CommandAnswer) -> None:
    """The second as the real tool says it where no usbmuxd runs."""
    assert looked({LIST: answer}).unread == "no_phone"


@pytest.mark.skipif(shutil.which("idevice_id") is None, reason="needs libimobiledevice-utils")
def test_the_real_tools_take_these_arguments() -> None:
    listed = subprocess.run(LIST, capture_output=True, text=True, check=False)
    asked = subprocess.run(ASK, capture_output=True, text=True, check=False)
    assert "Usage" not in listed.stdout + listed.stderr + asked.stdout + asked.stderr
    assert asked.returncode != 0
    assert "not found" in asked.stdout + asked.stderr
