"""Where macOS has apps: bundles in the known folders, and where Spotlight knows one."""

from __future__ import annotations

import re

from msgspec.structs import replace

from checks.app.installed import InstalledCopy, Looked, names_in
from checks.app.installed.bundle import read_bundle
from diag.app_profile import Install
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

SYSTEM_FOLDERS = (
    "/Applications",
    "/Applications/Utilities",
    "/System/Applications",
    "/System/Applications/Utilities",
)
MOST_BUNDLES = 1500
"""A Mac has some two hundred."""

BUNDLE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,154}")
SPOTLIGHT_TIMEOUT_S = 2.0
MOST_FOUND = 8

AWAY = (
    "/.Trash/",
    "/.Trashes/",
    "/Backups.backupdb/",
    "/.MobileBackups/",
    "/.timemachine/",
    "/Previous Content/",
    "/Previously Relocated Items/",
    "/Relocated Items/",
)
"""In the bin, in backups, and where an installation of macOS puts what it found: nobody opens a
bundle there, though Spotlight finds it."""

VOLUMES = "/Volumes/"
"""A copy there may be opened, but not by Launchpad or the Dock where there is another one."""


def look(host: Host, install: Install, deadline: Deadline) -> tuple[Looked, ...]:
    """One place, `bundle`: whatever of the two finds it, a copy is the same bundle."""
    try:
        return (Looked(source="bundle", copies=_copies(host, install, deadline)),)
    except Failed as error:
        return (Looked(source="bundle", failure=error.failure),)


def _copies(host: Host, install: Install, deadline: Deadline) -> tuple[InstalledCopy, ...]:
    """In the known folders; Spotlight is asked only if it is in none of them.

    Raises Failed: timeout, or what kept Spotlight from answering: then the app may be elsewhere.
    """
    ids = wanted_ids(install)
    own = _absolute(host.getenv("HOME"))
    folders = (*SYSTEM_FOLDERS[:2], *((f"{own}/Applications",) if own else ()), *SYSTEM_FOLDERS[2:])
    found = _in_folders(host, folders, ids, deadline)
    if not found:
        found = _by_spotlight(host, ids, deadline)
    return _which_starts(found)


def wanted_ids(install: Install) -> tuple[str, ...]:
    """That of the Mac's app, and that of the iPhone's, which may run here too."""
    named = [each.bundle_id for each in (install.macos, install.ios) if each is not None]
    ids = tuple(dict.fromkeys(name for name in named if BUNDLE_ID.fullmatch(name)))
    if not ids:
        raise Failed("unsupported", "look for the app by its bundle id in the profile")
    return ids


def _in_folders(
    host: Host, folders: tuple[str, ...], ids: tuple[str, ...], deadline: Deadline
) -> list[InstalledCopy]:
    found = []
    left = MOST_BUNDLES
    for folder in folders:
        for path in _bundles(host, folder):
            left -= 1
            if deadline.expired or left < 0:
                raise Failed("timeout", "look through the folders of apps")
            copy = read_bundle(host, path, ids)
            if copy is not None:
                found.append(copy)
    return found


def _bundles(host: Host, folder: str) -> list[str]:
    """The bundles in a folder, and in the folders in it, where makers keep several apps."""
    found, below = [], []
    for name in _listed(host, folder):
        path = f"{folder}/{name}"
        if name.endswith(".app"):
            found.append(path)
        elif folder == "/Applications" and "." not in name and name != "Utilities":
            below.append(path)
    for each in below:
        found += [f"{each}/{name}" for name in _listed(host, each) if name.endswith(".app")]
    return found


def _listed(host: Host, folder: str) -> tuple[str, ...]:
    """A folder that may not be listed hides the others from nobody."""
    try:
        return names_in(host, folder)
    except Failed:
        return ()


def _by_spotlight(host: Host, ids: tuple[str, ...], deadline: Deadline) -> list[InstalledCopy]:
    """mdfind(1); a volume without an index answers nothing."""
    query = " || ".join(f"kMDItemCFBundleIdentifier == '{each}'" for each in ids)
    timeout_s = min(SPOTLIGHT_TIMEOUT_S, deadline.remaining())
    answer = host.run("mdfind", query, timeout_s=timeout_s)
    if answer.returncode != 0:
        raise Failed("unparsable", "ask Spotlight", f"exit code {answer.returncode}")
    lines = answer.text().splitlines()
    paths = [each for each in lines if each.startswith("/") and not _is_away(each)]
    copies = (read_bundle(host, path, ids) for path in paths[:MOST_FOUND])
    return [copy for copy in copies if copy is not None]


def _is_away(path: str) -> bool:
    return any(folder in path for folder in AWAY)


def _which_starts(copies: list[InstalledCopy]) -> tuple[InstalledCopy, ...]:
    """The only one that is in a folder of apps; of two there, either may be in the Dock."""
    if len(copies) < 2:
        return tuple(copies)
    usual = [copy for copy in copies if not (copy.path or "").startswith(VOLUMES)]
    if len(usual) != 1:
        return tuple(copies)
    return tuple(replace(copy, starts=copy is usual[0]) for copy in copies)


def _absolute(path: str | None) -> str | None:
    return path.rstrip("/") if path and path.startswith("/") and path.rstrip("/") else None
