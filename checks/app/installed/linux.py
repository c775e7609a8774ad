"""Where Linux has apps: one function per kind of source, and which of several copies starts."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from checks.app.installed import Ask, InstalledCopy, Looked, ask_each
from checks.app.installed.appimage import ask_appimage, copy_at
from checks.app.installed.command import ask_command
from checks.app.installed.desktop import Started, started_by
from checks.app.installed.dpkg import ask_dpkg
from checks.app.installed.flatpak import ask_flatpak
from checks.app.installed.homes import home
from checks.app.installed.pacman import ask_pacman
from checks.app.installed.rpm import ask_rpm
from checks.app.installed.snap import ask_snap
from diag.app_profile import LinuxInstall
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

PACKAGES = ("dpkg", "rpm", "pacman")
NOT_OF_PACKAGES = (
    "/usr/local/",
    "/home/",
    "/snap/",
    "/var/lib/snapd/",
    "/var/lib/flatpak/",
)
"""Where no package manager of the system puts programs; nor in the user's own directory."""

SOURCES: dict[str, Ask[LinuxInstall]] = {
    "dpkg": ask_dpkg,
    "rpm": ask_rpm,
    "pacman": ask_pacman,
    "flatpak": ask_flatpak,
    "snap": ask_snap,
    "appimage": ask_appimage,
    "command": ask_command,
}
"""In the order of the profile's keys; `desktop` tells which of them starts."""


def look(host: Host, install: LinuxInstall, deadline: Deadline) -> tuple[Looked, ...]:
    named = {source: ask for source, ask in SOURCES.items() if getattr(install, source)}
    places = ask_each(named, host, install, deadline)
    own = home(host)
    if not install.desktop:
        return _as_run(places, own)
    try:
        started = started_by(host, install.desktop)
        if started is None:
            return (*_as_run(places, own), Looked(source="desktop"))
        marked = _mark(places, started)
        if marked is not None:
            return (*_as_run(marked, own), Looked(source="desktop"))
        copies = _only_there(host, started, deadline)
    except Failed as error:
        return (*_as_run(places, own), Looked(source="desktop", failure=error.failure))
    others = tuple(_with_starts(place, ()) for place in places)
    return (*others, Looked(source="desktop", copies=copies))


def _mark(places: Sequence[Looked], started: Started) -> tuple[Looked, ...] | None:
    """The places with the copy marked that the menu entry starts; None if none of them is it."""
    for place in places:
        copies = [copy for copy in place.copies if _is(place.source, copy, started)]
        if copies:
            return tuple(_with_starts(each, copies[:1] if each is place else ()) for each in places)
    return None


def _is(source: str, copy: InstalledCopy, started: Started) -> bool:
    if started.kind in ("flatpak", "snap"):
        # The path names the app: .../app/ID/current/active, /snap/NAME/current.
        return source == started.kind and f"/{started.name}/" in f"{copy.path}/"
    if started.kind == "package" and source in PACKAGES:
        return True
    return source in ("appimage", "command") and copy.path == started.name


def _with_starts(place: Looked, starting: Sequence[InstalledCopy]) -> Looked:
    copies = tuple(
        replace(copy, starts=any(copy is each for each in starting)) for copy in place.copies
    )
    return replace(place, copies=copies)


def _as_run(places: Sequence[Looked], own: str | None) -> tuple[Looked, ...]:
    """A package and the app's own command are two views of one copy. Where they differ the command
    counts: an app that updates itself leaves its package's version behind."""
    elsewhere = (*NOT_OF_PACKAGES, *((f"{own}/",) if own else ()))
    open_ = [(place, copy) for place in places for copy in place.copies if copy.starts is not False]
    package = [copy for place, copy in open_ if place.source in PACKAGES and copy.whole]
    said = [
        copy
        for place in places
        for copy in place.copies
        if place.source == "command" and not (copy.path or "").startswith(elsewhere)
    ]
    if len(package) != 1 or not said or len(open_) > len(package) + len(said):
        return tuple(places)
    mine, theirs = package[0], said[0]
    differ = mine.maker_version != theirs.maker_version and theirs.maker_version is not None
    starting = theirs if differ else mine
    return tuple(_with_starts(place, (starting,)) for place in places)


def _only_there(host: Host, started: Started, deadline: Deadline) -> tuple[InstalledCopy, ...]:
    """The copy that the menu entry starts, which no other place of the profile has."""
    if started.kind == "flatpak":
        found = ask_flatpak(host, LinuxInstall(flatpak=started.name), deadline)
    elif started.kind == "snap":
        found = ask_snap(host, LinuxInstall(snap=started.name), deadline)
    elif started.kind == "appimage":
        found = (_appimage(host, started),)
    else:
        found = (InstalledCopy(path=started.name),)
    return tuple(replace(copy, starts=index == 0) for index, copy in enumerate(found))


def _appimage(host: Host, started: Started) -> InstalledCopy:
    copy = copy_at(host, started.name)
    if started.version is None:
        return copy
    return replace(copy, version=started.version, maker_version=started.version)
