"""From a report to what a person or a program reads. Pure, but for writing to a terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diag.report import Report


def _text(report: Report) -> bytes:
    from diag.render.terminal import render

    return render(report).encode()


def _json(report: Report) -> bytes:
    import msgspec

    from diag.render.safe import safe_json

    return safe_json(msgspec.json.format(msgspec.json.encode(report), indent=2)) + b"\n"


def _jsonl(report: Report) -> bytes:
    import msgspec

    from diag.render.safe import safe_json

    return safe_json(msgspec.json.encode(report)) + b"\n"


def _prometheus(report: Report) -> bytes:
    from diag.render.prometheus import render

    return render(report).encode()


def _nagios(report: Report) -> bytes:
    from diag.render.nagios import render

    return render(report).encode()


RENDERERS: dict[str, Callable[[Report], bytes]] = {
    "text": _text,
    "json": _json,
    "jsonl": _jsonl,
    "prometheus": _prometheus,
    "nagios": _nagios,
}
"""Format to renderer: the report as the bytes of a file (UTF-8)."""

SUFFIXES = {".txt": "text", ".json": "json", ".jsonl": "jsonl", ".prom": "prometheus"}
"""Which format a file's name asks for."""

ADDED = frozenset({"jsonl"})
"""Formats of which a file holds many reports: the new one is added at its end."""

PUBLIC = frozenset({"prometheus"})
"""Formats that other users' programs have to read: the file's mode is 0644."""
