"""Past runs on this device, kept as they were (unredacted, readable by their owner only)."""

from __future__ import annotations

import contextlib
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from msgspec import Struct

from diag.config import HistorySettings
from diag.database import Damaged, DatabaseError, check, opened, set_aside, writing
from diag.history_versions import MIGRATIONS
from diag.model import Confidence, Severity, VerdictWhere

FILE = "history.sqlite3"
SPARED_RUNS = 100
"""As many of the newest runs are never too old: a clock that leaps must not empty the history."""

COMPRESSION = 1
"""zlib's fastest level: a report shrinks to a fifth in a millisecond."""

Place = VerdictWhere | Literal["phone"]

HistoryError = DatabaseError
"""The history cannot be read or written; the message says why in plain words."""


class Seen(Struct, frozen=True, kw_only=True):
    """A cause as one run saw it, in that run's words."""

    code: str
    severity: Severity
    confidence: Confidence
    title: str


class SavedRun(Struct, frozen=True):
    """A run: when, which app, where the fault was, and the report as JSON."""

    report_id: str
    created_at: datetime
    app: str
    verdict: str
    report: bytes
    schedule: str | None = None
    """Which schedule it was for; None: somebody ran it by hand."""
    duration_s: float = 0.0
    seen: tuple[Seen, ...] = ()


class Appended(Struct, frozen=True):
    """The run's number, and where a damaged history was put away, if there was one."""

    number: int
    damaged: Path | None = None


class PastRun(Struct, frozen=True, kw_only=True):
    """A run as a list shows it, without its report."""

    number: int
    report_id: str
    created_at: datetime
    app: str
    verdict: Place
    severity: Severity | None
    schedule: str | None
    duration_s: float
    codes: tuple[str, ...]


class Recurrence(Struct, frozen=True, kw_only=True):
    """How a cause came and went: `present` if the app's newest run still has it."""

    app: str
    code: str
    severity: Severity
    title: str
    first_seen: datetime
    last_seen: datetime
    times: int
    present: bool


class Told(Struct, frozen=True, kw_only=True):
    """What a channel last said of a cause. `kind`: new, worse or gone."""

    code: str
    kind: str
    severity: Severity
    title: str
    at: datetime


class Saying(Struct, frozen=True, kw_only=True):
    """Something that was said, or should have been: `failure` is "" if it went out."""

    at: datetime
    channel: str
    text: str
    failure: str


def default_path() -> Path:
    from platformdirs import user_state_path

    return user_state_path("diag", appauthor=False) / FILE


# --- writing ------------------------------------------------------------------------------------


def append(path: Path, run: SavedRun, limits: HistorySettings | None = None) -> Appended:
    """Add a run and forget what is too old or too much. Raises HistoryError.

    A damaged history is set aside, and the run saved in a new one.
    """
    limits = limits or HistorySettings()
    try:
        return Appended(_append(path, run, limits))
    except Damaged:
        away = _set_aside(path)
        return Appended(_append(path, run, limits), away)


def _append(path: Path, run: SavedRun, limits: HistorySettings) -> int:
    with opened(path, MIGRATIONS) as database:
        check(database, path)
        with writing(database):
            number = database.execute(
                "INSERT INTO run (report_id, created_at, app, verdict, report, schedule, "
                "duration_s) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    run.report_id,
                    run.created_at.isoformat(),
                    run.app,
                    run.verdict,
                    zlib.compress(run.report, COMPRESSION),
                    run.schedule,
                    run.duration_s,
                ),
            ).lastrowid
            _insert_causes(database, number or 0, run.seen)
            _forget(database, run.created_at, limits)
    return number or 0


def _insert_causes(database: sqlite3.Connection, number: int, seen: Iterable[Seen]) -> None:
    database.executemany(
        "INSERT OR IGNORE INTO cause VALUES (?, ?, ?, ?, ?)",
        [(number, each.code, each.severity, each.confidence, each.title) for each in seen],
    )


def _forget(database: sqlite3.Connection, now: datetime, limits: HistorySettings) -> None:
    oldest = (now - timedelta(days=limits.keep_days)).isoformat()
    database.execute(
        "DELETE FROM run WHERE created_at < ? AND id <= (SELECT max(id) FROM run) - ?",
        (oldest, SPARED_RUNS),
    )
    while _used(database) > limits.keep_mb << 20:
        removed = database.execute(
            "DELETE FROM run WHERE id IN (SELECT id FROM run WHERE id < (SELECT max(id) FROM run) "
            "ORDER BY id LIMIT (SELECT max(1, count(*) / 50) FROM run))"
        ).rowcount
        if not removed:
            return


def _used(database: sqlite3.Connection) -> int:
    """Bytes of the file that hold something; the rest is filled again before it grows."""
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    (free,) = database.execute("PRAGMA freelist_count").fetchone()
    (size,) = database.execute("PRAGMA page_size").fetchone()
    return int((pages - free) * size)


def _set_aside(path: Path) -> Path | None:
    """Where the damaged history is now; None if another process has put it away already."""
    from diag.lock import Busy, holding

    try:
        with holding(path.with_name(f"{path.name}.lock"), wait_s=10.0):
            try:
                with opened(path, MIGRATIONS) as database:
                    check(database, path)
            except Damaged:
                return set_aside(path)
    except Busy as busy:
        raise HistoryError(f"{path}: it is damaged, and process {busy.pid} is at it") from busy
    return None


def prune(path: Path, *, older_than: datetime | None = None, keep: int | None = None) -> int:
    """Remove runs older than an instant, or all but the newest; how many. Raises HistoryError."""
    if not path.exists():
        return 0
    removed = 0
    with opened(path, MIGRATIONS) as database:
        with writing(database):
            if older_than is not None:
                removed += database.execute(
                    "DELETE FROM run WHERE created_at < ?", (older_than.isoformat(),)
                ).rowcount
            if keep is not None:
                removed += database.execute(
                    "DELETE FROM run WHERE id NOT IN (SELECT id FROM run ORDER BY id DESC LIMIT ?)",
                    (keep,),
                ).rowcount
        database.execute("VACUUM")  # what is removed is to be gone from the file, too
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return removed


# --- reading ------------------------------------------------------------------------------------

_RUN = "SELECT report_id, created_at, app, verdict, report, schedule, duration_s FROM run "


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    """None if there is no history yet: reading makes none."""
    if not path.exists():
        yield None
        return
    with opened(path, MIGRATIONS) as database:
        yield database


def latest(path: Path) -> SavedRun | None:
    """The newest run, or None if there is none yet. Raises HistoryError."""
    return _one(path, _RUN + "ORDER BY id DESC LIMIT 1")


def find(path: Path, name: str) -> SavedRun | None:
    """The run of this number or report id (as read out: in any case, with or without hyphen)."""
    if name.isdecimal() and len(name) < 8:
        return _one(path, _RUN + "WHERE id = ?", int(name))
    plain = name.upper().replace("-", "")
    return _one(
        path, _RUN + "WHERE report_id = ? ORDER BY id DESC LIMIT 1", f"{plain[:4]}-{plain[4:]}"
    )


def _one(path: Path, query: str, *values: object) -> SavedRun | None:
    with _reading(path) as database:
        row = database.execute(query, values).fetchone() if database else None
        return _run_of(row) if row else None


def _run_of(row: tuple[str, str, str, str, bytes, str | None, float]) -> SavedRun:
    report_id, created_at, app, verdict, report, schedule, duration_s = row
    return SavedRun(
        report_id,
        datetime.fromisoformat(created_at),
        app,
        verdict,
        _unpacked(report),
        schedule,
        duration_s,
    )


def _unpacked(report: bytes) -> bytes:
    """The first version kept reports as they were, which begin with a brace."""
    if report.startswith(b"{"):
        return report
    try:
        return zlib.decompress(report)
    except zlib.error as error:
        raise Damaged(f"a report in the history is damaged ({error})") from error


def all_runs(path: Path) -> Iterator[SavedRun]:
    """Every run with its report, oldest first, one at a time. Raises HistoryError."""
    with _reading(path) as database:
        if database is not None:
            for row in database.execute(_RUN + "ORDER BY id"):
                yield _run_of(row)


def past_runs(path: Path, app: str | None, limit: int) -> list[PastRun]:
    """The newest runs, newest first. Raises HistoryError."""
    with _reading(path) as database:
        if database is None:
            return []
        rows = database.execute(
            "SELECT id, report_id, created_at, app, verdict, schedule, duration_s FROM run "
            "WHERE ?1 IS NULL OR app = ?1 ORDER BY id DESC LIMIT ?2",
            (app, limit),
        ).fetchall()
        return [_past(database, *row) for row in rows]


def _past(
    database: sqlite3.Connection,
    number: int,
    report_id: str,
    created_at: str,
    app: str,
    verdict: Place,
    schedule: str | None,
    duration_s: float,
) -> PastRun:
    causes = database.execute("SELECT code, severity FROM cause WHERE run = ?", (number,))
    by_code: dict[str, Severity] = dict(causes.fetchall())
    worst = (each for each in _WORST_FIRST if each in by_code.values())
    return PastRun(
        number=number,
        report_id=report_id,
        created_at=datetime.fromisoformat(created_at),
        app=app,
        verdict=verdict,
        severity=next(worst, None),
        schedule=schedule,
        duration_s=duration_s,
        codes=tuple(by_code),
    )


_WORST_FIRST: tuple[Severity, ...] = ("problem", "warning", "info")


def recurrences(path: Path, app: str | None) -> list[Recurrence]:
    """Every cause that was ever seen, the present ones first, then by when it was last seen."""
    with _reading(path) as database:
        if database is None:
            return []
        newest = dict(database.execute("SELECT app, max(id) FROM run GROUP BY app").fetchall())
        rows = database.execute(
            "SELECT cause.run, app, cause.code, severity, title, first, last, times FROM "
            "(SELECT max(run) AS newest, app, code, min(created_at) AS first, "
            "max(created_at) AS last, count(*) AS times FROM cause JOIN run ON run.id = run "
            "WHERE ?1 IS NULL OR app = ?1 GROUP BY app, code) AS grouped "
            "JOIN cause ON cause.run = newest AND cause.code = grouped.code",
            (app,),
        ).fetchall()
    found = [
        Recurrence(
            app=row[1],
            code=row[2],
            severity=row[3],
            title=row[4],
            first_seen=datetime.fromisoformat(row[5]),
            last_seen=datetime.fromisoformat(row[6]),
            times=row[7],
            present=newest[row[1]] == row[0],
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (not each.present, -each.last_seen.timestamp()))


# --- what schedules need ------------------------------------------------------------------------


def seen_before(path: Path, number: int) -> frozenset[str]:
    """Codes of the run before this one for the same schedule and app. Raises HistoryError."""
    with _reading(path) as database:
        if database is None:
            return frozenset()
        rows = database.execute(
            "SELECT code FROM cause WHERE run = (SELECT max(before.id) FROM run AS this "
            "JOIN run AS before ON before.schedule = this.schedule AND before.app = this.app "
            "AND before.id < this.id WHERE this.id = ?)",
            (number,),
        )
        return frozenset(code for (code,) in rows)


def last_run_of(path: Path, schedule: str) -> datetime | None:
    """When a schedule last ran. Raises HistoryError."""
    with _reading(path) as database:
        row = (
            database.execute(
                "SELECT created_at FROM run WHERE schedule = ? ORDER BY id DESC LIMIT 1",
                (schedule,),
            ).fetchone()
            if database
            else None
        )
    return datetime.fromisoformat(row[0]) if row else None


def told(path: Path, app: str, channel: str) -> dict[str, Told]:
    """What the channel last said of each cause, by code. Raises HistoryError."""
    with _reading(path) as database:
        if database is None:
            return {}
        rows = database.execute(
            "SELECT code, kind, severity, title, at FROM told WHERE app = ? AND channel = ?",
            (app, channel),
        ).fetchall()
    return {
        row[0]: Told(
            code=row[0],
            kind=row[1],
            severity=row[2],
            title=row[3],
            at=datetime.fromisoformat(row[4]),
        )
        for row in rows
    }


def note_word(path: Path, number: int, app: str, saying: Saying, tellings: Iterable[Told]) -> None:
    """Note what a channel said on account of a run; `tellings` only if it went out."""
    with opened(path, MIGRATIONS) as database, writing(database):
        database.execute(
            "INSERT INTO saying VALUES (?, ?, ?, ?, ?)",
            (number, saying.at.isoformat(), saying.channel, saying.text, saying.failure),
        )
        database.executemany(
            "INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (app, saying.channel, each.code, each.kind, each.severity, each.title, at)
                for each in tellings
                for at in (each.at.isoformat(),)
            ],
        )


def last_failure(path: Path, channel: str) -> str:
    """Why the channel's last word did not go out; "" if it did, or if it never said anything."""
    with _reading(path) as database:
        if database is None:
            return ""
        row = database.execute(
            "SELECT failure FROM saying WHERE channel = ? ORDER BY rowid DESC LIMIT 1", (channel,)
        ).fetchone()
    return str(row[0]) if row else ""


def sayings(path: Path, report_id: str) -> list[Saying]:
    """What was said on account of a run. Raises HistoryError."""
    with _reading(path) as database:
        if database is None:
            return []
        rows = database.execute(
            "SELECT at, channel, text, failure FROM saying JOIN run ON run.id = saying.run "
            "WHERE report_id = ? ORDER BY saying.rowid",
            (report_id,),
        ).fetchall()
    return [
        Saying(at=datetime.fromisoformat(at), channel=channel, text=text, failure=failure)
        for at, channel, text, failure in rows
    ]
