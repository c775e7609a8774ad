"""Reads a TOML file that a person wrote: regular, bounded, UTF-8."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from msgspec import Struct

from diag.file_error import FileError

LIMIT = 1 << 20
"""Largest file that is read (1 MiB)."""

_POSITION = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)
"""How tomllib ends its messages."""


_DEEP_KEY = re.compile(r"""(?:(?:(?<![\w-])[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){64}""")
"""A dotted key of more parts than any has: tomllib's time grows with the square of them."""


class TomlFile(Struct, frozen=True):
    """A file's tables, and its bytes for whoever names it by its hash."""

    data: bytes
    tables: dict[str, Any]


def read_toml(path: Path, source: str, error: type[FileError]) -> TomlFile:
    """Raises `error`, which calls the file `source`, if it cannot be read or is no TOML."""
    data = _bytes_of(path, source, error)
    return TomlFile(data, _tables_of(_text_of(data, source, error), source, error))


def _bytes_of(path: Path, source: str, error: type[FileError]) -> bytes:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            code = "is_directory" if stat.S_ISDIR(mode) else "not_regular"
            raise error.whole(source, code)
        # O_NONBLOCK: should it be a pipe by now, opening must not wait for its other end.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(path, flags), "rb") as stream:
            data = stream.read(LIMIT + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise error.whole(source, "no_file") from None
    except PermissionError:
        raise error.whole(source, "not_permitted") from None
    except (OSError, ValueError) as failure:  # ValueError: a NUL in the path
        reason = getattr(failure, "strerror", None) or str(failure)
        raise error.whole(source, "unreadable", reason=reason.lower()) from failure
    if len(data) > LIMIT:
        raise error.whole(source, "too_large")
    return data


def _text_of(data: bytes, source: str, error: type[FileError]) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise error.whole(source, "utf16")
    if b"\0" in data:
        raise error.whole(source, "binary")
    try:
        return data.decode("utf-8-sig")  # editors on Windows begin UTF-8 with a mark
    except UnicodeDecodeError as failure:
        line = data.count(b"\n", 0, failure.start) + 1
        raise error.whole(source, "not_utf8", line=line) from None


def _tables_of(text: str, source: str, error: type[FileError]) -> dict[str, Any]:
    if _DEEP_KEY.search(text):
        raise error.whole(source, "deep_key")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise error.whole(source, "too_deep") from None
    except ValueError as failure:
        found = _POSITION.fullmatch(str(failure))
        if found is None:  # not about TOML's grammar: a date or a number that cannot be
            raise error.whole(source, "syntax", line=None, reason=str(failure)) from None
        line = int(found[2]) if found[2] else text.count("\n") + 1
        raise error.whole(source, "syntax", line=line, reason=found[1]) from None
