"""Property lists, which macOS keeps its settings in: read here, without a tool."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from diag.host import Host
from diag.model import Failed

WORDS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def read_plist(host: Host, path: str) -> dict[str, Any]:
    """Raises Failed: tool_missing (no such file), denied, unparsable."""
    return parse_plist(host.read(path))


def parse_plist(data: bytes) -> dict[str, Any]:
    """Binary or XML. Raises Failed(unparsable)."""
    import plistlib

    try:
        held = plistlib.loads(data)
    except Exception as error:  # plistlib lets through whatever broken data makes its parts raise
        raise Failed("unparsable", "read a property list", type(error).__name__) from None
    if not isinstance(held, dict):
        raise Failed("unparsable", "read a property list", "no dictionary")
    return held


def plist_or_nothing(host: Host, path: str) -> dict[str, Any]:
    try:
        return read_plist(host, path)
    except Failed:
        return {}


def text(held: dict[str, Any], name: str) -> str:
    value = held.get(name)
    return value.strip() if isinstance(value, str) else ""


def instant(held: dict[str, Any], name: str) -> datetime | None:
    """Property lists hold instants in UTC."""
    value = held.get(name)
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else None


def flag(held: dict[str, Any], name: str) -> bool | None:
    """`defaults write` of a number is as good as of a boolean, and so is a word for one
    (UserDefaults, bool(forKey:)).
    """
    value = held.get(name)
    if isinstance(value, str):
        return WORDS.get(value.strip().lower())
    return bool(value) if isinstance(value, bool | int) else None
