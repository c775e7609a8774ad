"""Homebrew's casks (macOS), by the JSON of formulae.brew.sh."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from checks.app.stores.asking import Device, Fetch
from checks.app.stores.normal import OLDER_LIMIT, Absence, OlderVersion, StoreVersion
from checks.app.stores.reading import (
    NotTold,
    is_version,
    json_of,
    mapping,
    os_version,
    text,
    texts,
    version_of,
)
from diag.app_profile import HomebrewCask

BASE_URL = "https://formulae.brew.sh"

MACOS = {
    "tahoe": "26",
    "sequoia": "15",
    "sonoma": "14",
    "ventura": "13",
    "monterey": "12",
    "big_sur": "11",
    "catalina": "10.15",
    "mojave": "10.14",
    "high_sierra": "10.13",
    "sierra": "10.12",
    "el_capitan": "10.11",
}
"""What Homebrew calls versions of macOS, newest first."""


def ask(fetch: Fetch, store: HomebrewCask, device: Device) -> StoreVersion | Absence:
    token = quote(store.token, safe="@")
    body = fetch(f"{(store.base_url or BASE_URL).rstrip('/')}/api/cask/{token}.json")
    return "gone" if body is None else read(body, store.token, device.arch)


def read(body: bytes, token: str, arch: str) -> StoreVersion | Absence:
    cask = mapping(json_of(body))
    if token not in (cask.get("token"), *texts(cask.get("old_tokens"))):
        raise NotTold("other_form", "another cask")
    if cask.get("disabled") is True:
        return "gone"
    needs = cask.get("depends_on")
    return StoreVersion(
        version=_version(cask.get("version")),
        platform="macos",
        minimum_os=_bound(needs, "macos", ">="),
        maximum_os=_bound(needs, "maximum_macos", "<="),
        older=tuple(_older(cask, arch))[:OLDER_LIMIT],
        url=f"{BASE_URL}/cask/{quote(token, safe='@')}",
    )


def _version(value: Any) -> str:
    """Without what Homebrew adds after a comma to find the file, such as a build's number."""
    return version_of(str(value).partition(",")[0] if isinstance(value, str) else value)


def _older(cask: dict[str, Any], arch: str) -> list[OlderVersion]:
    """Versions that older systems get; `arm64_sonoma` is that of Apple's processors."""
    variations = cask.get("variations")
    found: list[OlderVersion] = []
    for name, number in MACOS.items():
        key = f"arm64_{name}" if arch == "arm64" else name
        variation = variations.get(key) if isinstance(variations, dict) else None
        given = variation.get("version") if isinstance(variation, dict) else None
        version = str(given).partition(",")[0]
        if given != cask.get("version") and is_version(version):
            found.append(OlderVersion(version=_version(version), minimum_os=number))
    return found


def _bound(needs: Any, key: str, relation: str) -> str | None:
    """A version of macOS in `{"macos": {">=": ["13"]}}`; its place may also hold a name."""
    bounds = needs.get(key) if isinstance(needs, dict) else None
    given = bounds.get(relation) if isinstance(bounds, dict) else None
    first = text(given[0]) if isinstance(given, list) and given else None
    return MACOS.get((first or "").lstrip(":")) or os_version(first)
