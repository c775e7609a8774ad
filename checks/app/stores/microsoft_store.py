"""The Microsoft Store, by the catalogues that its own app and winget ask (undocumented).

Packaged apps are in the display catalogue; other programs, whose product ids begin with XP, in
winget's source for the Store.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from msgspec import Struct

from checks.app.stores.asking import Device, Fetch
from checks.app.stores.normal import OLDER_LIMIT, Absence, OlderVersion, StoreVersion
from checks.app.stores.reading import (
    NotTold,
    json_of,
    mapping,
    mappings,
    newest,
    text,
    texts,
    version_of,
)
from diag.app_profile import MicrosoftStore

CATALOGUE = "https://displaycatalog.mp.microsoft.com"
WINGET_SOURCE = "https://storeedgefd.dsx.mp.microsoft.com"
PAGE = "https://apps.microsoft.com/detail/"
LANGUAGES = "en-us,en,neutral"
"""`neutral` finds what is in none of the others."""

DESKTOP = ("Windows.Desktop", "Windows.Universal")
"""What a package for PCs is for; others are for consoles and phones."""

RUNS = {"x64": ("x64", "x86"), "arm64": ("arm64", "x64", "x86", "arm"), "x86": ("x86",)}
"""What a processor runs, its own first; ARM PCs emulate the others."""

FULL_NAME = re.compile(r"[^_]+_([0-9]{1,5}(?:\.[0-9]{1,5}){3})_([^_]*)_[^_]*_[^_]+")
"""Of a package: name, version, architecture, resources, publisher."""


class Package(Struct, frozen=True):
    """A package for PCs, as it will be installed."""

    version: tuple[int, ...]
    minimum_os: tuple[int, ...]
    rank: int
    """How well it fits this processor; the lowest fits best."""


def ask(fetch: Fetch, store: MicrosoftStore, device: Device) -> StoreVersion | Absence:
    if store.product_id.upper().startswith("XP"):
        return _ask_winget_source(fetch, store)
    found = _look_up(fetch, store, store.country, device)
    if found is None:
        other = "jp" if store.country.lower() == "us" else "us"
        return "gone" if _look_up(fetch, store, other, device) is None else "other_country"
    return found


def _look_up(
    fetch: Fetch, store: MicrosoftStore, country: str, device: Device
) -> StoreVersion | Absence | None:
    base = (store.base_url or CATALOGUE).rstrip("/")
    query = urlencode(
        {"bigIds": store.product_id, "market": country.upper(), "languages": LANGUAGES}
    )
    body = fetch(f"{base}/v7.0/products?{query}")
    return None if body is None else read(body, store.product_id, device.arch)


def _ask_winget_source(fetch: Fetch, store: MicrosoftStore) -> StoreVersion | Absence:
    base = (store.base_url or WINGET_SOURCE).rstrip("/")
    product = quote(store.product_id, safe="")
    body = fetch(f"{base}/v9.0/packageManifests/{product}?Market={store.country.upper()}")
    if body is None:
        return "gone"
    data = mapping(mapping(json_of(body)).get("Data"))
    if str(data.get("PackageIdentifier")).upper() != store.product_id.upper():
        return "gone"
    versions = [version_of(each.get("PackageVersion")) for each in mappings(data.get("Versions"))]
    best = newest(versions, str)
    if best is None:
        raise NotTold("no_version")
    return StoreVersion(version=best, platform="windows", url=PAGE + product)


def read(body: bytes, product_id: str, arch: str) -> StoreVersion | Absence | None:
    """None if this market's store does not have the product."""
    products = mapping(json_of(body)).get("Products")
    if not isinstance(products, list):
        raise NotTold("other_form", "no products")
    wanted = product_id.upper()
    known = [each for each in mappings(products) if str(each.get("ProductId")).upper() == wanted]
    if not known:
        return None
    return _offered(known[0], product_id, arch)


def _offered(product: dict[str, Any], product_id: str, arch: str) -> StoreVersion | Absence:
    packages = list(_packages(product, arch))
    if not packages:
        return "other_device"
    fitting = min(package.rank for package in packages)
    known = [each for each in packages if each.rank == fitting and any(each.version)]
    if not known:
        raise NotTold("no_version")
    best = max(known, key=lambda each: each.version)
    older = sorted(
        {
            (each.version, each.minimum_os)
            for each in known
            if each.version < best.version and each.minimum_os < best.minimum_os
        },
        reverse=True,
    )
    return StoreVersion(
        version=_dotted(best.version),
        platform="windows",
        minimum_os=_dotted(best.minimum_os),
        older=tuple(
            OlderVersion(version=_dotted(version), minimum_os=_dotted(minimum))
            for version, minimum in older[:OLDER_LIMIT]
        ),
        url=PAGE + quote(product_id, safe=""),
    )


def _packages(product: dict[str, Any], arch: str) -> Iterator[Package]:
    """Those for PCs with this processor."""
    for availability in mappings(product.get("DisplaySkuAvailabilities")):
        sku = availability.get("Sku")
        properties = sku.get("Properties") if isinstance(sku, dict) else None
        offered = properties.get("Packages") if isinstance(properties, dict) else None
        for package in mappings(offered):
            minimums = [
                _unpacked(each.get("MinVersion"))
                for each in mappings(package.get("PlatformDependencies"))
                if each.get("PlatformName") in DESKTOP
            ]
            rank = _rank([each.lower() for each in texts(package.get("Architectures"))], arch)
            if minimums and rank is not None:
                yield Package(_version(package, arch), min(minimums), rank)


def _rank(architectures: list[str], arch: str) -> int | None:
    if "neutral" in architectures:
        return 0
    runs = RUNS.get(arch, (arch,))
    return next((rank for rank, each in enumerate(runs) if each in architectures), None)


def _version(package: dict[str, Any], arch: str) -> tuple[int, ...]:
    """The version that is installed: a bundle's own may be another one."""
    names = [FULL_NAME.fullmatch(name) for name in _bundled(package)]
    inside = {name[2].lower(): name[1] for name in names if name}
    for each in (*RUNS.get(arch, (arch,)), "neutral"):
        if each in inside:
            return _numbers(inside[each])
    whole = FULL_NAME.fullmatch(text(package.get("PackageFullName")) or "")
    return _numbers(whole[1]) if whole else _unpacked(package.get("Version"))


def _bundled(package: dict[str, Any]) -> list[str]:
    blob = package.get("PlatformDependencyXmlBlob")
    try:
        return texts(mapping(json_of(str(blob))).get("content.bundledPackages"))
    except NotTold:
        return []


def _unpacked(packed: Any) -> tuple[int, ...]:
    """Four numbers of 16 bits in one of 64, written as a number or as a text."""
    try:
        number = int(packed)
    except (ValueError, TypeError):
        return (0, 0, 0, 0)
    return tuple(number >> shift & 0xFFFF for shift in (48, 32, 16, 0))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
