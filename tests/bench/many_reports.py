"""Budget 6: what came and went over 100,000 runs, against reading their reports one by one.

diag asks this of many reports in one place only: `diag history` (DESIGN knows no command that adds
up the reports of a fleet). Both sides say how often each app had each cause, and have to agree. The
other side is spared the disk and the unpacking: it decodes reports that are in memory already.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from diag import history, registry
from diag.database import opened, writing
from diag.history_versions import MIGRATIONS
from tests.bench.timing import Line

RUNS = 100_000
VARIANTS = 97
"""Different reports; a run has one of them in turn."""
CAUSES = 4
LENGTH = 20 * 1024
BOUND = 0.25

Answer = dict[tuple[str, str], int]


def _real_report() -> dict[str, Any]:
    """Of this device, nothing sent; filled up to 20 KiB, or cut down by its largest facts."""
    argv = (sys.executable, "-m", "diag", "run", "--offline", "--no-save", "--format", "json")
    done = subprocess.run(argv, capture_output=True, check=False)
    report: dict[str, Any] = json.loads(done.stdout)
    observations = report["snapshot"]["observations"]
    while len(json.dumps(report)) > LENGTH and observations:
        observations.pop(max(observations, key=lambda name: len(json.dumps(observations[name]))))
    filling = {"what": "x" * 240, "why": "y" * 240, "matters": False}
    while len(json.dumps(report)) < LENGTH:
        report["not_tested"].append(filling)
    return report


def _reports() -> list[bytes]:
    codes = sorted(
        problem.code for check in registry.load().checks.values() for problem in check.problems
    )
    report = _real_report()
    found = []
    for number in range(VARIANTS):
        mine = {codes[(number * 7 + step * 31) % len(codes)] for step in range(CAUSES)}
        report["app"] = {**report["app"], "id": f"app-{number % 5}"}
        report["causes"] = [
            {"code": code, "severity": "warning", "confidence": "certain", "title": f"Of {code}"}
            for code in sorted(mine)
        ]
        found.append(json.dumps(report).encode())
    return found


def _fill(path: Path, reports: list[bytes]) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    packed = [zlib.compress(each, history.COMPRESSION) for each in reports]
    read = [json.loads(each) for each in reports]
    first = history.SavedRun("AAAA-0000", begin, "app-0", "none", reports[0])
    number = history.append(path, first).number
    with opened(path, MIGRATIONS) as database, writing(database):
        database.execute("DELETE FROM run WHERE id = ?", (number,))
        database.executemany(
            "INSERT INTO run (id, report_id, created_at, app, verdict, report) "
            "VALUES (?, ?, ?, ?, 'none', ?)",
            (
                (
                    run,
                    f"AAAA-{run}",
                    (begin + timedelta(minutes=run)).isoformat(),
                    read[run % VARIANTS]["app"]["id"],
                    packed[run % VARIANTS],
                )
                for run in range(RUNS)
            ),
        )
        database.executemany(
            "INSERT INTO cause (run, code, severity, confidence, title) VALUES (?, ?, ?, ?, ?)",
            (
                (run, each["code"], each["severity"], each["confidence"], each["title"])
                for run in range(RUNS)
                for each in read[run % VARIANTS]["causes"]
            ),
        )


def _one_by_one(reports: list[bytes]) -> Answer:
    counted: Counter[tuple[str, str]] = Counter()
    for run in range(RUNS):
        report = json.loads(reports[run % VARIANTS])
        counted.update((report["app"]["id"], cause["code"]) for cause in report["causes"])
    return dict(counted)


def _as_diag_does(path: Path) -> Answer:
    return {(each.app, each.code): each.times for each in history.recurrences(path, None)}


def lines() -> Iterator[Line]:
    reports = _reports()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as place:
        path = Path(place) / "history.sqlite3"
        _fill(path, reports)
        started = time.perf_counter()
        ours = _as_diag_does(path)
        between = time.perf_counter()
        theirs = _one_by_one(reports)
        ended = time.perf_counter()
    ratio = (between - started) / (ended - between)
    if ours != theirs:
        raise AssertionError("the history and the reports do not say the same")
    size = sum(map(len, reports)) // len(reports) // 1024
    detail = (
        f"{between - started:.2f} s against {ended - between:.2f} s, "
        f"{size} KiB each, {len(ours)} causes counted alike"
    )
    yield Line("6 what came and went in 100,000 reports", ratio, BOUND, "x", detail)
