"""What collectors may remember from run to run: a small file in the user's cache directory.

It only spares questions. It may be lost, unreadable or not writable at any time, and nothing else
changes. Written by runs that are kept in the history; `--no-save` neither reads nor writes it.
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

import msgspec

from diag.files import NotWritten, write_whole

FILE = "memory.json"
SIZE_LIMIT = 64 << 10
"""A larger file is none of ours."""
KEPT = 64
"""The oldest thing beyond this many is forgotten."""
LENGTH_LIMIT = 500
"""Characters of a key, and of a value."""


def default_path() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("diag", appauthor=False) / FILE


class FileMemory:
    """A `Memory` in a file: read at its first use, written by `save` if anything is new."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, str] | None = None
        self._new = False
        self._lock = threading.Lock()

    def recall(self, key: str) -> str | None:
        with self._lock:
            return self._read().get(key)

    def keep(self, key: str, value: str) -> None:
        if max(len(key), len(value)) > LENGTH_LIMIT:
            return
        with self._lock:
            known = self._read()
            self._new = self._new or known.get(key) != value
            known.pop(key, None)
            known[key] = value

    def forget(self, start: str) -> bool:
        """Drop what is kept under keys that begin so; whether there was anything."""
        with self._lock:
            known = self._read()
            gone = [key for key in known if key.startswith(start)]
            for key in gone:
                del known[key]
            self._new = self._new or bool(gone)
            return bool(gone)

    def save(self) -> None:
        """Write what is new; if that cannot be done, nobody misses it."""
        with self._lock:
            if not self._new:
                return
            newest = dict(list(self._read().items())[-KEPT:])
            with contextlib.suppress(NotWritten, OSError):
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_whole(self._path, msgspec.json.encode(newest))
            self._new = False

    def _read(self) -> dict[str, str]:
        if self._known is None:
            self._known = {}
            with contextlib.suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
                with self._path.open("rb") as stream:
                    data = stream.read(SIZE_LIMIT + 1)
                if len(data) <= SIZE_LIMIT:
                    self._known = msgspec.json.decode(data, type=dict[str, str])
        return self._known
