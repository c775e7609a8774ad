"""The newest version of a browser, as its maker publishes it.

Chrome: developer.chrome.com/docs/web-platform/versionhistory. Edge: the list behind
microsoft.com/edge/business/download. Firefox: product-details.mozilla.org, which names the version
of each slow channel (ESR) that is still served.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from checks.browser.known import Brand
from checks.browser.version import parts
from diag.model import Failed, OsFamily

Fetch = Callable[[str], bytes]
"""The body of the document at a URL. Raises Failed."""

CHROME = (
    "https://versionhistory.googleapis.com/v1/chrome/platforms/{platform}/channels/stable/versions"
    "?order_by=version%20desc&pageSize=1"
)
EDGE = "https://edgeupdates.microsoft.com/api/products?view=enterprise"
FIREFOX = "https://product-details.mozilla.org/1.0/firefox_versions.json"

CHROME_PLATFORMS: dict[OsFamily, str] = {"linux": "linux", "macos": "mac", "windows": "win64"}
EDGE_PLATFORMS: dict[OsFamily, str] = {"linux": "Linux", "macos": "MacOS", "windows": "Windows"}

SERVED: tuple[Brand, ...] = ("chrome", "edge", "firefox")


def newest(fetch: Fetch, brand: Brand, family: OsFamily, esr_major: int | None) -> str | None:
    """None if the maker no longer serves this slow channel. Raises Failed.

    esr_major: of which slow channel of Firefox; None: its fast one.
    """
    if brand == "chrome":
        url = CHROME.format(platform=CHROME_PLATFORMS.get(family, "win64"))
        return chrome(fetch(url))
    if brand == "edge":
        return edge(fetch(EDGE), EDGE_PLATFORMS.get(family, "Windows"))
    return firefox(fetch(FIREFOX), esr_major)


def chrome(body: bytes) -> str:
    versions = _get(_read(body), "versions")
    found = [_get(each, "version") for each in versions if isinstance(each, dict)]
    return _newest(found)


def edge(body: bytes, platform: str) -> str:
    """Of all architectures: they are released together."""
    products = _read(body)
    releases = [
        release
        for product in (products if isinstance(products, list) else ())
        if isinstance(product, dict) and product.get("Product") == "Stable"
        for release in (product.get("Releases") or ())
        if isinstance(release, dict) and release.get("Platform") == platform
    ]
    return _newest([each.get("ProductVersion") for each in releases])


def firefox(body: bytes, esr_major: int | None) -> str | None:
    said = _read(body)
    if esr_major is None:
        return _newest([_get(said, "LATEST_FIREFOX_VERSION")])
    served = [
        value
        for name, value in (said.items() if isinstance(said, dict) else ())
        if name.startswith("FIREFOX_ESR") and isinstance(value, str) and value
    ]
    if not served:
        raise Failed("unparsable", "read the maker's versions", "no ESR")
    same = [each for each in served if (parts(each) or (0,))[0] == esr_major]
    return _newest(same) if same else None


def _newest(found: list[Any]) -> str:
    known = [(number, each) for each in found if isinstance(each, str) and (number := parts(each))]
    if not known:
        raise Failed("unparsable", "read the maker's versions", "no version")
    return max(known)[1]


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Failed("unparsable", "read the maker's versions", type(error).__name__) from None


def _get(held: Any, name: str) -> Any:
    if not isinstance(held, dict) or name not in held:
        raise Failed("unparsable", "read the maker's versions", name)
    return held[name]
