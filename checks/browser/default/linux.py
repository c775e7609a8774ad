"""The default browser of a Linux desktop, as xdg-settings and GIO find it.

The files are those of the freedesktop.org specification for MIME associations (1.0.1): the first
entry for https links that is installed counts. Without any, what Debian's alternatives name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.browser.default import Default
from checks.browser.files import whole
from checks.browser.known import OTHER, by_desktop
from checks.places import config_dir, exists, home
from diag.host import Host
from diag.model import Failed

LINK = "x-scheme-handler/https"
LIMIT = 1 << 20
MOST_DIRECTORIES = 20
ALTERNATIVES = ("firefox", "firefox-esr", "google-chrome", "chromium", "microsoft-edge")
"""Programs below /usr/bin by which a device without any association still has a browser."""

EXEC = re.compile(r"^Exec\s*=\s*(.*)$", re.MULTILINE)
FLATPAK_APP = re.compile(r"\bflatpak\b.*?\srun\s.*?([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){2,})")


def find(host: Host) -> Default | None:
    directories = list(_data_dirs(host))
    for entry in _candidates(host, directories):
        command = _command(host, entry, directories)
        if command is not None:
            return _default(entry, command)
    for name in ALTERNATIVES:
        if exists(host, f"/usr/bin/{name}"):
            return _default(f"{name}.desktop", f"/usr/bin/{name}")
    return None


def _default(entry: str, command: str) -> Default:
    product = by_desktop(entry)
    if product is OTHER:
        product = by_desktop(command.split()[0].rpartition("/")[2] if command.split() else "")
    flatpak = FLATPAK_APP.search(command)
    snap = entry.partition("_")[0] if "/snap/bin/" in command or "_" in entry else ""
    return Default(product=product, flatpak=flatpak.group(1) if flatpak else "", snap=snap)


def _candidates(host: Host, directories: list[str]) -> Iterator[str]:
    """Menu entries that may open links, the preferred one first."""
    desktops = [name.casefold() for name in _split(host.getenv("XDG_CURRENT_DESKTOP"))]
    names = [*(f"{name}-mimeapps.list" for name in desktops), "mimeapps.list"]
    config = [_safe_config(host), *_split(host.getenv("XDG_CONFIG_DIRS"), "/etc/xdg")]
    places = [*config, *(f"{each}/applications" for each in directories)]
    lists = [_read(host, f"{place}/{name}") for place in places if place for name in names]
    for section in ("Default Applications", "Added Associations"):
        for text in lists:
            yield from _entries(text, section)
    for each in directories:
        yield from _entries(_read(host, f"{each}/applications/mimeinfo.cache"), "MIME Cache")


def _entries(text: str, section: str) -> Iterator[str]:
    """The entries for https links in one section of such a file."""
    inside = False
    for line in text.splitlines():
        if line.startswith("["):
            inside = line.strip() == f"[{section}]"
        elif inside:
            key, _, value = line.partition("=")
            if key.strip() == LINK:
                yield from filter(None, (each.strip() for each in value.split(";")))


def _command(host: Host, entry: str, directories: list[str]) -> str | None:
    """What a menu entry starts; None if it is not installed. A dash may stand for a directory."""
    if "/" in entry or not entry.endswith(".desktop"):
        return None
    for directory in directories:
        text = _read(host, f"{directory}/applications/{entry}")
        found = EXEC.search(text)
        if found:
            return found.group(1).strip()
    return None


def _data_dirs(host: Host) -> Iterator[str]:
    own = host.getenv("XDG_DATA_HOME")
    if not own:
        try:
            own = f"{home(host)}/.local/share"
        except Failed:
            own = ""
    shared = _split(host.getenv("XDG_DATA_DIRS"), "/usr/local/share:/usr/share")
    exported = (
        f"{own}/flatpak/exports/share" if own else "",
        "/var/lib/flatpak/exports/share",
        "/var/lib/snapd/desktop",
    )
    every = (own, *(each.rstrip("/") for each in shared), *exported)
    yield from list(dict.fromkeys(filter(None, every)))[:MOST_DIRECTORIES]


def _safe_config(host: Host) -> str:
    try:
        return config_dir(host)
    except Failed:
        return ""


def _split(value: str | None, default: str = "") -> list[str]:
    return [each for each in (value or default).split(":") if each]


def _read(host: Host, path: str) -> str:
    """Empty where there is no such file, or none that we may read."""
    try:
        data = whole(host, path, LIMIT)
    except Failed:
        return ""
    return "" if data is None else data.decode("utf-8", errors="replace")
