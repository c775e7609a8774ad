"""The user's own directories on Linux (XDG Base Directory Specification, xdg-user-dirs)."""

from __future__ import annotations

import re

from checks.app.installed import text_of
from diag.host import Host

USER_DIRS_LIMIT = 16 << 10


def home(host: Host) -> str | None:
    return _absolute(host.getenv("HOME"))


def data_home(host: Host) -> str | None:
    """`~/.local/share`, or where XDG_DATA_HOME has it."""
    own = home(host)
    return _absolute(host.getenv("XDG_DATA_HOME")) or (f"{own}/.local/share" if own else None)


def data_dirs(host: Host) -> tuple[str, ...]:
    """Where data of apps is looked for, the user's own first. Those of Flatpak and snapd count also
    where this program was not started from the desktop (cron), and lacks their variables."""
    own = data_home(host)
    listed = (host.getenv("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":")
    found = [
        own,
        f"{own}/flatpak/exports/share" if own else None,
        *(_absolute(each) for each in listed),
        "/var/lib/flatpak/exports/share",
        "/var/lib/snapd/desktop",
    ]
    return tuple(dict.fromkeys(each for each in found if each))


def user_dirs(host: Host, *kinds: str) -> tuple[str, ...]:
    """The directories of these kinds (DOWNLOAD, DESKTOP), whatever the language calls them."""
    own = home(host)
    if own is None:
        return ()
    config = _absolute(host.getenv("XDG_CONFIG_HOME")) or f"{own}/.config"
    text = text_of(host, f"{config}/user-dirs.dirs", USER_DIRS_LIMIT) or ""
    set_to = dict(re.findall(r'^XDG_(\w+)_DIR="(?:\$HOME)?(/[^"]+)"', text, re.MULTILINE))
    inside = set(re.findall(r'^XDG_(\w+)_DIR="\$HOME/', text, re.MULTILINE))
    usual = {"DOWNLOAD": "/Downloads", "DESKTOP": "/Desktop"}
    found = []
    for kind in kinds:
        path = set_to.get(kind)
        if path is None:
            found.append(own + usual[kind])
        else:
            found.append(own + path if kind in inside else path)
    return tuple(found)


def _absolute(path: str | None) -> str | None:
    """Without a slash at its end; None for what is no absolute path, which does not count."""
    return path.rstrip("/") if path and path.startswith("/") and path.rstrip("/") else None
