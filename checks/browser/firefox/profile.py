"""Where Firefox keeps what: its profile used last, and the program that it belongs to.

profiles.ini (kb.mozillazine.org/Profiles.ini_file) names a default profile for each installed
Firefox; of several, the one whose preferences were written last was used last. compatibility.ini
in the profile says which version ran there and from where; since Firefox 147 the profiles of a
Linux desktop lie in the directory for configuration.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from checks.browser.default import Default
from checks.browser.files import read_ini
from checks.places import app_data, config_dir, home
from diag.host import Host

MOST_PROFILES = 50


class FirefoxProfile(Struct, frozen=True, kw_only=True):
    """program: the directory of the Firefox that last used it; empty if that is not known."""

    directory: str
    version: str = ""
    program: str = ""


def last_used(host: Host, default: Default) -> FirefoxProfile | None:
    """None if Firefox has never been started here. Raises Failed."""
    found = [
        (written.modified, directory)
        for directory in _profiles(host, default)
        if (written := host.stat(f"{directory}/prefs.js")) is not None
    ]
    if not found:
        return None
    directory = max(found)[1]
    said = read_ini(host, f"{directory}/compatibility.ini")
    section = said["Compatibility"] if said and "Compatibility" in said else {}
    return FirefoxProfile(
        directory=directory,
        version=section.get("LastVersion", "").partition("_")[0],
        program=section.get("LastPlatformDir", ""),
    )


def _profiles(host: Host, default: Default) -> Iterator[str]:
    for root in dict.fromkeys(_roots(host, default)):
        listed = read_ini(host, f"{root}/profiles.ini")
        if listed is None:
            continue
        for name in listed.sections()[:MOST_PROFILES]:
            section = listed[name]
            if name.startswith("Install"):
                path = section.get("Default", "")
            elif name.startswith("Profile") and section.get("Default") == "1":
                path = section.get("Path", "")
            else:
                continue
            if path:
                yield _absolute(root, path)


def _absolute(root: str, path: str) -> str:
    absolute = path.startswith("/") or path[1:3] in (":\\", ":/")
    return path if absolute else f"{root}/{path}"


def _roots(host: Host, default: Default) -> Iterator[str]:
    if host.family == "windows":
        yield app_data(host, roaming=True) + "\\" + default.product.windows
    elif host.family == "macos":
        yield f"{home(host)}/Library/Application Support/{default.product.macos}"
    elif default.flatpak:
        inside = f"{home(host)}/.var/app/{default.flatpak}"
        yield f"{inside}/config/{default.product.linux}"
        yield f"{inside}/.mozilla/firefox"
    elif default.snap:
        inside = f"{home(host)}/snap/{default.snap}/common"
        yield f"{inside}/.mozilla/firefox"
        yield f"{inside}/.config/{default.product.linux}"
    else:
        yield f"{config_dir(host)}/{default.product.linux}"
        yield f"{home(host)}/.mozilla/firefox"
