"""The distribution and its release: os-release(5)."""

from __future__ import annotations

import shlex
from datetime import date

from msgspec import Struct

from diag.host import Host
from diag.model import Failed

PATHS = ("/etc/os-release", "/usr/lib/os-release")
"""In the order of os-release(5)."""

ROLLING = (
    "gentoo", "opensuse-aeon", "opensuse-kalpa", "opensuse-microos", "opensuse-slowroll",
    "opensuse-tumbleweed", "solus", "void",
)  # fmt: skip
"""Distributions without releases that say so by their ID alone."""


class OsRelease(Struct, frozen=True, kw_only=True):
    """What os-release says. `rolling`: there are no releases that could end."""

    id: str
    like: tuple[str, ...] = ()
    version: str = ""
    name: str = ""
    support_ends: date | None = None
    rolling: bool = False


def read_release(host: Host) -> OsRelease:
    """Raises Failed: tool_missing if there is no such file, unparsable without an ID."""
    for path in PATHS[:-1]:
        try:
            return parse_release(host.read(path).decode("utf-8", "replace"))
        except Failed:
            continue
    return parse_release(host.read(PATHS[-1]).decode("utf-8", "replace"))


def parse_release(text: str) -> OsRelease:
    """Raises Failed(unparsable) if the text names no distribution."""
    values = dict(_assignments(text))
    if not values.get("ID"):
        raise Failed("unparsable", "read os-release")
    version = values.get("VERSION_ID", "")
    name = values.get("NAME", "")
    # Mint's edition on Debian has Mint's ID and numbers of its own.
    if name == "LMDE" and not version.startswith("lmde"):
        version = f"lmde{version}"
    return OsRelease(
        id=values["ID"],
        like=tuple(values.get("ID_LIKE", "").split()),
        version=version,
        name=values.get("PRETTY_NAME", "") or name,
        support_ends=_day(values.get("SUPPORT_END", "")),
        rolling=(
            values.get("BUILD_ID") == "rolling"
            or values["ID"] in ROLLING
            or values.get("VERSION_CODENAME", "").endswith("-rolling")
            or values.get("PRETTY_NAME", "").endswith("/sid")
        ),
    )


def _assignments(text: str) -> list[tuple[str, str]]:
    """Shell-like assignments, one a line; a line that is none is passed over."""
    found = []
    for line in text.splitlines():
        name, sign, value = line.strip().partition("=")
        if not sign or name.startswith("#"):
            continue
        try:
            words = shlex.split(value)
        except ValueError:
            continue
        found.append((name, words[0] if words else ""))
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
