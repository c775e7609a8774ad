"""Chocolatey's community repository (Windows): OData as Atom."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from checks.app.stores.asking import Device, Fetch
from checks.app.stores.normal import Absence, StoreVersion
from checks.app.stores.reading import (
    NotTold,
    instant,
    newest,
    notes_of,
    page,
    version_of,
    xml_of,
)
from diag.app_profile import Chocolatey

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

BASE_URL = "https://community.chocolatey.org"

ATOM = "{http://www.w3.org/2005/Atom}"
DATA = "{http://schemas.microsoft.com/ado/2007/08/dataservices}"
METADATA = "{http://schemas.microsoft.com/ado/2007/08/dataservices/metadata}"

UNLISTED = 1900
"""The year in which packages were published that were withdrawn."""


def ask(fetch: Fetch, store: Chocolatey, _: Device) -> StoreVersion | Absence:
    wanted = quote("Id eq '{}' and IsLatestVersion".format(store.id.replace("'", "''")))
    base = (store.base_url or BASE_URL).rstrip("/")
    body = fetch(f"{base}/api/v2/Packages()?$filter={wanted}", accept="application/atom+xml")
    return "gone" if body is None else read(body, store.id)


def read(body: bytes, package: str) -> StoreVersion | Absence:
    root = xml_of(body)
    if root.tag != f"{ATOM}feed":
        raise NotTold("other_form", "no feed")
    listed = [
        properties
        for entry in root.iter(f"{ATOM}entry")
        if (entry.findtext(f"{ATOM}title") or "").strip().casefold() == package.casefold()
        and (properties := _properties(entry)) is not None
        and _is_offered(properties)
    ]
    best = newest(listed, lambda each: _value(each, "Version"))
    if best is None:
        return "gone"
    if _value(best, "IsPrerelease") == "true":
        return "prerelease_only"
    return StoreVersion(
        version=version_of(_value(best, "Version")),
        platform="windows",
        released=instant(_value(best, "Published")),
        url=page(_value(best, "GalleryDetailsUrl")),
        notes=notes_of(_value(best, "ReleaseNotes")),
    )


def _properties(entry: Element) -> Element | None:
    """Beside the content where that is a file, within it where it is not (OData 2)."""
    path = f"{METADATA}properties"
    found = entry.find(path)
    return found if found is not None else entry.find(f"{ATOM}content/{path}")


def _is_offered(properties: Element) -> bool:
    published = instant(_value(properties, "Published"))
    withdrawn = published is not None and published.year <= UNLISTED
    return not withdrawn and _value(properties, "IsApproved") != "false"


def _value(properties: Element, name: str) -> str:
    return (properties.findtext(f"{DATA}{name}") or "").strip()
