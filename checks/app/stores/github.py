"""Releases on GitHub. Without a key an address may ask 60 times an hour."""

from __future__ import annotations

import re
from typing import Any

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
    page,
    text,
    version_of,
)
from diag.app_profile import Github

BASE_URL = "https://api.github.com"
ACCEPT = "application/vnd.github+json"

VERSION_IN_TAG = re.compile(
    r"(?:^|[-_/@ ])v?\.?([0-9]+(?:\.[0-9]+)+.*)$|(?:^|[-_/@ ])v?([0-9].*)$", re.IGNORECASE
)
"""`v1.2`, `desktop-v1.2.3`, `app@1.2`; a number alone only after all of them."""


def ask(fetch: Fetch, store: Github, _: Device) -> StoreVersion | Absence:
    """`latest` is 404 where there are only pre-releases: the list tells."""
    releases = f"{(store.base_url or BASE_URL).rstrip('/')}/repos/{store.repo}/releases"
    latest = fetch(f"{releases}/latest", accept=ACCEPT)
    if latest is not None:
        return read(latest)
    listed = fetch(f"{releases}?per_page=5", accept=ACCEPT)
    return "prerelease_only" if listed is not None and mappings(json_of(listed)) else "gone"


def read(body: bytes) -> StoreVersion:
    release = mapping(json_of(body))
    if "tag_name" not in release:
        raise NotTold("other_form", "no release")
    return StoreVersion(
        version=_version(release),
        platform="any",
        released=instant(release.get("published_at")),
        channel="latest",
        url=page(release.get("html_url")),
        notes=notes_of(release.get("body")),
    )


def _version(release: dict[str, Any]) -> str:
    """In the tag, else in the name; a tag without a version is shown as it is."""
    for value in (release["tag_name"], release.get("name")):
        found = VERSION_IN_TAG.search(text(value) or "")
        if found and is_version(found[1] or found[2]):
            return version_of(found[1] or found[2])
    return version_of(release["tag_name"])
