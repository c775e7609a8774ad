"""Permissions: the consent store of Windows, the privacy database of macOS, Flatpak and snap.

Keys and values of Windows are those that learn.microsoft.com and public forensic notes describe
("Capability Access Manager"), each switch on and off in turn; what real devices hold is in
test_recorded.py.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from checks.permissions import CHECK
from checks.permissions.facts import AppPermission, PermissionsFact
from checks.permissions.windows import SENDERS, TOASTS
from diag.app_profile import AppProfile
from diag.host import Command
from diag.model import (
    Answers,
    Failed,
    Failure,
    Finding,
    OsFamily,
    RemedyContext,
    Unmeasured,
)
from tests.checks.browser.paper import Content, Paper
from tests.message_bus import message_bus
from tests.support import context, profile_from, view

CONSENT = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
OF_USER = rf"HKCU\{CONSENT}"
OF_DEVICE = rf"HKLM\{CONSENT.replace('Software', 'SOFTWARE', 1)}"
PACKAGES = (
    r"HKCU\Software\Classes\Local Settings\Software\Microsoft\Windows\CurrentVersion"
    r"\AppModel\Repository\Packages"
)
FULL_NAME = "Vendor.Example_2.1.0.0_x64__8wekyb3d8bbwe"
FAMILY = "Vendor.Example_8wekyb3d8bbwe"
UNINSTALL = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\Example"

Keys = dict[str, dict[str, Any]]


def profile(install: dict[str, Any], *needs: str) -> AppProfile:
    return profile_from({"install": install, "permissions": {"needs": list(needs)}})


def store_app(keys: Keys, *needs: str) -> PermissionsFact:
    wanted = profile({"windows": {"msix": "Vendor.Example"}}, *needs)
    package: Keys = {
        rf"{PACKAGES}\{FULL_NAME}": {"PackageRootFolder": r"C:\Program Files\WindowsApps\x"}
    }
    return CHECK.collect(Paper("windows", registry={**package, **keys}), context(wanted))


def program(keys: Keys, *needs: str) -> PermissionsFact:
    wanted = profile({"windows": {"uninstall_name": "Example"}}, *needs)
    entry: Keys = {
        UNINSTALL: {
            "DisplayName": "Example",
            "DisplayVersion": "2.1",
            "InstallLocation": r"C:\Program Files\Example",
        }
    }
    return CHECK.collect(Paper("windows", registry={**entry, **keys}), context(wanted))


def off(fact: PermissionsFact) -> list[str | None]:
    assert [each.failure for each in fact.permissions] == [None] * len(fact.permissions)
    return [each.off for each in fact.permissions]


# --- Windows ---


@pytest.mark.parametrize(
    ("keys", "switch"),
    [
        ({}, None),
        ({rf"{OF_USER}\webcam": {"Value": "Allow"}}, None),
        ({rf"{OF_USER}\webcam\{FAMILY}": {"Value": "Allow", "LastUsedTimeStart": 133}}, None),
        ({rf"{OF_USER}\webcam\Other.App_abc": {"Value": "Deny"}}, None),
        ({rf"{OF_USER}\webcam\NonPackaged": {"Value": "Deny"}}, None),
        ({rf"{OF_USER}\webcam\{FAMILY}": {"Value": "Deny"}}, "app"),
        ({rf"{OF_USER}\webcam": {"Value": "Deny"}}, "account"),
        ({rf"{OF_DEVICE}\webcam": {"Value": "Deny"}}, "device"),
        (
            {r"HKLM\SOFTWARE\Policies\Microsoft\Windows\AppPrivacy": {"LetAppsAccessCamera": 2}},
            "policy",
        ),
    ],
)
def test_camera_of_a_store_app(keys: Keys, switch: str | None) -> None:
    fact = store_app(keys, "camera")
    assert fact.packing == "store"
    assert off(fact) == [switch]


@pytest.mark.parametrize(
    ("keys", "switch"),
    [
        ({rf"{OF_USER}\microphone\{FAMILY}": {"Value": "Deny"}}, None),
        ({rf"{OF_USER}\microphone\NonPackaged": {"Value": "Deny"}}, "desktop_apps"),
        (
            {
                rf"{OF_USER}\microphone\NonPackaged\C:#Program Files#Example#ex.exe": {
                    "Value": "Deny"
                }
            },
            "app",
        ),
        (
            {
                rf"{OF_USER}\microphone\NonPackaged\C:#Program Files#Example2#x.exe": {
                    "Value": "Deny"
                }
            },
            None,
        ),
        ({rf"{OF_DEVICE}\microphone": {"Value": "Deny"}}, "device"),
        ({rf"{OF_USER}\microphone": {"Value": 1}}, None),
    ],
)
def test_microphone_of_another_program(keys: Keys, switch: str | None) -> None:
    fact = program(keys, "microphone")
    assert fact.packing == "desktop"
    assert off(fact) == [switch]


def test_each_permission_has_its_own_switch() -> None:
    keys: Keys = {
        rf"{OF_USER}\location\{FAMILY}": {"Value": "Deny"},
        rf"{OF_USER}\contacts": {"Value": "Deny"},
        rf"{OF_USER}\picturesLibrary": {"Value": "Allow"},
    }
    fact = store_app(keys, "location", "contacts", "photos", "phone", "bluetooth")
    assert off(fact) == ["app", "account", None, None, None]


@pytest.mark.parametrize(
    ("keys", "switch"),
    [
        ({}, None),
        ({TOASTS: {"ToastEnabled": 0}}, "account"),
        ({rf"{SENDERS}\{FAMILY}!App": {"Enabled": 0}}, "app"),
        ({rf"{SENDERS}\{FAMILY}!App": {"Enabled": 1}}, None),
        ({rf"{SENDERS}\Other.App_8wekyb3d8bbwe!App": {"Enabled": 0}}, None),
    ],
)
def test_notifications_of_a_store_app(keys: Keys, switch: str | None) -> None:
    assert off(store_app(keys, "notifications")) == [switch]


def test_notifications_of_another_program() -> None:
    """The name under which it sends is not known: only the switch for all can be seen."""
    (unseen,) = program({}, "notifications").permissions
    assert unseen.failure is not None
    assert unseen.failure.code == "unsupported"
    assert off(program({TOASTS: {"ToastEnabled": 0}}, "notifications")) == ["account"]


def test_a_store_that_is_closed_to_us_is_unknown() -> None:
    class Closed(Paper):
        def registry(self, path: str) -> Any:
            if "ConsentStore" in path:
                raise Failed("denied", "read the registry")
            return super().registry(path)

    wanted = profile({"windows": {"msix": "Vendor.Example"}}, "camera")
    host = Closed("windows", registry={rf"{PACKAGES}\{FULL_NAME}": {}})
    (camera,) = CHECK.collect(host, context(wanted)).permissions
    assert (camera.off, camera.failure) == (
        None,
        Failure(code="denied", operation="read the registry"),
    )


# --- macOS ---

BUNDLE = {
    "/Applications/Example.app/Contents/Info.plist": (
        '<plist version="1.0"><dict><key>CFBundleIdentifier</key><string>test.app.example</string>'
        "<key>CFBundleShortVersionString</key><string>2.1</string></dict></plist>"
    )
}
TCC = "/Users/hana/Library/Application Support/com.apple.TCC/TCC.db"


class Mac(Paper):
    """Nothing is found by Spotlight here."""

    def run(self, tool: str, *args: str, **_: Any) -> Command:
        raise Failed("tool_missing", f"run {tool} {args}")


def mac(files: dict[str, Content], *needs: str) -> tuple[AppPermission, ...]:
    wanted = profile({"macos": {"bundle_id": "test.app.example"}}, *needs)
    host = Mac("macos", {**BUNDLE, **files})
    fact = CHECK.collect(host, context(wanted))
    assert fact.packing == "bundle"
    return fact.permissions


def test_the_privacy_database_is_usually_closed() -> None:
    closed = Failed("denied", "read", TCC)
    for permission in mac({TCC: closed}, "camera", "notifications", "location"):
        assert permission.failure is not None
        assert permission.failure.code == "denied"


def test_macs_have_no_switch_for_phone_calls() -> None:
    assert mac({}, "phone") == (AppPermission(kind="phone"),)


def test_with_full_disk_access_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "TCC.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(
        "CREATE TABLE access (service TEXT, client TEXT, client_type INTEGER, auth_value INTEGER)"
    )
    rows = [
        ("kTCCServiceCamera", "test.app.example", 0, 0),
        ("kTCCServiceMicrophone", "test.app.example", 0, 2),
        ("kTCCServicePhotos", "another.app", 0, 0),
    ]
    connection.executemany("INSERT INTO access VALUES (?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    camera, microphone, photos = mac({TCC: path.read_bytes()}, "camera", "microphone", "photos")
    assert camera.off == "app"
    assert (microphone.off, microphone.not_asked) == (None, False)
    assert (photos.off, photos.not_asked) == (None, True)


# --- Linux ---

STORE = "/usr/libexec/xdg-permission-store"
needs_store = pytest.mark.skipif(
    not (Path(STORE).exists() and shutil.which("dbus-daemon")) and "CI" not in os.environ,
    reason="xdg-permission-store and dbus-daemon are not installed",
)


CONFIG = """<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow receive_sender="*"/>
  </policy>
</busconfig>
"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A session bus of its own, on which the real permission store answers."""
    data = tmp_path / "data"
    data.mkdir()
    socket = Path(tempfile.mkdtemp()) / "bus"  # its path holds 107 characters at most
    address = f"unix:path={socket}"
    environment = {"PATH": os.environ["PATH"], "XDG_DATA_HOME": str(data), "HOME": str(tmp_path)}
    config = tmp_path / "bus.conf"
    config.write_text(CONFIG.format(address=address))
    try:
        with message_bus(f"--config-file={config}", environment=environment):
            environment["DBUS_SESSION_BUS_ADDRESS"] = address
            server = subprocess.Popen([STORE], env=environment)
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
            try:
                yield data
            finally:
                server.terminate()
                server.wait(10)
    finally:
        shutil.rmtree(socket.parent)


def decide(table: str, entry: str, *said: str) -> None:
    """As a desktop's settings do."""
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    name = "org.freedesktop.impl.portal.PermissionStore"
    place = DBusAddress("/" + name.replace(".", "/"), bus_name=name, interface=name)
    body = (table, True, entry, "test.app.Example", list(said))
    until = time.monotonic() + 10
    with open_dbus_connection("SESSION") as connection:
        while True:
            reply = connection.send_and_get_reply(
                new_method_call(place, "SetPermission", "sbssas", body), timeout=5
            )
            if reply.header.message_type.name == "method_return":
                return
            assert time.monotonic() < until, reply.body
            time.sleep(0.05)


class Desktop(Paper):
    """A device on paper whose session bus is the real one of the test."""

    def dbus(self, *asked: Any, **more: Any) -> tuple[object, ...]:
        from diag.host import real_host

        return real_host().dbus(*asked, **more)


DEPLOYED = "/var/lib/flatpak/app/test.app.Example/current/active"


def flatpak(files: dict[str, Content], *needs: str) -> list[AppPermission]:
    wanted = profile({"linux": {"flatpak": "test.app.Example"}}, *needs)
    host = Desktop("linux", {f"{DEPLOYED}/deploy": b"flathub\0" + b"0" * 64, **files})
    places = CHECK.collect(host, context(wanted))
    assert places.packing == "flatpak"
    return list(places.permissions)


@needs_store
def test_what_the_user_told_a_flatpak(store: Path) -> None:
    decide("devices", "camera", "no")
    decide("devices", "microphone", "yes")
    decide("location", "location", "NONE", "0")
    needs = ("camera", "microphone", "location", "notifications", "contacts")
    camera, microphone, location, notifications, contacts = flatpak({}, *needs)
    assert (camera.off, location.off) == ("app", "app")
    assert (microphone.off, microphone.not_asked) == (None, False)
    assert notifications.not_asked
    assert contacts == AppPermission(kind="contacts")
    assert (store / "flatpak/db").is_dir(), "the real store wrote it down"


@needs_store
def test_what_an_override_takes_away(store: Path) -> None:
    del store
    overrides = "/home/hana/.local/share/flatpak/overrides"
    files: dict[str, Content] = {
        f"{overrides}/test.app.Example": "[Context]\nsockets=!pulseaudio;x11;\n",
        f"{overrides}/global": "[Context]\ndevices=!all;\nsockets=pulseaudio;\n",
    }
    assert [each.off for each in flatpak(files, "camera", "microphone")] == ["app", "app"]


@needs_store
def test_the_apps_own_override_counts_more_than_that_for_all(store: Path) -> None:
    del store
    overrides = "/home/hana/.local/share/flatpak/overrides"
    files: dict[str, Content] = {
        f"{overrides}/test.app.Example": "[Context]\nsockets=pulseaudio;\n",
        f"{overrides}/global": "[Context]\nsockets=!pulseaudio;\n",
    }
    (microphone,) = flatpak(files, "microphone")
    assert microphone.off is None


def test_without_a_bus_a_flatpak_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/nowhere")
    (camera,) = flatpak({}, "camera")
    assert camera.failure is not None
    assert camera.failure.code == "tool_missing"


CONNECTIONS = """Interface        Plug                     Slot                Notes
audio-record     example:audio-record     -                   -
camera           example:camera           :camera             manual
content          example:gtk-3-themes     gtk-common-themes   -
network          example:network          :network            -
"""


class Snapped(Paper):
    code = 0

    def run(self, tool: str, *args: str, **_: Any) -> Command:
        assert (tool, *args) == ("snap", "connections", "example")
        return Command(
            argv=(tool, *args),
            returncode=self.code,
            stdout=CONNECTIONS.encode(),
            stderr=b"",
            took_s=0,
        )


def test_interfaces_of_a_snap() -> None:
    """The table is in the form that snapcraft.io/docs shows of `snap connections`."""
    wanted = profile(
        {"linux": {"snap": "example"}}, "camera", "microphone", "location", "notifications"
    )
    files = {"/snap/example/current/meta/snap.yaml": "name: example\nversion: '2.1'\n"}
    host = Snapped("linux", files)
    fact = CHECK.collect(host, context(wanted))
    assert fact.packing == "snap"
    assert off(fact) == [None, "app", None, None]
    host.code = 1
    camera, *_, notifications = CHECK.collect(host, context(wanted)).permissions
    assert camera.failure is not None
    assert notifications.failure is None


# --- when it is looked at, and judged ---


@pytest.mark.parametrize(
    ("install", "needs"),
    [
        ({"linux": {"flatpak": "test.app.Example"}}, ["camera"]),  # not on this device
        ({"windows": {"msix": "Vendor.Example"}}, ["camera"]),  # no word about Linux
        ({"linux": {"flatpak": "test.app.Example"}}, []),
    ],
)
def test_only_an_app_that_is_here_and_needs_something(
    install: dict[str, Any], needs: list[str]
) -> None:
    with pytest.raises(Failed) as failed:
        CHECK.collect(Paper("linux"), context(profile(install, *needs)))
    assert failed.value.failure.code == "not_configured"


def judged(
    fact: PermissionsFact, answers: Answers | None = None, os: OsFamily = "windows"
) -> list[Any]:
    return list(CHECK.judge(fact, view(fact, answers=answers, os=os)))


def one(**permission: Any) -> PermissionsFact:
    return PermissionsFact(packing="store", permissions=(AppPermission(**permission),))


def test_what_is_off_is_a_warning_with_the_way_to_the_switch() -> None:
    (finding,) = judged(one(kind="camera", off="device"))
    assert isinstance(finding, Finding)
    assert (finding.code, finding.subject) == ("app.permission_missing", "permission:camera")
    assert finding.args["link"] == "ms-settings:privacy-webcam"
    lines = {
        name for name in ("device", "account", "desktop_apps", "one_app") if finding.args[name]
    }
    assert lines == {"device"}


def test_what_is_allowed_or_not_asked_for_yet_is_no_finding() -> None:
    assert judged(one(kind="camera")) == []
    assert judged(one(kind="camera", not_asked=True), Answers(symptom="login")) == []


def test_what_cannot_be_seen_is_told_where_to_look_only_when_something_is_wrong() -> None:
    fact = one(kind="camera", failure=Failure(code="denied", operation="read"))
    unknown = Unmeasured(
        code="app.permission_missing", subject="permission:camera", reason="denied"
    )
    assert judged(fact, os="macos") == [unknown]
    asked = judged(fact, Answers(symptom="2fa"), os="macos")
    assert asked[0] == unknown
    assert asked[1].code == "app.permission_unseen"
    assert asked[1].args["link"].endswith("?Privacy_Camera")


def test_all_that_cannot_be_seen_is_one_note() -> None:
    unseen = Failure(code="denied", operation="read")
    kinds = ("camera", "microphone", "notifications")
    fact = PermissionsFact(
        packing=one(kind="camera").packing,
        permissions=tuple(AppPermission(kind=kind, failure=unseen) for kind in kinds),
    )
    note = judged(fact, Answers(symptom="2fa"), os="macos")[-1]
    assert note.code == "app.permission_unseen"
    assert note.args["permission"] == list(kinds)
    assert note.args["place"] == ["macos_privacy", "macos_notifications"]
    assert note.args["link"] is None


@pytest.mark.parametrize("answers", [Answers(device="phone"), Answers(client="browser")])
def test_who_logs_in_elsewhere_hears_nothing(answers: Answers) -> None:
    assert judged(one(kind="camera", off="app"), answers) == []


def test_an_administrators_rule_is_not_the_users_to_change() -> None:
    for switch, managed, expected in (
        ("app", None, "permission.allow"),
        ("policy", None, "permission.ask_admin"),
        ("app", True, "permission.ask_admin"),
    ):
        fact = one(kind="camera", off=switch)
        (finding,) = judged(fact)
        problem = next(each for each in CHECK.problems if each.code == finding.code)
        context_ = RemedyContext(finding, view(fact), managed)
        assert [each.code for each in problem.remedies if each.applies(context_)] == [expected]
