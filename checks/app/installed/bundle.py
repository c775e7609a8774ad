"""A bundle of macOS: what its property lists say.

`Contents/Info.plist` of a Mac app ("Bundle Structures", developer.apple.com). An app made for the
iPhone or iPad is wrapped: `Wrapper/Name.app/Info.plist`, to which `WrappedBundle` leads, and
`Wrapper/iTunesMetadata.plist`, as the App Store wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checks.app.installed import InstalledCopy
from checks.app.installed.strings import first_line
from checks.property_list import parse_plist
from diag.host import Host
from diag.model import Failed

PLIST_LIMIT = 1 << 20


def read_bundle(host: Host, path: str, ids: tuple[str, ...]) -> InstalledCopy | None:
    """The app, if its identifier is one of these; None for another one or for no app.

    One that names it in a list that cannot be read any further is there, of unknown version.
    """
    info = _plist(host, f"{path}/Contents/Info.plist", ids)
    if info is not None and _is_one(info, "CFBundleIdentifier", ids):
        return _mac_app(host, path, info)
    info = _plist(host, f"{path}/WrappedBundle/Info.plist", ids)
    if info is not None and _is_one(info, "CFBundleIdentifier", ids):
        return _copy(path, info, ios=True)
    bought = _plist(host, f"{path}/Wrapper/iTunesMetadata.plist", ids)
    if bought is None or not _is_one(bought, "softwareVersionBundleId", ids):
        return None
    version = first_line(bought.get("bundleShortVersionString"))
    return InstalledCopy(
        version=version,
        maker_version=version,
        build=first_line(bought.get("bundleVersion")),
        path=path,
        channel="app_store",
        ios=True,
    )


def _mac_app(host: Host, path: str, info: Mapping[str, Any]) -> InstalledCopy:
    """What the App Store installed carries its receipt."""
    receipt = host.stat(f"{path}/Contents/_MASReceipt/receipt")
    return _copy(path, info, ios=False, from_store=receipt is not None)


def _copy(
    path: str, info: Mapping[str, Any], *, ios: bool, from_store: bool = True
) -> InstalledCopy:
    build = first_line(info.get("CFBundleVersion"))
    version = first_line(info.get("CFBundleShortVersionString")) or build
    return InstalledCopy(
        version=version,
        maker_version=version,
        build=build,
        path=path,
        channel="app_store" if from_store else None,
        ios=ios,
    )


def _is_one(info: Mapping[str, Any], key: str, ids: tuple[str, ...]) -> bool:
    """Identifiers are compared without regard to case, as Launch Services does."""
    if not info:  # it names one of them, and is broken
        return True
    value = info.get(key)
    return isinstance(value, str) and value.casefold() in {each.casefold() for each in ids}


def _plist(host: Host, path: str, ids: tuple[str, ...]) -> Mapping[str, Any] | None:
    """A property list, XML or binary. None if there is none or it names none of these: to parse
    those of every other app would take long. Empty if it is broken."""
    try:
        data = host.read(path, PLIST_LIMIT)
    except Failed:
        return None
    folded = data.lower()
    if not any(each.lower().encode() in folded for each in ids):
        return None
    try:
        return parse_plist(data)
    except Failed:
        return {}
