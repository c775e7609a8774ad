"""What Windows, macOS and snapd noted, by replay: tests/recorded/permissions/README.md."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from checks.permissions import linux, macos, windows
from checks.permissions.facts import AppPermission
from diag.host import Command
from diag.model import Failed
from tests.checks.browser.paper import Paper
from tests.checks.permissions.test_permissions import TCC, Keys

RECORDED = Path(__file__).parents[2] / "recorded/permissions"
HIVE: Keys = json.loads((RECORDED / "windows-hkcu.json").read_bytes())


# --- Windows ---


def store(kind: str, package: str, keys: Keys = HIVE) -> AppPermission:
    return windows.read(Paper("windows", registry=keys), kind, "store", package, "")


def program(kind: str, directory: str, keys: Keys = HIVE) -> AppPermission:
    return windows.read(Paper("windows", registry=keys), kind, "desktop", "", directory)


@pytest.mark.parametrize(
    ("kind", "package", "not_asked"),
    [
        ("microphone", "Microsoft.SkypeApp", False),
        ("microphone", "Microsoft.WindowsSoundRecorder", True),
        ("camera", "Microsoft.WindowsCamera", False),
        ("camera", "Microsoft.Office.OneNote", True),
        ("camera", "Vendor.NeverInstalled", False),
    ],
)
def test_what_a_user_allowed_and_was_not_asked_for(
    kind: str, package: str, not_asked: bool
) -> None:
    assert store(kind, package) == AppPermission(kind=kind, not_asked=not_asked)


def test_location_switched_off_for_all() -> None:
    """As many answer when Windows is set up; the switch for programs stays as it comes."""
    assert store("location", "Microsoft.WindowsMaps").off == "account"
    assert program("location", r"C:\Program Files\Example").off == "account"
    assert program("microphone", r"C:\Program Files\Example").off is None


def test_notifications_that_were_never_touched() -> None:
    """The entries note when one came; none says that it is off."""
    asked = store("notifications", "Microsoft.SkypeApp")
    assert asked == AppPermission(kind="notifications")
    with pytest.raises(Failed) as failed:
        program("notifications", r"C:\Program Files\Example")
    assert failed.value.failure.code == "unsupported"


def queried(text: str) -> Keys:
    """`reg query KEY /s`: each key, then its values."""
    keys: Keys = {}
    for line in text.splitlines():
        if line.startswith("HKEY_CURRENT_USER"):
            name = line.replace("HKEY_CURRENT_USER", "HKCU")
            keys[name] = {}
        elif line.strip():
            value, kind, held = line.split()
            keys[name][value] = held if kind == "REG_SZ" else int(held, 16)
    return keys


def test_programs_in_the_consent_store() -> None:
    """One program that has used it has a key, but no answer of its own: that of all holds."""
    text = (RECORDED / "windows-desktop-apps.txt").read_text()
    keys = queried(text.replace("graphicsCaptureWithoutBorder", "microphone"))
    chrome = r"C:\Program Files\Google\Chrome\Application"
    assert program("microphone", chrome, keys).off is None
    assert store("microphone", "MSTeams", keys) == AppPermission(kind="microphone", not_asked=True)
    of_all = next(name for name in keys if name.endswith("NonPackaged"))
    keys[of_all]["Value"] = "Deny"
    assert program("microphone", chrome, keys).off == "desktop_apps"
    keys[of_all]["Value"] = "Allow"
    keys[next(name for name in keys if name.endswith("chrome.exe"))]["Value"] = "Deny"
    assert program("microphone", chrome, keys).off == "app"


# --- macOS ---


def database(path: Path, *names: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    for name in names:
        connection.executescript((RECORDED / name).read_text())
    return connection


def of_mac(path: Path, kind: str, bundle_id: str) -> AppPermission:
    return macos.read(Paper("macos", {TCC: path.read_bytes()}), kind, bundle_id)


def test_a_dumped_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries for bundles and for paths, allowed and denied; of the system's own services."""
    path = tmp_path / "TCC.db"
    database(path, "tcc-dump.sql").close()
    monkeypatch.setitem(macos.SERVICES, "camera", "kTCCServiceSystemPolicyAllFiles")
    monkeypatch.setitem(macos.SERVICES, "microphone", "kTCCServiceScreenCapture")
    assert of_mac(path, "camera", "com.apple.Terminal").off == "app"
    assert of_mac(path, "microphone", "com.apple.screensharing.agent") == AppPermission(
        kind="microphone"
    )
    assert of_mac(path, "camera", "/usr/sbin/smbd").not_asked, "an entry for a path"


@pytest.mark.parametrize("schema", ["tcc-27.sql", "tcc-dump.sql"])
def test_what_a_user_of_a_mac_denied(tmp_path: Path, schema: str) -> None:
    """The rows of one, in the tables of macOS 13 and 27."""
    path = tmp_path / "TCC.db"
    connection = database(path, schema)
    lines = (RECORDED / "tcc-user.txt").read_text().split()
    for line in lines:
        service, client, value = line.split("|")
        connection.execute(
            "INSERT INTO access (service, client, client_type, auth_value, auth_reason,"
            " auth_version) VALUES (?, ?, ?, ?, 2, 1)",
            (service, client, int(client.startswith("/")), int(value)),
        )
    connection.commit()
    connection.close()
    for kind, app in (
        ("microphone", "com.hnc.Discord"),
        ("microphone", "com.brave.Browser"),
        ("bluetooth", "com.brave.Browser"),
        ("photos", "com.apple.Terminal"),
        ("contacts", "com.apple.Terminal"),
    ):
        assert of_mac(path, kind, app) == AppPermission(kind=kind, off="app")
    asked = of_mac(path, "camera", "com.hnc.Discord")
    assert asked == AppPermission(kind="camera", not_asked=True)


@pytest.mark.parametrize(("allowed", "off"), [(0, "app"), (1, None)])
def test_the_older_form_of_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: int, off: str | None
) -> None:
    path = tmp_path / "TCC.db"
    connection = database(path, "tcc-10.15.sql")
    connection.execute("UPDATE access SET allowed = ?", (allowed,))
    connection.commit()
    connection.close()
    monkeypatch.setitem(macos.SERVICES, "camera", "kTCCServiceScreenCapture")
    found = of_mac(path, "camera", "com.apple.screensharing.agent")
    assert (found.off, found.not_asked) == (off, False)


def test_another_database_is_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "TCC.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE access (service TEXT, client TEXT, client_type INTEGER)")
    connection.close()
    with pytest.raises(Failed) as failed:
        of_mac(path, "camera", "test.app.example")
    assert failed.value.failure.code == "unparsable"


# --- snap ---


class Snapd(Paper):
    """Says of a snap what is recorded, with more lines below if any are given."""

    def __init__(self, more: str = "") -> None:
        super().__init__("linux", {})
        self.more = more

    def run(self, tool: str, *args: str, **_: Any) -> Command:
        assert (tool, args[0]) == ("snap", "connections")
        said = (RECORDED / f"snap-{args[1]}.txt").read_text() + self.more
        return Command(argv=(tool, *args), returncode=0, stdout=said.encode(), stderr=b"", took_s=0)


@pytest.mark.parametrize("kind", ["camera", "microphone"])
@pytest.mark.parametrize("snap", ["ferdium", "elecwhat"])
def test_what_a_snap_never_asks_for_cannot_be_switched_on(snap: str, kind: str) -> None:
    """`snap connect ferdium:camera`: the snap "has no plug named camera"."""
    assert linux.of_snap(Snapd(), kind, snap) == AppPermission(kind=kind)


@pytest.mark.parametrize(
    ("snap", "kind", "off"),
    [
        ("teams-for-linux", "camera", "app"),
        ("teams-for-linux", "microphone", None),
        ("steam", "camera", None),
        ("steam", "microphone", "app"),
        ("steam", "bluetooth", "app"),
    ],
)
def test_what_a_snap_asks_for_and_was_not_given(snap: str, kind: str, off: str | None) -> None:
    assert linux.of_snap(Snapd(), kind, snap).off == off


def test_one_connected_plug_of_several_is_enough() -> None:
    """A snap may name several plugs of one interface; constructed after snapcraft.io/docs."""
    host = Snapd("camera                  teams-for-linux:webcam  :camera  manual\n")
    assert linux.of_snap(host, "camera", "teams-for-linux").off is None


def test_no_private_names_are_kept_in_the_recordings() -> None:
    for each in RECORDED.iterdir():
        assert not re.search(r"(?i)C:#Users#|/Users/[a-z]|@[a-z]+\.", each.read_text()), each.name
