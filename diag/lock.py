"""One at a time: a lock file that says who holds it and since when.

The operating system frees the lock when its holder ends, however it ends (flock(2), LockFile), so
a file left behind never blocks. A holder that is alive but stuck loses it after `STUCK_AFTER_S`.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

STUCK_AFTER_S = 900.0
"""Three times the longest deadline of a run."""

PAUSE_S = 0.1
OWNER_LIMIT = 4096
_FIRST_LOCKED_BYTE = 1 << 30
"""On Windows locked bytes cannot be read by others, so one far behind the owner's name is locked
(LockFile allows that)."""


class Owner(Struct, frozen=True):
    """Who holds the lock: process and wall clock (seconds since 1970)."""

    pid: int
    since: float


class Busy(Exception):
    """Somebody else holds the lock, and still did when waiting was over."""

    def __init__(self, pid: int, age_s: float) -> None:
        super().__init__(f"process {pid} has held the lock for {age_s:.0f} s")
        self.pid = pid
        self.age_s = age_s


@contextlib.contextmanager
def holding(path: Path, wait_s: float, stuck_after_s: float = STUCK_AFTER_S) -> Iterator[None]:
    """Hold the lock. Raises Busy after waiting that long, OSError if the file cannot be made."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = _acquire(path, wait_s, stuck_after_s)
    try:
        yield
    finally:
        os.close(descriptor)


def _acquire(path: Path, wait_s: float, stuck_after_s: float) -> int:
    until = time.monotonic() + wait_s
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            if _lock(descriptor) and _is_still(path, descriptor):
                _sign(descriptor)
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        owner = _owner(descriptor)
        os.close(descriptor)
        age_s = max(0.0, time.time() - owner.since)
        if owner.since and age_s > stuck_after_s:
            with contextlib.suppress(OSError):  # Windows does not let go of an open file
                path.unlink()
                continue
        if time.monotonic() >= until:
            raise Busy(owner.pid, age_s)
        time.sleep(PAUSE_S)


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether the locked file is the one that others will find there."""
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    ours = os.fstat(descriptor)
    return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)


def _sign(descriptor: int) -> None:
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, msgspec.json.encode(Owner(os.getpid(), time.time())))


def _owner(descriptor: int) -> Owner:
    try:
        os.lseek(descriptor, 0, os.SEEK_SET)
        return msgspec.json.decode(os.read(descriptor, OWNER_LIMIT), type=Owner)
    except (OSError, msgspec.DecodeError):
        return Owner(0, 0.0)  # it is signing right now


def _lock(descriptor: int) -> bool:
    """Take the lock if it is free. The system frees it when its owner ends, however that is."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, _FIRST_LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
