"""The versions of the history's database: how each is made from the one before it.

What a version does is settled once it is out: it knows nothing of the code of today.
"""

from __future__ import annotations

import sqlite3

from msgspec import Struct


def _to_1(database: sqlite3.Connection) -> None:
    """What diag began with; a history from then has the table already, and no version."""
    database.execute(
        "CREATE TABLE IF NOT EXISTS run (id INTEGER PRIMARY KEY, report_id TEXT NOT NULL, "
        "created_at TEXT NOT NULL, app TEXT NOT NULL, verdict TEXT NOT NULL, "
        "report BLOB NOT NULL) STRICT"
    )


def _to_2(database: sqlite3.Connection) -> None:
    """Schedules, causes of their own rows, and what was said."""
    database.execute("ALTER TABLE run ADD COLUMN schedule TEXT")
    database.execute("ALTER TABLE run ADD COLUMN duration_s REAL NOT NULL DEFAULT 0")
    database.execute("CREATE INDEX run_created_at ON run (created_at)")
    database.execute("CREATE INDEX run_report_id ON run (report_id)")
    database.execute("CREATE INDEX run_schedule ON run (schedule, app) WHERE schedule IS NOT NULL")
    database.execute(
        "CREATE TABLE cause (run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, "
        "code TEXT NOT NULL, severity TEXT NOT NULL, confidence TEXT NOT NULL, "
        "title TEXT NOT NULL, PRIMARY KEY (run, code)) STRICT, WITHOUT ROWID"
    )
    database.execute(
        "CREATE TABLE told (app TEXT NOT NULL, channel TEXT NOT NULL, code TEXT NOT NULL, "
        "kind TEXT NOT NULL, severity TEXT NOT NULL, title TEXT NOT NULL, at TEXT NOT NULL, "
        "PRIMARY KEY (app, channel, code)) STRICT, WITHOUT ROWID"
    )
    database.execute(
        "CREATE TABLE saying (run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, "
        "at TEXT NOT NULL, channel TEXT NOT NULL, text TEXT NOT NULL, failure TEXT NOT NULL) STRICT"
    )
    database.execute("CREATE INDEX saying_run ON saying (run)")
    rows = database.execute("SELECT id, report FROM run").fetchall()
    for number, report in rows:
        database.executemany(
            "INSERT OR IGNORE INTO cause VALUES (?, ?, ?, ?, ?)",
            [
                (number, each.code, each.severity, each.confidence, each.title)
                for each in _causes_in(report)
            ],
        )


MIGRATIONS = (_to_1, _to_2)


class _Cause(Struct):
    code: str
    severity: str
    confidence: str
    title: str


class _Causes(Struct):
    causes: tuple[_Cause, ...] = ()


def _causes_in(report: bytes) -> tuple[_Cause, ...]:
    import msgspec

    try:
        return msgspec.json.decode(report, type=_Causes).causes
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ()
