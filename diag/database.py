"""A small SQLite database that many processes share: WAL, migrations, damage set aside.

A process that is killed loses at most what it had not committed (SQLite, "Atomic Commit").
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

BUSY_TIMEOUT_S = 10.0
"""How long a writer waits for the others."""

CHECKED_SIZE = 8 << 20
"""A database up to this size is checked as a whole before it is written (8 MiB, some ms)."""

SCRAP = 64 << 10
"""Less room than this is none: SQLite needs 32 KiB beside the database."""

DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

Migration = Callable[[sqlite3.Connection], None]


class DatabaseError(Exception):
    """The database cannot be read or written; the message says why in plain words."""


class Damaged(DatabaseError):
    """The file is no database, or no whole one."""


@contextlib.contextmanager
def opened(path: Path, migrations: Sequence[Migration]) -> Iterator[sqlite3.Connection]:
    """The database at its newest version, made with private modes if it is not there.

    In autocommit mode: see `writing`. Raises DatabaseError.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise DatabaseError(f"{path}: {_plain(error, path)}") from error
    try:
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection, migrations, path)
        yield connection
    except sqlite3.Error as error:
        kind = Damaged if _is_damage(error) else DatabaseError
        raise kind(f"{path}: {_plain(error, path)}") from error
    finally:
        connection.close()


@contextlib.contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction that holds the only pen from its beginning, so that it never has to be redone.

    Committed on the way out, rolled back on an error.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # a full disk has rolled it back already
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Raises Damaged if the database is not whole. One that is too large is not looked through."""
    if path.stat().st_size > CHECKED_SIZE:
        return
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise Damaged(f"{path}: {' '.join(str(verdict).split())}")


def set_aside(path: Path) -> Path:
    """Move the database out of the way, whole as it is; where to. Raises DatabaseError."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    away = path.with_name(f"{path.name}.damaged-{stamp}-{os.getpid()}")
    try:
        path.rename(away)
        for suffix in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + suffix).rename(away.with_name(away.name + suffix))
    except OSError as error:
        raise DatabaseError(f"{path}: {_plain(error, path)}") from error
    return away


def _use_wal(connection: sqlite3.Connection) -> None:
    """The switch to WAL does not wait for others as everything else does: SQLite gives up at once
    when two do it together."""
    until = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _migrate(connection: sqlite3.Connection, migrations: Sequence[Migration], path: Path) -> None:
    if _version(connection) == len(migrations):
        return
    with writing(connection):
        version = _version(connection)  # another process may have been quicker
        if version > len(migrations):
            raise DatabaseError(f"{path}: written by a newer diag; update diag")
        for migration in migrations[version:]:
            migration(connection)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _is_damage(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGE


def _plain(error: Exception, path: Path) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _is_full(path)):
        return "the disk is full"
    return str(error)


def _is_full(path: Path) -> bool:
    """SQLite calls it an input or output error where its shared memory finds no room."""
    try:
        return shutil.disk_usage(path.parent).free < SCRAP
    except OSError:
        return False
