"""Reading the small files of browsers: whole or not at all, and only what is asked of them."""

from __future__ import annotations

import plistlib
from typing import Any, TypeVar

import msgspec

from diag.host import Host
from diag.model import Failed

T = TypeVar("T")

LARGEST = 16 << 20
"""Bytes of the largest file that is read. Preferences of many years reach a few MiB."""


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
    return None if data is None else plist(data)


def plist(data: bytes) -> dict[str, Any]:
    """Raises Failed(unparsable). plistlib raises whatever it stumbles over."""
    try:
        held = plistlib.loads(data)
    except Exception as error:
        raise Failed("unparsable", "read a property list", type(error).__name__) from None
    if not isinstance(held, dict):
        raise Failed("unparsable", "read a property list", "no dictionary")
    return held
