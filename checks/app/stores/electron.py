"""What electron-builder publishes for an app's own updater: latest.yml and its kin.

One document for each system: latest.yml for Windows, latest-mac.yml, latest-linux.yml, and
latest-linux-arm64.yml for another processor (electron-updater, `getChannelFilename`).
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from checks.app.stores.asking import Device, Fetch, elsewhere
from checks.app.stores.normal import Absence, Platform, StoreVersion
from checks.app.stores.reading import (
    instant,
    mappings,
    notes_of,
    os_version,
    version_of,
    yaml_of,
)
from diag.app_profile import Electron

YAML_LIMIT = 32 << 10
"""Bytes: real ones have some hundred, with long notes some thousand."""

PLATFORMS: dict[str, Platform] = {"windows": "windows", "macos": "macos", "linux": "linux"}

FILE = re.compile(r"([^/]*?)(?:-mac|-linux(?:-[a-z0-9]+)?)?\.ya?ml")
"""The channel and what follows for a system."""

MACOS_11_TO_15 = range(20, 25)
"""Their versions of Darwin; before them came macOS 10.15 (19), after them 26 (25). What follows
the point is counted differently."""


def ask(fetch: Fetch, store: Electron, device: Device) -> StoreVersion | Absence:
    url, channel = document_of(store.url, device)
    body = fetch(elsewhere(url, store.base_url), accept="*/*", limit=YAML_LIMIT)
    return "gone" if body is None else read(body, device, channel)


def document_of(url: str, device: Device) -> tuple[str, str]:
    """The address of this system's document beside the one given, and its channel."""
    parts = urlsplit(url)
    folder, _, name = parts.path.rpartition("/")
    known = FILE.fullmatch(name)
    channel = (known[1] if known else "") or "latest"
    if not known and name:
        folder = parts.path
    arch = "" if device.arch == "x64" else f"-{device.arch}"
    ending = {"macos": "-mac", "linux": f"-linux{arch}"}.get(device.family, "")
    return urlunsplit(parts._replace(path=f"{folder}/{channel}{ending}.yml")), channel


def read(body: bytes, device: Device, channel: str) -> StoreVersion | Absence:
    info = yaml_of(body)
    if not _runs_on(info, device):
        return "other_device"
    staged = _percent(info.get("stagingPercentage"))
    return StoreVersion(
        version=version_of(info.get("version")),
        platform=PLATFORMS.get(device.family, "any"),
        released=instant(info.get("releaseDate")),
        minimum_os=_system(info.get("minimumSystemVersion"), device),
        channel=channel,
        staged_percent=staged if staged is not None and staged < 100 else None,
        notes=_notes(info.get("releaseNotes")),
    )


def _runs_on(info: dict[str, Any], device: Device) -> bool:
    """One list serves both kinds of Macs: the names of its files tell which are for Apple's
    processors only (electron-updater, `MacUpdater`)."""
    files = [str(each.get("url")) for each in mappings(info.get("files"))]
    apple_only = bool(files) and all("arm64" in each for each in files)
    return device.family != "macos" or device.arch == "arm64" or not apple_only


def _percent(value: Any) -> float | None:
    try:
        percent = float(value)
    except (ValueError, TypeError):
        return None
    return percent if 0 <= percent <= 100 else None


def _system(kernel: Any, device: Device) -> str | None:
    """The document names the kernel's version (Node's `os.release()`); of macOS this makes the one
    that people know, of Linux, where it says nothing about the distribution, nothing."""
    version = os_version(kernel)
    if version is None or device.family != "macos":
        return version if device.family == "windows" else None
    darwin = int(version.partition(".")[0])
    if darwin in MACOS_11_TO_15:
        return str(darwin - 9)
    return str(darwin + 1) if darwin > MACOS_11_TO_15[-1] else f"10.{darwin - 4}"


def _notes(value: Any) -> str | None:
    """A text, or one for each version."""
    first = next(iter(mappings(value)), None)
    return notes_of(value if first is None else first.get("note"))
