"""The Snap Store: the channel map of a snap, by architecture, track and risk."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from checks.app.stores.asking import Device, Fetch
from checks.app.stores.normal import Absence, StoreVersion
from checks.app.stores.reading import (
    NotTold,
    instant,
    is_version,
    json_of,
    mapping,
    mappings,
    page,
    text,
    version_of,
)
from diag.app_profile import Snapcraft

BASE_URL = "https://api.snapcraft.io"
SERIES = {"Snap-Device-Series": "16"}
"""Required: the series of snaps, 16 since there are any."""

ARCHITECTURES = {"x64": "amd64", "arm": "armhf", "x86": "i386", "ppc64le": "ppc64el"}
RISKS = ("candidate", "beta", "edge")
"""Channels for testers, from the calmest on."""


def ask(fetch: Fetch, store: Snapcraft, device: Device) -> StoreVersion | Absence:
    name = quote(store.name, safe="")
    base = (store.base_url or BASE_URL).rstrip("/")
    body = fetch(f"{base}/v2/snaps/info/{name}", headers=SERIES)
    return "gone" if body is None else read(body, store.name, device.arch)


def read(body: bytes, name: str, arch: str) -> StoreVersion | Absence:
    document = mapping(json_of(body))
    if document.get("name") != name or not isinstance(document.get("channel-map"), list):
        raise NotTold("other_form", "another snap")
    track = document.get("default-track") or "latest"
    entries = [
        (channel, each)
        for each in mappings(document["channel-map"])
        if isinstance(channel := each.get("channel"), dict) and channel.get("track") == track
    ]
    if not entries:
        return "gone"
    architecture = ARCHITECTURES.get(arch, arch)
    ours = [
        (channel, each)
        for channel, each in entries
        if channel.get("architecture") in (architecture, "all")
    ]
    if not ours:
        return "other_device"
    by_risk = {str(channel.get("risk")): (channel, each) for channel, each in ours}
    if "stable" not in by_risk:
        return "prerelease_only"
    channel, stable = by_risk["stable"]
    return StoreVersion(
        version=version_of(stable.get("version")),
        platform="linux",
        released=instant(channel.get("released-at")),
        channel=text(f"{track}/stable"),
        prerelease=_ahead(by_risk, stable),
        url=_page(document, name),
    )


def _ahead(
    by_risk: dict[Any, tuple[dict[str, Any], dict[str, Any]]], stable: dict[str, Any]
) -> str | None:
    """The first version for testers that is of a later revision than the stable one."""
    revision = stable.get("revision")
    for risk in RISKS:
        _, each = by_risk.get(risk, ({}, {}))
        later = each.get("revision")
        if isinstance(revision, int) and isinstance(later, int) and later > revision:
            return version_of(each.get("version")) if is_version(each.get("version")) else None
    return None


def _page(document: dict[str, Any], name: str) -> str:
    snap = document.get("snap")
    given = page(snap.get("store-url")) if isinstance(snap, dict) else None
    return given or f"https://snapcraft.io/{quote(name, safe='')}"
