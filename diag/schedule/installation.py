"""How a scheduler starts this very diag, and what the bare environment that it gives lacks."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

from diag.model import OsFamily
from diag.schedule.model import Installation

LOCALE = ("LANG", "LC_ALL", "LC_MESSAGES", "TZ")
MODULE = ("-P", "-m", "diag")
"""-P: not from the directory that the scheduler starts it in."""
XDG = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")


def this_installation(family: OsFamily, root: bool, environ: Mapping[str, str]) -> Installation:
    home = Path.home()
    return Installation(
        command=command(family),
        environment=_environment(family, root, environ, home),
        home=home,
        root=root,
    )


def command(family: OsFamily) -> tuple[str, ...]:
    """The console script by its own path, links not followed: an upgrade (pipx, pip, a package)
    puts the new diag in the same place. Without a script, this interpreter with the module.

    On Windows the interpreter that has no console: a script's would open on the user's screen at
    every run."""
    windowless = Path(sys.executable).with_name("pythonw.exe")
    if family == "windows" and windowless.is_file():
        return (str(windowless), *MODULE)
    script = shutil.which("diag", path=sysconfig.get_path("scripts"))
    started = Path(sys.argv[0])
    if started.stem == "diag" and started.is_file():
        return (os.path.abspath(started),)  # noqa: PTH100 - Path.resolve would follow the link
    if script is not None:
        return (script,)
    return (sys.executable, *MODULE)


def _environment(
    family: OsFamily, root: bool, environ: Mapping[str, str], home: Path
) -> dict[str, str]:
    if family == "windows":  # the Task Scheduler gives the user's whole environment
        return {}
    path = dict.fromkeys(environ.get("PATH", "").split(os.pathsep))
    absolute = [each for each in path if each.startswith("/")]
    found = {"PATH": os.pathsep.join(absolute) or os.defpath}
    if environ.get("HOME") and Path(environ["HOME"]) != _account_home():
        found["HOME"] = str(home)
    found |= {name: environ[name] for name in (*LOCALE, *XDG) if environ.get(name)}
    if family == "linux" and not root:
        runtime = environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
        found["XDG_RUNTIME_DIR"] = runtime
        bus = environ.get("DBUS_SESSION_BUS_ADDRESS") or f"unix:path={runtime}/bus"
        found["DBUS_SESSION_BUS_ADDRESS"] = bus
    return found


def _account_home() -> Path | None:
    """The home that cron sets, as the account database has it."""
    try:
        import pwd

        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except (ImportError, KeyError):
        return None
