"""Apple's App Store, by the iTunes lookup service (iPhone, iPad and Mac apps)."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from checks.app.stores.normal import NOTES_LIMIT, Fetch, StoreVersion, instant, page, text
from diag.app_profile import AppStore
from diag.model import Failed

BASE_URL = "https://itunes.apple.com"


def ask(fetch: Fetch, store: AppStore) -> StoreVersion | None:
    base = (store.base_url or BASE_URL).rstrip("/")
    query = urlencode({"id": store.id, "country": store.country})
    body = fetch(f"{base}/lookup?{query}")
    return None if body is None else read(body, store.id)


def read(body: bytes, app_id: int) -> StoreVersion | None:
    """None if the app is not in this country's store (the service says 200 and no results).

    The body is JSON, though named text/javascript and preceded by blank lines.
    """
    try:
        results = json.loads(body)["results"]
        app = next((each for each in results if each.get("trackId") == app_id), None)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Failed("unparsable", "read the App Store's answer", type(error).__name__) from None
    if app is None:
        return None
    version = text(app.get("version"))
    if version is None:
        raise Failed("unparsable", "read the App Store's answer", "no version")
    return StoreVersion(
        version=version,
        platform="macos" if app.get("kind") == "mac-software" else "ios",
        released=instant(app.get("currentVersionReleaseDate")),
        minimum_os=text(app.get("minimumOsVersion")),
        url=page(app.get("trackViewUrl")),
        notes=text(app.get("releaseNotes"), NOTES_LIMIT),
    )
