"""Which installer a copy came by, where the copy itself does not show it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from checks.app.installed import NAME, Channel, InstalledCopy, Looked
from diag.app_profile import Store
from diag.host import Host
from diag.model import Failed

CASKROOMS = ("/opt/homebrew/Caskroom", "/usr/local/Caskroom")
"""Homebrew keeps a directory there for each cask that it installed (docs.brew.sh)."""
CHOCOLATEY = r"C:\ProgramData\chocolatey\lib"
"""Chocolatey keeps one for each package (docs.chocolatey.org)."""


def with_origin(host: Host, places: Sequence[Looked], store: Store) -> tuple[Looked, ...]:
    """The places, with copies marked of which Homebrew or Chocolatey has a record."""
    return tuple(_place(host, place, store) for place in places)


def _place(host: Host, place: Looked, store: Store) -> Looked:
    open_ = [copy for copy in place.copies if copy.channel is None and not copy.ios]
    if len(open_) != 1:  # of several copies the record does not tell which it is about
        return place
    channel = _recorded(host, place.source, store)
    if channel is None:
        return place
    copies = tuple(_with_channel(copy, channel, copy is open_[0]) for copy in place.copies)
    return replace(place, copies=copies)


def _with_channel(copy: InstalledCopy, channel: Channel, it_is: bool) -> InstalledCopy:
    return replace(copy, channel=channel) if it_is else copy


def _recorded(host: Host, source: str, store: Store) -> Channel | None:
    if source == "bundle" and store.homebrew_cask is not None:
        token = store.homebrew_cask.token
        rooms = [f"{room}/{token}" for room in CASKROOMS]
        return "homebrew_cask" if _is_there(host, token, rooms) else None
    if source == "uninstall" and store.chocolatey is not None:
        name = store.chocolatey.id
        return "chocolatey" if _is_there(host, name, [f"{CHOCOLATEY}\\{name}"]) else None
    return None


def _is_there(host: Host, name: str, paths: Sequence[str]) -> bool:
    if not NAME.fullmatch(name) or ".." in name:
        return False
    try:
        return any(host.stat(path) is not None for path in paths)
    except Failed:
        return False
