"""Reading the small files of browsers: whole or not at all, and only what is asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from checks.property_list import parse_plist
from diag.host import Host
from diag.model import Failed

if TYPE_CHECKING:
    from configparser import ConfigParser

T = TypeVar("T")

LARGEST = 16 << 20
"""Bytes of the largest file that is read. Preferences of many years reach a few MiB."""
SMALL = 1 << 20


def whole(host: Host, path: str, limit: int = LARGEST) -> bytes | None:
    """A file, None if there is none. Raises Failed: denied, unparsable if it is larger."""
    try:
        data = host.read(path, limit + 1)
    except Failed as failed:
        if failed.failure.code == "tool_missing":
            return None
        raise
    if len(data) > limit:
        raise Failed("unparsable", "read the browser's settings", "too large")
    return data


def json_of(host: Host, path: str, shape: type[T]) -> T | None:
    """A JSON file, None if there is none; what the shape does not name is skipped unread."""
    data = whole(host, path)
    if data is None:
        return None
    try:
        return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Failed("unparsable", "read the browser's settings", type(error).__name__) from None


def plist_of(host: Host, path: str) -> dict[str, Any] | None:
    """A property list, binary or XML; None if there is none."""
    data = whole(host, path)
    return None if data is None else parse_plist(data)


def read_ini(host: Host, path: str) -> ConfigParser | None:
    """An INI file with names as they are written, None if there is none. Raises Failed."""
    import configparser

    data = whole(host, path, SMALL)
    if data is None:
        return None
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    try:
        parser.read_string(data.decode("utf-8-sig", errors="replace"))
    except configparser.Error as error:
        raise Failed("unparsable", "read an INI file", type(error).__name__) from None
    return parser
