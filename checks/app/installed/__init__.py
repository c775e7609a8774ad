"""Where the app is installed on this device. Each OS has a file with `look`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal, TypeVar

from msgspec import Struct

from diag.app_profile import Install
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed, Failure, PrivatePath, Public

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+@-]{0,199}")
"""What packages and apps are called wherever that name is part of a path or of a command."""

Channel = Literal[
    "app_store", "microsoft_store", "homebrew_cask", "flathub", "snapcraft", "chocolatey"
]
"""A store (by the profile's key) of which a copy shows that it came from there."""


class InstalledCopy(Struct, frozen=True, kw_only=True):
    """One copy of the app.

    version: as the source gives it; None if it gives none that can be read.
    maker_version: the maker's part of it, which stores have too.
    build: the number of the build, where the source keeps one beside the version (macOS).
    channel: the store that it came from and is updated by, where that can be seen.
    follows: that store's channel of which it gets its updates, where that is told (snap).
    ios: an app made for the iPhone or iPad, on a Mac.
    whole: False if its installation was begun and not finished.
    starts: whether this is the one that starts when the user opens the app; None: not known.
    """

    version: Public | None = None
    maker_version: Public | None = None
    build: Public | None = None
    path: PrivatePath | None = None
    channel: Channel | None = None
    follows: Public | None = None
    ios: bool = False
    whole: bool = True
    starts: bool | None = None


class Looked(Struct, frozen=True, kw_only=True):
    """One place that the profile names: the copies found there, or why that could not be told."""

    source: Public
    copies: tuple[InstalledCopy, ...] = ()
    failure: Failure | None = None


S = TypeVar("S")
Ask = Callable[[Host, S, Deadline], tuple[InstalledCopy, ...]]
"""Looks in one kind of place for what a section of the profile names. Raises Failed."""


def configured(host: Host, install: Install) -> bool:
    """Whether the profile says where the app is found on this device's OS."""
    return getattr(install, host.family, None) is not None


def look(host: Host, install: Install, deadline: Deadline) -> tuple[Looked, ...]:
    """Every place that the profile names for this device's OS, in the profile's order."""
    if host.family == "linux" and install.linux is not None:
        from checks.app.installed import linux

        return linux.look(host, install.linux, deadline)
    if host.family == "windows" and install.windows is not None:
        from checks.app.installed import windows

        return windows.look(host, install.windows, deadline)
    if host.family == "macos" and install.macos is not None:
        from checks.app.installed import macos

        return macos.look(host, install, deadline)
    return ()


def ask_each(
    sources: Mapping[str, Ask[S]], host: Host, section: S, deadline: Deadline
) -> tuple[Looked, ...]:
    """What each source says; the failure of one leaves the others alone."""
    return tuple(_ask(source, ask, host, section, deadline) for source, ask in sources.items())


def _ask(source: str, ask: Ask[S], host: Host, section: S, deadline: Deadline) -> Looked:
    try:
        return Looked(source=source, copies=ask(host, section, deadline))
    except Failed as error:
        return Looked(source=source, failure=error.failure)
    except Exception as error:  # what is broken in one place must not hide the others
        failure = Failure(code="crash", operation=source, detail=type(error).__name__)
        return Looked(source=source, failure=failure)


def plain_name(name: str | None) -> str:
    """A name that may become part of a path or a command. Raises Failed for any other."""
    if name is None or not NAME.fullmatch(name) or ".." in name:
        raise Failed("unsupported", "look for the app by its name in the profile")
    return name


def text_of(host: Host, path: str, limit: int) -> str | None:
    """A file's text; None if there is no such file. Raises Failed(denied, ...)."""
    try:
        return host.read(path, limit).decode("utf-8", "replace")
    except Failed as error:
        if error.failure.code == "tool_missing":
            return None
        raise


def names_in(host: Host, path: str) -> tuple[str, ...]:
    """The names in a directory; none if there is none. Raises Failed(denied, ...)."""
    try:
        return host.listdir(path)
    except Failed as error:
        if error.failure.code == "tool_missing":
            return ()
        raise
