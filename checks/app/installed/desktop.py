"""The menu entry: it has no version of its own (its `Version` is that of the specification), but it
says which copy starts (Desktop Entry Specification 1.5, "The Exec key")."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from checks.app.installed import NAME, text_of
from checks.app.installed.homes import data_dirs, home
from checks.app.installed.strings import first_line
from diag.host import Host
from diag.model import Failed

ENTRY_LIMIT = 256 << 10
GROUP = "Desktop Entry"

SEARCHED = (
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
    "/usr/local/games",
    "/usr/games",
    "/snap/bin",
    "/var/lib/snapd/snap/bin",
)
"""Where desktops look for a command that is named without a path, after the user's own places."""

SNAP_BIN = re.compile(r".*/(?:snap|snapd/snap)/bin/([^/.]+)(?:\.[^/]*)?")

Kind = Literal["flatpak", "snap", "appimage", "package", "other"]


class Started(Struct, frozen=True, kw_only=True):
    """What a menu entry starts: a Flatpak or snap of this name, or the program at this path."""

    kind: Kind
    name: str
    version: str | None = None


def started_by(host: Host, entry: str) -> Started | None:
    """What the menu entry of this name (`example.desktop`) starts; None: there is none.

    Of several, the first in the order of the directories counts. Raises Failed: unparsable.
    """
    if not NAME.fullmatch(entry):
        raise Failed("unsupported", "look for the menu entry by its name in the profile")
    file = entry if entry.endswith(".desktop") else f"{entry}.desktop"
    for directory in data_dirs(host):
        text = text_of(host, f"{directory}/applications/{file}", ENTRY_LIMIT)
        if text is not None:
            return _target(host, keys(text))
    return None


def keys(entry: str) -> dict[str, str]:
    """The keys of the entry's main group, without its translations; of two the first."""
    found: dict[str, str] = {}
    inside = False
    for line in entry.splitlines():
        if line.startswith("["):
            inside = line.strip() == f"[{GROUP}]"
        elif inside and "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key.strip(), value.strip())
    return found


def _target(host: Host, entry: Mapping[str, str]) -> Started | None:
    if entry.get("Hidden", "").casefold() == "true":  # "must be handled as if it were deleted"
        return None
    version = first_line(entry.get("X-AppImage-Version"))
    if entry.get("X-Flatpak"):
        return Started(kind="flatpak", name=entry["X-Flatpak"])
    words = _command(entry.get("Exec", ""))
    program = words[0]
    base = program.rpartition("/")[2]
    if base == "flatpak" and "run" in words:
        return Started(kind="flatpak", name=_after_run(words).partition("/")[0])
    if base == "snap" and "run" in words:
        return Started(kind="snap", name=_after_run(words).partition(".")[0])
    path = program if program.startswith("/") else _found(host, program)
    if path is None:
        return None
    snap = SNAP_BIN.fullmatch(path)
    if snap:
        return Started(kind="snap", name=snap[1])
    if version is not None or path.casefold().endswith(".appimage"):
        return Started(kind="appimage", name=path, version=version)
    own = path.startswith(("/usr/local/", "/home/", f"{home(host)}/"))
    return Started(kind="other" if own else "package", name=path)


def _command(line: str) -> list[str]:
    """The words of an Exec line; `env NAME=value` before the program is passed over."""
    try:
        words = shlex.split(line)
    except ValueError:
        words = []
    if words and words[0].rpartition("/")[2] == "env":
        words = words[1:]
        while words and ("=" in words[0] or words[0].startswith("-")):
            words = words[1:]
    if not words:
        raise Failed("unparsable", "read the menu entry")
    return words


def _after_run(words: list[str]) -> str:
    """The first word after `run` that is no option."""
    rest = words[words.index("run") + 1 :]
    name = next((word for word in rest if not word.startswith("-")), None)
    if name is None:
        raise Failed("unparsable", "read the menu entry")
    return name


def _found(host: Host, program: str) -> str | None:
    if not NAME.fullmatch(program):
        return None
    own = home(host)
    directories = ((f"{own}/.local/bin", f"{own}/bin") if own else ()) + SEARCHED
    paths = (f"{directory}/{program}" for directory in directories)
    return next((path for path in paths if host.stat(path) is not None), None)
