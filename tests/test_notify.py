"""A notification on a desktop: python-dbusmock's notification daemon on a session bus of its own.

The mock runs under the system's Python, where distributions install it (python3-dbusmock).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from diag.host import Command, Host, real_host
from diag.host.powershell import ARGS
from diag.model import Failed
from diag.notify import notify
from tests.host.test_powershell import well_formed
from tests.message_bus import message_bus
from tests.support import replay

SYSTEM_PYTHON = "/usr/bin/python3"
WAIT_S = 10.0


def _missing() -> bool:
    if shutil.which("dbus-daemon") is None or not Path(SYSTEM_PYTHON).exists():
        return True
    mock = subprocess.run(
        [SYSTEM_PYTHON, "-c", "import dbusmock"], check=False, capture_output=True
    )
    return mock.returncode != 0


needs_a_bus = pytest.mark.skipif(
    "CI" not in os.environ and _missing(), reason="dbus-daemon or python3-dbusmock is missing"
)


@pytest.fixture
def session_bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with message_bus("--session") as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address


@pytest.fixture
def notifications(session_bus: str, tmp_path: Path) -> Iterator[Path]:
    """What the desktop was asked to show."""
    log = tmp_path / "notifications.log"
    mock = subprocess.Popen(
        (
            *(SYSTEM_PYTHON, "-m", "dbusmock", "--session", "-l", str(log)),
            *("--template", "notification_daemon"),
        ),
        env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": session_bus},
    )
    end = time.monotonic() + WAIT_S
    asked = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
    name = ("org.freedesktop.Notifications",)
    while not real_host().dbus("session", *asked, "NameHasOwner", "s", name)[0]:
        assert mock.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    yield log
    mock.terminate()
    mock.wait()


@needs_a_bus
def test_a_desktop_shows_it_and_takes_no_markup(notifications: Path) -> None:
    notify(real_host(), "例 works again", "<b>Try & see</b>")
    shown = notifications.read_text("utf-8")
    assert "Notify" in shown
    assert "例 works again" in shown
    assert "&lt;b&gt;Try &amp; see&lt;/b&gt;" in shown


@needs_a_bus
def test_a_session_without_notifications_is_a_failure(session_bus: str) -> None:
    del session_bus
    with pytest.raises(Failed):
        notify(real_host(), "works again", "")


def test_no_session_at_all_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    with pytest.raises(Failed):
        notify(real_host(), "works again", "")


HOSTILE = "\"; display dialog 'x' ’; Remove-Item x"


def test_a_mac_is_asked_with_the_words_apart_from_the_script() -> None:
    script = (
        *("-e", "on run argv"),
        *("-e", "display notification (item 2 of argv) with title (item 1 of argv)"),
        *("-e", "end run"),
    )
    asked = ("osascript", *script, "--", "例 works again", HOSTILE)
    notify(replay(os="macos", commands={asked: ""}), "例 works again", HOSTILE)
    with pytest.raises(Failed, match="refused"):
        notify(replay(os="macos", commands={asked: (1, "", "")}), "例 works again", HOSTILE)


class Windows:
    """Notes how PowerShell is started."""

    family = "windows"

    def __init__(self, returncode: int = 0) -> None:
        self.returncode = returncode
        self.env: dict[str, str] = {}
        self.script = ""

    def run(self, tool: str, *args: str, timeout_s: float, env: dict[str, str]) -> Command:
        assert (tool, args[:-1]) == ("powershell", ARGS)
        assert timeout_s <= 5
        self.env, self.script = env, args[-1]
        return Command(
            argv=(tool, *args), returncode=self.returncode, stdout=b"", stderr=b"", took_s=0.1
        )


def test_windows_is_asked_with_the_words_in_the_environment() -> None:
    windows = Windows()
    notify(cast("Host", windows), "例 works again", HOSTILE)
    assert windows.env == {"DIAG_TITLE": "例 works again", "DIAG_BODY": HOSTILE}
    assert "Remove-Item" not in windows.script
    assert well_formed(windows.script)
    with pytest.raises(Failed, match="refused"):
        notify(cast("Host", Windows(returncode=1)), "works again", "")
