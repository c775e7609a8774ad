"""Past runs on this device, kept as they were (unredacted, readable by their owner only)."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from msgspec import Struct

FILE = "history.sqlite3"
BUSY_TIMEOUT_S = 5.0
KEPT_RUNS = 1000
"""The oldest run beyond this many is forgotten."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS run (
  id INTEGER PRIMARY KEY,
  report_id TEXT NOT NULL,
  created_at TEXT NOT NULL,
  app TEXT NOT NULL,
  verdict TEXT NOT NULL,
  report BLOB NOT NULL
) STRICT
"""


class HistoryError(Exception):
    """The history cannot be read or written; the message says why in plain words."""


class SavedRun(Struct, frozen=True):
    """One row: when, which app, where the fault was, and the report as JSON."""

    report_id: str
    created_at: datetime
    app: str
    verdict: str
    report: bytes


def default_path() -> Path:
    from platformdirs import user_state_path

    return user_state_path("diag", appauthor=False) / FILE


@contextlib.contextmanager
def _database(path: Path) -> Iterator[sqlite3.Connection]:
    """The database, made with private modes if it is not there; committed on the way out."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S)
    except (OSError, sqlite3.Error) as error:
        raise HistoryError(f"{path}: {_plain(error)}") from error
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(_SCHEMA)
        with connection:
            yield connection
    except sqlite3.Error as error:
        raise HistoryError(f"{path}: {_plain(error)}") from error
    finally:
        connection.close()


def _plain(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error)


def append(path: Path, run: SavedRun) -> None:
    """Add a run and forget the oldest beyond what is kept. Raises HistoryError."""
    with _database(path) as database:
        database.execute(
            "INSERT INTO run (report_id, created_at, app, verdict, report) VALUES (?, ?, ?, ?, ?)",
            (run.report_id, run.created_at.isoformat(), run.app, run.verdict, run.report),
        )
        database.execute("DELETE FROM run WHERE id <= (SELECT max(id) FROM run) - ?", (KEPT_RUNS,))


def latest(path: Path) -> SavedRun | None:
    """The newest run, or None if there is none yet. Raises HistoryError."""
    if not path.exists():
        return None
    with _database(path) as database:
        row = database.execute(
            "SELECT report_id, created_at, app, verdict, report FROM run ORDER BY id DESC LIMIT 1"
        ).fetchone()
    if row is None:
        return None
    report_id, created_at, app, verdict, report = row
    return SavedRun(report_id, datetime.fromisoformat(created_at), app, verdict, report)
