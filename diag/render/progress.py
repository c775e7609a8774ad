"""Live progress on stderr while the checks run: one line, gone before the report is shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

from rich.cells import cell_len, set_cell_size

from diag.catalog import Catalog
from diag.model import Args
from diag.render.layout import NARROWEST, terminal_width, twins

EPOCH = datetime.fromtimestamp(0, UTC)


class Progress:
    """Shows which checks still run. Silent unless its stream is a terminal.

    packages: where the checks' titles are. Only a carriage return and spaces are used, which every
    terminal understands.
    """

    def __init__(
        self,
        catalog: Catalog,
        names: Sequence[str],
        stream: TextIO | None = None,
    ) -> None:
        self._stream = stream or sys.stderr
        self._shown = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._catalog = catalog
        self._all = len(names)
        self._names = frozenset(names)
        self._running: dict[str, str] = {}
        self._done = 0
        self._twins = twins(self._stream.encoding or "utf-8")
        self._drawn = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._draw("")

    def on_event(self, check: str, event: str) -> None:
        """Told by `observe` that a check has started or settled."""
        if event == "started":
            self._running[check] = self._catalog.check(check)
        else:
            self._running.pop(check, None)
            self._done += check in self._names
        if self._running:
            self._draw(self._text())

    def _text(self) -> str:
        titles = self._catalog.ui("form.between")
        between = titles if isinstance(titles, str) else titles[0]
        args: Args = {
            "done": self._done,
            "all": self._all,
            "checks": between.join(self._running.values()),
        }
        return self._catalog.format(
            self._catalog.ui("progress.running"), args, now=EPOCH, zone="UTC"
        )

    def _draw(self, text: str) -> None:
        """Draw over what was drawn; an empty text leaves an empty line with the cursor at 0."""
        if not self._shown:
            return
        room = max(NARROWEST, terminal_width(self._stream)) - 1
        text = text.translate(self._twins)
        if cell_len(text) > room:
            text = set_cell_size(text, room)
        blanks = " " * max(0, self._drawn - cell_len(text))
        self._drawn = cell_len(text)
        try:
            self._stream.write(f"\r{text}{blanks}" + ("" if text else "\r"))
            self._stream.flush()
        except (OSError, UnicodeEncodeError):  # a terminal that went away stops no diagnosis
            self._shown = False
