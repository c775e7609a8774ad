"""Sparkle's appcast (macOS), which WinSparkle reads too: RSS 2.0 with elements of its own.

Items come in any order; the namespace counts, not its prefix. `version` is the build by which
Sparkle compares, `shortVersionString` what people see. Phased releases reach one of seven groups
of users after each interval; critical ones and a search by hand are not held back.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cmp_to_key
from typing import TYPE_CHECKING

from msgspec import Struct

from checks.app.stores.asking import APPLE_ONLY, Device, Fetch, elsewhere
from checks.app.stores.normal import (
    OLDER_LIMIT,
    Absence,
    OlderVersion,
    Platform,
    StoreVersion,
)
from checks.app.stores.reading import (
    NotTold,
    instant,
    is_version,
    newest,
    notes_of,
    os_version,
    page,
    version_of,
    xml_of,
)
from checks.app.versions import compare
from diag.app_profile import Sparkle

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAMESPACE = "{http://www.andymatuschak.org/xml-namespaces/sparkle}"
APPCAST_LIMIT = 4 << 20
"""Bytes: some hold every version there ever was, with its notes."""
GROUPS = 7

PLATFORMS: dict[str, Platform] = {"windows": "windows", "macos": "macos", "linux": "linux"}

UNNAMED = {
    "windows": (".exe", ".msi", ".msix", ".msixbundle", ".appinstaller"),
    "linux": (".appimage", ".deb", ".rpm", ".flatpak", ".snap", ".tar.gz", ".tar.xz"),
}
"""How files end that are for a system although `sparkle:os` does not say so: without it, Sparkle
takes them as macOS's."""


class Item(Struct, frozen=True):
    """A version that an appcast offers to this system."""

    build: str
    shown: str
    channel: str
    released: datetime | None
    minimum_os: str | None
    maximum_os: str | None
    interval_s: int
    link: str | None
    description: str | None


def ask(fetch: Fetch, store: Sparkle, device: Device) -> StoreVersion | Absence:
    url = elsewhere(store.url, store.base_url)
    body = fetch(url, accept="application/rss+xml, application/xml, */*", limit=APPCAST_LIMIT)
    return "gone" if body is None else read(body, device)


def read(body: bytes, device: Device) -> StoreVersion | Absence:
    root = xml_of(body)
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        raise NotTold("other_form", "no RSS")
    entries = channel.findall("item")
    if not entries:
        raise NotTold("no_version")
    offered = [entry for entry in entries if _is_offered(entry, device)]
    if not offered:
        return "other_device"
    items = [item for entry in offered if (item := _item(entry, device)) is not None]
    if not items:
        raise NotTold("no_version")
    default = [item for item in items if not item.channel]
    if not default:
        return "prerelease_only"
    current = [item for item in default if item.maximum_os is None] or default
    best = newest(current, lambda item: item.build) or current[0]
    return StoreVersion(
        version=version_of(best.shown),
        build=version_of(best.build),
        platform=PLATFORMS.get(device.family, "any"),
        released=best.released,
        minimum_os=best.minimum_os,
        maximum_os=best.maximum_os,
        older=_older(default, best),
        channel="default",
        prerelease=_ahead(items, best),
        staged_until=_staged_until(best),
        url=best.link or page(channel.findtext("link")),
        notes=notes_of(best.description),
    )


def _is_offered(entry: Element, device: Device) -> bool:
    """Whether there is a file for this system and processor, or, as on macOS, only a page."""
    only_told_of = entry.find("enclosure") is None and device.family == "macos"
    return (only_told_of or _file(entry, device) is not None) and _runs(entry, device)


def _file(entry: Element, device: Device) -> Element | None:
    """What starts from an older version (a delta) is no version by itself."""
    files = (each for each in entry.findall("enclosure") if not each.get(f"{NAMESPACE}deltaFrom"))
    return next((each for each in files if _is_for(each, device.family)), None)


def _item(entry: Element, device: Device) -> Item | None:
    """None if it names no version."""
    file = _file(entry, device)
    build = _value(entry, file, "version")
    shown = _value(entry, file, "shortVersionString") or build
    if not (is_version(build) and is_version(shown)):
        return None
    return Item(
        build=build,
        shown=shown,
        channel=_value(entry, None, "channel"),
        released=instant(entry.findtext("pubDate")),
        minimum_os=os_version(_value(entry, file, "minimumSystemVersion")),
        maximum_os=os_version(_value(entry, file, "maximumSystemVersion")),
        interval_s=_interval_s(entry),
        link=page((entry.findtext("link") or "").strip()),
        description=entry.findtext("description"),
    )


def _is_for(enclosure: Element, family: str) -> bool:
    named = (enclosure.get(f"{NAMESPACE}os") or "").strip().lower()
    if named:  # windows-x64 and the like are WinSparkle's
        return named == family or named.startswith(f"{family}-")
    if family == "macos":
        return True
    file = (enclosure.get("url") or "").partition("?")[0].lower()
    return file.endswith(UNNAMED.get(family, ()))


def _value(entry: Element, enclosure: Element | None, name: str) -> str:
    """Of the item's element, or of the enclosure's attribute as older appcasts have it."""
    inside = (entry.findtext(f"{NAMESPACE}{name}") or "").strip()
    beside = enclosure.get(f"{NAMESPACE}{name}") if enclosure is not None else None
    return inside or (beside or "").strip()


def _runs(entry: Element, device: Device) -> bool:
    """Whether this processor is enough. Sparkle knows one requirement, and that no Mac of Intel's
    runs what needs macOS 27 (2.9, `isArm64HardwareRequirementOK`)."""
    if device.arch == "arm64":
        return True
    required = _value(entry, None, "hardwareRequirements").lower().replace(" ", "").split(",")
    minimum = os_version(_value(entry, _file(entry, device), "minimumSystemVersion"))
    needs_apple = device.family == "macos" and compare(minimum or "0", APPLE_ONLY) != -1
    return "arm64" not in required and not needs_apple


def _interval_s(entry: Element) -> int:
    """0 where everybody is served at once."""
    critical = f"{NAMESPACE}criticalUpdate"
    if entry.find(critical) is not None or entry.find(f"{NAMESPACE}tags/{critical}") is not None:
        return 0
    interval = _value(entry, None, "phasedRolloutInterval")
    return int(interval) if interval.isascii() and interval.isdecimal() else 0


def _staged_until(item: Item) -> datetime | None:
    """When the last group is served: the first one is at once."""
    if item.released is None or not item.interval_s:
        return None
    try:
        return item.released + timedelta(seconds=item.interval_s * (GROUPS - 1))
    except OverflowError:
        return None


def _older(items: list[Item], best: Item) -> tuple[OlderVersion, ...]:
    """The newest for each older system: those with a lower minimum, or with a maximum at all."""
    kept: list[Item] = []
    lowest = best.minimum_os
    for item in sorted(items, key=cmp_to_key(_order), reverse=True):
        if item is best:
            continue
        if item.maximum_os is not None:
            kept.append(item)
        elif lowest is not None and compare(item.minimum_os or "0", lowest) == -1:
            kept.append(item)
            lowest = item.minimum_os
    return tuple(
        OlderVersion(
            version=version_of(item.shown),
            build=version_of(item.build),
            minimum_os=item.minimum_os,
            maximum_os=item.maximum_os,
        )
        for item in kept[:OLDER_LIMIT]
    )


def _order(one: Item, other: Item) -> int:
    return compare(one.build, other.build) or 0


def _ahead(items: list[Item], best: Item) -> str | None:
    """The newest in the channels for testers, if it is newer."""
    tested = newest([item for item in items if item.channel], lambda item: item.build)
    if tested is None or compare(best.build, tested.build) != -1:
        return None
    return version_of(tested.shown)
