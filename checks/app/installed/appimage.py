"""An AppImage: one file that somebody put somewhere. It is looked at, never started.

Its version is in the name of the file by custom (`Example-1.2.3-x86_64.AppImage`); the menu entry
that it carries says it as `X-AppImage-Version` (AppImage documentation, "desktop integration"), and
so does the one that a tool made of it in the user's menu.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from checks.app.installed import InstalledCopy, names_in, text_of
from checks.app.installed.desktop import ENTRY_LIMIT, keys
from checks.app.installed.homes import data_home, home, user_dirs
from checks.app.installed.squashfs import root_desktop_entry
from checks.app.installed.strings import first_line
from diag.app_profile import LinuxInstall
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

SYSTEM_DIRS = ("/opt", "/usr/local/bin")
HOME_DIRS = ("Applications", "AppImages", ".local/bin", "bin")
"""Where people and the tools that integrate AppImages put them, below the home directory."""

MOST_FILES = 8
MOST_ENTRIES = 200
LONGEST_PATTERN = 200

VERSION = re.compile(
    r"(?:^|[-_ ])v?(\d+(?:\.\d+)+(?:[-+~](?:alpha|beta|rc|pre|dev)[.\d]*)?)(?=[-_. ]|$)",
    re.IGNORECASE,
)


def ask_appimage(
    host: Host, install: LinuxInstall, deadline: Deadline
) -> tuple[InstalledCopy, ...]:
    """Every file of that name in the usual places; of them, the first few."""
    pattern = install.appimage or ""
    if "/" in pattern or len(pattern) > LONGEST_PATTERN:
        raise Failed("unsupported", "look for the AppImage by the profile's pattern")
    found = []
    for directory in usual_dirs(host):
        try:
            names = names_in(host, directory)
        except Failed:  # one that may not be listed hides the others from nobody
            continue
        found += [f"{directory}/{name}" for name in names if _is_it(name, pattern)]
    return tuple(copy_at(host, path) for path in found[:MOST_FILES] if not deadline.expired)


def usual_dirs(host: Host) -> tuple[str, ...]:
    own = home(host)
    below = tuple(f"{own}/{name}" for name in HOME_DIRS) if own else ()
    return tuple(dict.fromkeys((*below, *user_dirs(host, "DOWNLOAD", "DESKTOP"), *SYSTEM_DIRS)))


def version_in_name(name: str) -> str | None:
    stem = re.sub(r"\.appimage$", "", name, flags=re.IGNORECASE)
    match = VERSION.search(stem)
    return match[1] if match else None


def _is_it(name: str, pattern: str) -> bool:
    """Only AppImages, whatever the pattern says."""
    plain = name.casefold()
    return plain.endswith(".appimage") and fnmatchcase(plain, pattern.casefold())


def copy_at(host: Host, path: str) -> InstalledCopy:
    """Its version where one of them tells it; what cannot be read leaves it unknown."""
    version = version_in_name(path.rpartition("/")[2])
    for look_it_up in (_embedded, _in_menu):
        try:
            version = version or look_it_up(host, path)
        except Failed:
            continue
    return InstalledCopy(version=version, maker_version=version, path=path)


def _in_menu(host: Host, path: str) -> str | None:
    """What the entry says that a tool for AppImages (AppImageLauncher, Gear Lever) made for it."""
    own = data_home(host)
    for name in names_in(host, f"{own}/applications")[:MOST_ENTRIES] if own else ():
        if name.endswith(".desktop"):
            entry = keys(text_of(host, f"{own}/applications/{name}", ENTRY_LIMIT) or "")
            version = first_line(entry.get("X-AppImage-Version"))
            if version is not None and path in entry.get("Exec", ""):
                return version
    return None


def _embedded(host: Host, path: str) -> str | None:
    return first_line(keys(root_desktop_entry(host, path) or "").get("X-AppImage-Version"))
