"""An AppImage: one file that somebody put somewhere. It is looked at, never started.

Its version is in the name of the file by custom (`Example-1.2.3-x86_64.AppImage`); the menu entry
that it carries says it as `X-AppImage-Version` (AppImage documentation, "desktop integration").
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from checks.app.installed import InstalledCopy, names_in
from checks.app.installed.desktop import keys
from checks.app.installed.homes import home, user_dirs
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
    version = version_in_name(path.rpartition("/")[2]) or _embedded(host, path)
    return InstalledCopy(version=version, maker_version=version, path=path)


def _embedded(host: Host, path: str) -> str | None:
    try:
        entry = root_desktop_entry(host, path)
    except Failed:
        return None
    return first_line(keys(entry or "").get("X-AppImage-Version"))
