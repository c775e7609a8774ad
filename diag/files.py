"""Files that `diag` writes: whole or not at all, and readable by their owner only."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path

PRIVATE = 0o600
PUBLIC = 0o644


class NotWritten(Exception):
    """A file could not be written; the message says which and why, in plain words."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


def write_whole(path: Path, data: bytes, mode: int = PRIVATE) -> None:
    """Write beside the target, sync, then put in its place; the old file stays until then.

    Replaces regular files only: a device, a pipe or a link is refused (`/dev/null` too). Raises
    NotWritten, and leaves no temporary file behind.
    """
    try:
        existing = os.lstat(path)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise NotWritten(path, _reason(error)) from error
    else:
        if not stat.S_ISREG(existing.st_mode):
            raise NotWritten(path, "is not a regular file; choose another name")
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        _write_new(temporary, data, mode)
        temporary.replace(path)
        _sync_directory(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise NotWritten(path, _reason(error)) from error


def add_line(path: Path, line: bytes) -> None:
    """Add a line to a file, which is made if it is not there (mode 0600).

    Lines of several writers do not mix (POSIX, O_APPEND: one write), and half a line is taken back.
    Regular files only. Raises NotWritten.
    """
    try:
        descriptor, made = _open_to_add(path)
    except OSError as error:
        raise NotWritten(path, _reason(error)) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NotWritten(path, "is not a regular file; choose another name")
        _write_or_take_back(descriptor, line)
    except OSError as error:
        if made and os.fstat(descriptor).st_size == 0:
            with contextlib.suppress(OSError):
                path.unlink()
        raise NotWritten(path, _reason(error)) from error
    finally:
        os.close(descriptor)


def _open_to_add(path: Path) -> tuple[int, bool]:
    """The file's descriptor, and whether the file was made for it."""
    flags = os.O_WRONLY | os.O_APPEND
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        return os.open(path, flags), False
    except FileNotFoundError:
        pass
    try:
        return os.open(path, flags | os.O_CREAT | os.O_EXCL, PRIVATE), True
    except FileExistsError:  # another writer was faster, or it is a link to nowhere
        return os.open(path, flags), False


def _write_or_take_back(descriptor: int, line: bytes) -> None:
    """One write and a sync. Raises OSError, with nothing of the line left in the file."""
    written = os.write(descriptor, line)
    end = os.lseek(descriptor, 0, os.SEEK_CUR)
    try:
        if written < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(descriptor)
    except OSError:
        if os.fstat(descriptor).st_size == end:  # nobody has added another line since
            os.ftruncate(descriptor, end - written)
        raise


def _write_new(path: Path, data: bytes, mode: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0), mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
        if hasattr(os, "fchmod"):
            os.fchmod(stream.fileno(), mode)


def _sync_directory(directory: Path) -> None:
    """So that the new name survives a power cut; not every file system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
