"""Apple's App Store and Mac App Store, by the iTunes lookup service.

The service says 200 and no results for an app that this country's store does not have. Its body is
JSON, though named text/javascript and preceded by blank lines. It may lag behind the store by
hours, for some countries more than for others.
"""

from __future__ import annotations

from urllib.parse import urlencode

from checks.app.stores.asking import Device, Fetch
from checks.app.stores.normal import Absence, StoreVersion
from checks.app.stores.reading import (
    NotTold,
    instant,
    json_of,
    mapping,
    mappings,
    notes_of,
    os_version,
    page,
    version_of,
)
from diag.app_profile import AppStore

BASE_URL = "https://itunes.apple.com"

MAC = "mac-software"
APPS = (MAC, "software")
"""What `kind` says of apps; an id may also be that of a song or a book."""


def ask(fetch: Fetch, store: AppStore, device: Device) -> StoreVersion | Absence:
    """For a Mac first its own app: an id may be sold for both, and the plain answer is the phone's.

    An iPhone app is what is left for a Mac: those with Apple's processors run them.
    """
    if device.family == "macos" and not device.phone:
        for_mac = _look_up(fetch, store, store.country, entity="desktopSoftware")
        return for_mac or _look_up(fetch, store, store.country) or "gone"
    found = _look_up(fetch, store, store.country)
    if found is None:
        other = "jp" if store.country.lower() == "us" else "us"
        return "gone" if _look_up(fetch, store, other) is None else "other_country"
    return "other_device" if found.platform == "macos" else found


def _look_up(fetch: Fetch, store: AppStore, country: str, **more: str) -> StoreVersion | None:
    base = (store.base_url or BASE_URL).rstrip("/")
    body = fetch(f"{base}/lookup?{urlencode({'id': store.id, 'country': country, **more})}")
    return None if body is None else read(body, store.id)


def read(body: bytes, app_id: int) -> StoreVersion | None:
    """None if the app is not in this country's store."""
    results = mapping(json_of(body)).get("results")
    if not isinstance(results, list):
        raise NotTold("other_form", "no results")
    records = [each for each in mappings(results) if each.get("trackId") == app_id]
    if not records:
        return None
    app = next((each for each in records if each.get("kind") in APPS), None)
    if app is None:
        raise NotTold("other_form", "no app")
    return StoreVersion(
        version=version_of(app.get("version")),
        platform="macos" if app["kind"] == MAC else "ios",
        released=instant(app.get("currentVersionReleaseDate")),
        minimum_os=os_version(app.get("minimumOsVersion")),
        url=page(app.get("trackViewUrl")),
        notes=notes_of(app.get("releaseNotes")),
    )
