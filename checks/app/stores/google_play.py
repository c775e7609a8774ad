"""Google Play, as well as that can be: there is no interface for programs.

The app's page holds what it shows as data: arrays in which field n stands at place n-1, or, from
some place on, under "n" in a mapping at the array's end (protobuf as JSON). Field numbers are the
same in either, whatever the country. Many apps have no one version: it varies with the device.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from checks.app.stores.asking import Device, Fetch
from checks.app.stores.normal import Absence, StoreVersion
from checks.app.stores.reading import (
    NotTold,
    json_of,
    notes_of,
    os_version,
    since_1970,
    version_of,
)
from diag.app_profile import GooglePlay

BASE_URL = "https://play.google.com"
PAGE_LIMIT = 4 << 20
"""Bytes: pages have some 1.1 million."""

START = re.compile(r"AF_initDataCallback\(\{key: '[^']{1,20}', hash: '[^']{0,40}', data:")
END = ", sideChannel: {}});</script>"
"""Around each of the page's pieces of data."""

PACKAGE, VERSION, NOTES, UPDATED = 78, 141, 145, 146


def ask(fetch: Fetch, store: GooglePlay, _: Device) -> StoreVersion | Absence:
    """In English, so that words in place of a version are known; which country's store answers is
    told by the address that asks, as it is for the phone."""
    page = f"/store/apps/details?{urlencode({'id': store.package})}"
    base = (store.base_url or BASE_URL).rstrip("/")
    body = fetch(f"{base}{page}&hl=en", accept="text/html", limit=PAGE_LIMIT, html=True)
    return "gone" if body is None else read(body, store.package, BASE_URL + page)


def read(body: bytes, package: str, url: str) -> StoreVersion:
    for app in _apps(body.decode("utf-8", "replace"), package):
        return StoreVersion(
            version=version_of(_at(_field(app, VERSION), 0, 0, 0) or "Varies with device"),
            platform="android",
            released=since_1970(_at(_field(app, UPDATED), 0, 1, 0)),
            minimum_os=os_version(_at(_field(app, VERSION), 1, 1, 0, 0, 1)),
            url=url,
            notes=notes_of(_at(_field(app, NOTES), 1, 1)),
        )
    raise NotTold("other_form", "no data of the app")


def _apps(page: str, package: str) -> Iterator[list[Any]]:
    """The data of this very app; the page also holds those of similar ones."""
    for block in _blocks(page):
        if f'"{package}"' in block:
            try:
                app = _at(json_of(block), 1, 2)
            except NotTold:
                continue
            if isinstance(app, list) and _at(_field(app, PACKAGE), 0) == package:
                yield app


def _blocks(page: str) -> Iterator[str]:
    place = 0
    while (start := START.search(page, place)) and (end := page.find(END, start.end())) != -1:
        yield page[start.end() : end]
        place = end


def _field(message: list[Any], number: int) -> Any:
    end = message[-1] if message else None
    if isinstance(end, dict) and str(number) in end:
        return end[str(number)]
    return _at(message, number - 1)


def _at(value: Any, *places: int) -> Any:
    """None if there is no such place."""
    for place in places:
        if not isinstance(value, list) or place >= len(value):
            return None
        value = value[place]
    return value
