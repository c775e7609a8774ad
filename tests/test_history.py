"""The history keeps every run, also when several write at once."""

from __future__ import annotations

import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from diag import history
from diag.history import HistoryError, SavedRun, append, latest


def a_run(name: str) -> SavedRun:
    return SavedRun(name, datetime(2026, 11, 22, tzinfo=UTC), "generic", "none", b"{}")


def test_the_latest_run_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "state" / "history.sqlite3"
    assert latest(path) is None
    append(path, a_run("first"))
    append(path, a_run("second"))
    assert latest(path) == a_run("second")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_oldest_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "KEPT_RUNS", 3)
    path = tmp_path / "history.sqlite3"
    for number in range(5):
        append(path, a_run(str(number)))
    with history._database(path) as database:
        kept = [row[0] for row in database.execute("SELECT report_id FROM run ORDER BY id")]
    assert kept == ["2", "3", "4"]


def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    path.write_text("this is a letter, and a long one at that, to my aunt in Osaka\n" * 20)
    with pytest.raises(HistoryError, match="not a database"):
        append(path, a_run("x"))


def test_twenty_at_once_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    script = (
        "import sys; from pathlib import Path\n"
        "from tests.test_history import a_run; from diag.history import append\n"
        "append(Path(sys.argv[1]), a_run(sys.argv[2]))\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(path), str(number)])
        for number in range(20)
    ]
    assert [writer.wait() for writer in writers] == [0] * 20
    with history._database(path) as database:
        (count,) = database.execute("SELECT count(*) FROM run").fetchone()
    assert count == 20
