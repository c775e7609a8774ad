"""Homebrew's casks (macOS), by the JSON of formulae.brew.sh."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from checks.app.stores.asking import APPLE_ONLY, Device, Fetch
from checks.app.stores.normal import OLDER_LIMIT, Absence, OlderVersion, StoreVersion
from checks.app.stores.reading import (
    NotTold,
    is_version,
    json_of,
    mapping,
    mappings,
    os_version,
    text,
    texts,
    version_of,
)
from checks.app.versions import compare
from diag.app_profile import HomebrewCask

BASE_URL = "https://formulae.brew.sh"

MACOS = {
    "golden_gate": "27",
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
    systems = list(_systems(cask, arch))
    ours = cask | _variation(cask, systems[0], arch) if systems else cask
    if ours.get("disabled") is True:
        return "gone"
    if not _runs_on(ours, arch):
        return "other_device"
    needs = ours.get("depends_on")
    newest, *older = _steps(cask, ours, systems, arch)
    return StoreVersion(
        version=newest.version,
        platform="macos",
        minimum_os=newest.minimum_os or _bound(needs, "macos", ">="),
        maximum_os=_bound(needs, "maximum_macos", "<="),
        older=tuple(older[:OLDER_LIMIT]),
        url=f"{BASE_URL}/cask/{quote(token, safe='@')}",
    )


def _version(value: Any) -> str:
    """Without what Homebrew adds after a comma to find the file, such as a build's number."""
    return version_of(value.partition(",")[0] if isinstance(value, str) else value)


def _systems(cask: dict[str, Any], arch: str) -> Iterator[str]:
    """Those that the cask is for, newest first: of others it holds no variation."""
    needs = cask.get("depends_on")
    lowest, highest = _bound(needs, "macos", ">="), _bound(needs, "maximum_macos", "<=")
    for name, number in MACOS.items():
        too_old = lowest is not None and compare(number, lowest) == -1
        too_new = highest is not None and compare(number, highest) == 1
        if not too_old and not too_new and (arch == "arm64" or compare(number, APPLE_ONLY) == -1):
            yield name


def _variation(cask: dict[str, Any], system: str, arch: str) -> dict[str, Any]:
    """What is otherwise than at the top, which is what the newest Mac gets; `arm64_sonoma` is for
    Apple's processors, `sonoma` for Intel's."""
    variations = cask.get("variations")
    key = f"arm64_{system}" if arch == "arm64" else system
    variation = variations.get(key) if isinstance(variations, dict) else None
    return variation if isinstance(variation, dict) else {}


def _runs_on(cask: dict[str, Any], arch: str) -> bool:
    """Whether it is for Macs with this processor. `supported_platforms` came in 2026."""
    apple = arch == "arm64"
    platforms = texts(cask.get("supported_platforms"))
    macs = [each for each in platforms if not each.endswith("_linux")]
    if platforms and all(each.startswith("arm64_") != apple for each in macs):
        return False
    needs = cask.get("depends_on")
    if not apple and compare(_bound(needs, "macos", ">=") or "0", APPLE_ONLY) != -1:
        return False
    processors = mappings(needs.get("arch")) if isinstance(needs, dict) else []
    return not processors or any(
        each.get("type") == ("arm" if apple else "intel") for each in processors
    )


def _steps(
    cask: dict[str, Any], ours: dict[str, Any], systems: list[str], arch: str
) -> list[OlderVersion]:
    """The newest version and those that older systems get instead, each with the oldest system
    that gets it; the newest names none if all do."""
    steps = [OlderVersion(version=_version(ours.get("version")))]
    for newer, system in pairwise(systems):
        given = _variation(cask, system, arch).get("version", cask.get("version"))
        version = str(given).partition(",")[0]
        if version == steps[-1].version:
            if len(steps) > 1:
                steps[-1] = OlderVersion(version=version, minimum_os=MACOS[system])
        elif is_version(version) and compare(version, steps[-1].version) != 1:
            if len(steps) == 1:
                steps[0] = OlderVersion(version=steps[0].version, minimum_os=MACOS[newer])
            steps.append(OlderVersion(version=_version(version), minimum_os=MACOS[system]))
    return steps


def _bound(needs: Any, key: str, relation: str) -> str | None:
    """A version of macOS in `{"macos": {">=": ["13"]}}`; its place may also hold a name."""
    bounds = needs.get(key) if isinstance(needs, dict) else None
    given = bounds.get(relation) if isinstance(bounds, dict) else None
    first = text(given[0]) if isinstance(given, list) and given else None
    return MACOS.get((first or "").lstrip(":")) or os_version(first)
