"""Budget 7: adding the 100,001st run to the history against one synced atomic write of 20 KiB."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from diag import history
from diag.database import opened, writing
from diag.files import write_whole
from diag.history_versions import MIGRATIONS
from tests.bench.timing import Line

RUNS = 100_000
BOUND = 10.0


def _median(action: Callable[[], object], times: int = 15) -> float:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def lines() -> Iterator[Line]:
    report = os.urandom(20 * 1024)
    run = history.SavedRun("AAAA-BBBB", datetime(2026, 11, 22, tzinfo=UTC), "x", "none", report)
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as place:
        path = Path(place) / "history.sqlite3"
        history.append(path, run)
        small = (run.report_id, run.created_at.isoformat(), run.app, run.verdict, b"{}")
        with opened(path, MIGRATIONS) as database, writing(database):
            database.executemany(
                "INSERT INTO run (report_id, created_at, app, verdict, report) "
                "VALUES (?, ?, ?, ?, ?)",
                (small for _ in range(RUNS)),
            )
        append = _median(lambda: history.append(path, run))
        write = _median(lambda: write_whole(Path(place) / "whole", report))
    detail = f"{append * 1000:.1f} ms against {write * 1000:.1f} ms"
    yield Line("7 history append at 100,000 runs", append / write, BOUND, "x", detail)
