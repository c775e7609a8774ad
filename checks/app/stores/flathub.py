"""Flathub, by what its apps say of their releases (AppStream as JSON)."""

from __future__ import annotations

from datetime import UTC, datetime
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
    notes_of,
    since_1970,
    version_of,
)
from diag.app_profile import Flathub

BASE_URL = "https://flathub.org"

LONG_AGO = datetime.min.replace(tzinfo=UTC)


def ask(fetch: Fetch, store: Flathub, _: Device) -> StoreVersion | Absence:
    app = quote(store.id, safe="")
    body = fetch(f"{(store.base_url or BASE_URL).rstrip('/')}/api/v2/appstream/{app}?locale=en")
    return "gone" if body is None else read(body, store.id)


def read(body: bytes, app_id: str) -> StoreVersion | Absence:
    app = mapping(json_of(body))
    if app.get("id") not in (app_id, f"{app_id}.desktop"):
        raise NotTold("other_form", "another app")
    if app.get("is_eol") is True:
        return "gone"
    releases = mappings(app.get("releases"))
    if not releases:
        raise NotTold("no_version")
    stable = [each for each in releases if each.get("type") in (None, "stable")]
    if not stable:
        return "prerelease_only"
    latest = max(stable, key=_released_or_long_ago)
    ahead = [
        each
        for each in releases
        if each not in stable and _released_or_long_ago(each) > _released_or_long_ago(latest)
    ]
    tested = max(ahead, key=_released_or_long_ago, default={}).get("version")
    return StoreVersion(
        version=version_of(latest.get("version")),
        platform="linux",
        released=_released(latest),
        channel="stable",
        prerelease=version_of(tested) if is_version(tested) else None,
        url=f"{BASE_URL}/apps/{quote(app_id, safe='')}",
        notes=notes_of(latest.get("description")),
    )


def _released(release: dict[str, Any]) -> datetime | None:
    return since_1970(release.get("timestamp")) or instant(release.get("date"))


def _released_or_long_ago(release: dict[str, Any]) -> datetime:
    return _released(release) or LONG_AGO
