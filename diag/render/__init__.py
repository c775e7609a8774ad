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

    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


RENDERERS: dict[str, Callable[[Report], bytes]] = {"text": _text, "json": _json}
"""Format to renderer: the report as the bytes of a file (UTF-8)."""

SUFFIXES = {".txt": "text", ".json": "json"}
"""Which format a file's name asks for."""
