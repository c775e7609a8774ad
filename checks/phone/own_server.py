"""An adb server for the time of one look, where none runs.

It is started only where the user has used adb from this PC before (there is a key of theirs):
otherwise no phone can have allowed this PC, and a first start would leave a key behind. It is ended
again: asked to, and killed with its process group by the deadline. Only a diag that is itself
killed in these seconds leaves it running, as every command of adb does.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from checks.phone import adb
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

START_S = 1.5
"""How long it may take until it listens."""
SETTLE_S = 2.0
"""How long it may take until it has seen the cable and the phone has answered."""
PAUSE_S = 0.05
END_S = 0.5

QUIET = {"ADB_MDNS": "0", "ADB_MDNS_OPENSCREEN": "0", "ADB_MDNS_AUTO_CONNECT": ""}
"""No looking around on the network: the phone is on the cable."""

PLACES = {
    "linux": ("/usr/bin/adb", "/usr/local/bin/adb", "{home}/Android/Sdk/platform-tools/adb"),
    "macos": (
        "/opt/homebrew/bin/adb",
        "/usr/local/bin/adb",
        "{home}/Library/Android/sdk/platform-tools/adb",
    ),
    "windows": (
        r"{local}\Android\Sdk\platform-tools\adb.exe",
        r"C:\Program Files (x86)\Android\android-sdk\platform-tools\adb.exe",
        r"C:\Program Files\Android\android-sdk\platform-tools\adb.exe",
        r"C:\platform-tools\adb.exe",
        r"C:\adb\adb.exe",
    ),
}
"""Where distributions, Homebrew, Android Studio and by-hand installs put it."""


def tool(host: Host) -> str | None:
    """The absolute path of adb, if it is installed in one of the usual places."""
    home = host.getenv("HOME") or ""
    local = host.getenv("LOCALAPPDATA") or ""
    for place in PLACES.get(host.family, ()):
        if ("{home}" in place and not home) or ("{local}" in place and not local):
            continue
        path = place.format(home=home, local=local)
        if host.which(path) is not None:
            return path
    return None


def used_before(host: Host) -> bool:
    """Whether this user has a key that phones can have allowed."""
    windows = host.family == "windows"
    home = host.getenv("USERPROFILE" if windows else "HOME")
    if not home:
        return False
    key = f"{home}\\.android\\adbkey" if windows else f"{home}/.android/adbkey"
    with suppress(Failed):
        return host.stat(key) is not None
    return False


@contextmanager
def running(host: Host, path: str, deadline: Deadline) -> Iterator[None]:
    """A server of our own. Raises Failed if it does not come up."""
    ended = threading.Event()

    def serve() -> None:
        with suppress(Failed):
            lifetime = deadline.remaining() + END_S
            port = str(adb.port(host))
            env = {**QUIET, "HOME": host.getenv("HOME") or "/"}
            host.run(path, "-P", port, "nodaemon", "server", timeout_s=lifetime, env=env)
        ended.set()

    thread = threading.Thread(target=serve, name="adb server", daemon=True)
    thread.start()
    try:
        _wait_for_it(host, deadline.within(START_S), ended)
        _wait_for_phone(host, deadline.within(SETTLE_S))
        yield
    finally:
        adb.end_server(host, Deadline.after(END_S))
        thread.join(END_S)


def _wait_for_it(host: Host, deadline: Deadline, ended: threading.Event) -> None:
    while True:
        try:
            adb.devices(host, deadline)
        except Failed as failed:
            if failed.failure.code != "refused" or ended.is_set() or deadline.expired:
                raise
        else:
            return
        time.sleep(PAUSE_S)


def _wait_for_phone(host: Host, deadline: Deadline) -> None:
    """Until a phone has answered; one that is not there, or may not be read, takes the whole."""
    while not deadline.expired:
        if any(device.state == "ready" for device in adb.devices(host, deadline)):
            return
        time.sleep(PAUSE_S)
