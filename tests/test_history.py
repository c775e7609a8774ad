"""The history keeps every run: when several write at once, when one is killed, when disks fill."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from diag import history
from diag.config import HistorySettings
from diag.database import Damaged, DatabaseError
from diag.history import SavedRun, Saying, Seen, Told, append, latest, past_runs
from tests.cli.diag_process import DIAG, environment

AT = datetime(2026, 11, 22, tzinfo=UTC)
MANY = 10**6


def a_run(name: str, *codes: str, hours: float = 0, **fields: object) -> SavedRun:
    seen = tuple(
        Seen(code=code, severity="problem", confidence="certain", title=f"It is {code}.")
        for code in codes
    )
    run = SavedRun(name, AT + timedelta(hours=hours), "generic", "none", b'{"n": 1}', seen=seen)
    return msgspec.structs.replace(run, **fields)


def ids(path: Path) -> list[str]:
    return [run.report_id for run in reversed(past_runs(path, None, MANY))]


def test_the_latest_run_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "state" / "history.sqlite3"
    assert latest(path) is None
    assert not path.exists(), "reading makes no history"
    append(path, a_run("first"))
    append(path, a_run("second", schedule="daily", duration_s=1.5))
    assert latest(path) == a_run("second", schedule="daily", duration_s=1.5)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_run_is_found_by_its_number_and_as_its_id_is_read_out(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    append(path, a_run("ABCD-EFGH"))
    append(path, a_run("2345-6789"))
    for name, report_id in (
        ("1", "ABCD-EFGH"),
        ("abcd-efgh", "ABCD-EFGH"),
        ("ABCDEFGH", "ABCD-EFGH"),
        ("23456789", "2345-6789"),
    ):
        found = history.find(path, name)
        assert found is not None, name
        assert found.report_id == report_id
    assert history.find(path, "3") is None


# --- what is kept -------------------------------------------------------------------------------


def test_what_is_too_old_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "SPARED_RUNS", 1)
    path = tmp_path / "history.sqlite3"
    for day in range(5):
        append(path, a_run(str(day), "link.down", hours=24 * day), HistorySettings(keep_days=2))
    assert ids(path) == ["2", "3", "4"]
    assert history.recurrences(path, None)[0].times == 3, "its causes go with it"


def test_a_clock_that_leaps_does_not_empty_the_history(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    for hour in range(5):
        append(path, a_run(str(hour), hours=hour))
    append(path, a_run("in ten years", hours=24 * 3650))
    assert len(ids(path)) == 6


def test_what_is_too_much_is_forgotten_and_the_newest_stays(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    for number in range(12):
        append(path, a_run(str(number), report=os.urandom(300_000)), HistorySettings(keep_mb=1))
    kept = ids(path)
    assert kept == [str(number) for number in range(12 - len(kept), 12)]
    assert 1 <= len(kept) <= 4
    assert path.stat().st_size < 2 << 20
    append(path, a_run("huge", report=os.urandom(3 << 20)), HistorySettings(keep_mb=1))
    assert ids(path) == ["huge"]


def test_pruning_by_age_and_by_number(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    assert history.prune(path, keep=1) == 0
    for hour in range(6):
        append(path, a_run(str(hour), report=os.urandom(100_000), hours=hour))
    before = path.stat().st_size
    assert history.prune(path, older_than=AT + timedelta(hours=2)) == 2
    assert history.prune(path, keep=1) == 3
    assert ids(path) == ["5"]
    assert path.stat().st_size < before / 3, "it is gone from the file, too"


# --- how causes came and went -------------------------------------------------------------------


def test_first_seen_last_seen_and_how_often(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    append(path, a_run("a", "link.down", "os.updates_pending"))
    append(path, a_run("b", "os.updates_pending", hours=1))
    append(path, a_run("c", "link.down", hours=2, app="promise"))
    append(path, a_run("d", "os.updates_pending", hours=3))
    found = {
        (each.app, each.code): (each.first_seen, each.last_seen, each.times, each.present)
        for each in history.recurrences(path, None)
    }
    assert found == {
        ("generic", "os.updates_pending"): (AT, AT + timedelta(hours=3), 3, True),
        ("generic", "link.down"): (AT, AT, 1, False),
        ("promise", "link.down"): (AT + timedelta(hours=2), AT + timedelta(hours=2), 1, True),
    }
    assert [each.code for each in history.recurrences(path, "promise")] == ["link.down"]


def test_what_the_same_schedule_saw_before(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    append(path, a_run("a", "link.down", schedule="daily"))
    append(path, a_run("by hand", "dns.slow"))
    number = append(path, a_run("b", schedule="daily")).number
    assert history.seen_before(path, number) == {"link.down"}
    other = append(path, a_run("c", schedule="hourly")).number
    assert history.seen_before(path, other) == frozenset()
    assert history.last_run_of(path, "daily") == AT
    assert history.last_run_of(path, "weekly") is None


def test_what_was_said_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    number = append(path, a_run("ABCD-EFGH", "link.down")).number
    saying = Saying(at=AT, channel="desktop", text="New: no cable", failure="")
    telling = Told(code="link.down", kind="new", severity="problem", title="no cable", at=AT)
    history.note_word(path, number, "generic", saying, [telling])
    assert history.sayings(path, "ABCD-EFGH") == [saying]
    assert history.told(path, "generic", "desktop") == {"link.down": telling}
    assert history.told(path, "generic", "command") == {}


# --- versions and damage ------------------------------------------------------------------------


def test_a_history_of_the_first_version_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    cause = {"code": "link.down", "severity": "problem", "confidence": "likely", "title": "No."}
    report = msgspec.json.encode({"schema_version": 1, "causes": [cause]})
    with sqlite3.connect(path) as old:
        old.execute(
            "CREATE TABLE run (id INTEGER PRIMARY KEY, report_id TEXT NOT NULL, "
            "created_at TEXT NOT NULL, app TEXT NOT NULL, verdict TEXT NOT NULL, "
            "report BLOB NOT NULL) STRICT"
        )
        row = ("ABCD-EFGH", AT.isoformat(), "generic", "network", report)
        old.execute(
            "INSERT INTO run (report_id, created_at, app, verdict, report) VALUES (?,?,?,?,?)", row
        )
    old.close()
    found = latest(path)
    assert found is not None
    assert found.report == report
    assert past_runs(path, None, 1)[0].codes == ("link.down",)
    append(path, a_run("b"))
    assert ids(path) == ["ABCD-EFGH", "b"]


def test_a_history_from_the_future_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    append(path, a_run("a"))
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(DatabaseError, match="update diag"):
        append(path, a_run("b"))
    assert [each.name for each in tmp_path.glob("*damaged*")] == []


LETTER = b"this is a letter, and a long one at that, to my aunt in Osaka\n" * 200


@pytest.mark.parametrize("damage", ["letter", "middle"])
def test_a_damaged_history_is_set_aside_and_the_run_saved(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "history.sqlite3"
    for number in range(30):
        append(path, a_run(str(number), f"code.{number}", report=os.urandom(5000)))
    history.prune(path, keep=MANY)  # everything is in the file itself, nothing beside it
    data = path.read_bytes()
    middle = len(data) // 2
    path.write_bytes(LETTER if damage == "letter" else data[:8192] + LETTER * 9 + data[middle:])
    damaged = path.read_bytes()
    if damage == "letter":
        with pytest.raises(Damaged):
            latest(path)
    done = append(path, a_run("after"))
    assert done.damaged is not None
    assert done.damaged.read_bytes() == damaged, "what can be rescued is still there"
    assert ids(path) == ["after"]


def test_twenty_find_the_damage_at_once_and_all_runs_are_saved(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    path.write_bytes(LETTER)
    _append_at_once(path, 20)
    assert len(ids(path)) == 20
    assert len(list(tmp_path.glob("history.sqlite3.damaged-*"))) == 1


# --- two runs at once, kills, a full disk -------------------------------------------------------

WRITER = (
    "import sys; from pathlib import Path\n"
    "from tests.test_history import a_run; from diag.history import append\n"
    "append(Path(sys.argv[1]), a_run(sys.argv[2], 'link.down'))\n"
)


def _append_at_once(path: Path, count: int) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(number)])
        for number in range(count)
    ]
    assert [writer.wait() for writer in writers] == [0] * count


def test_twenty_runs_at_once_ten_times_are_two_hundred(tmp_path: Path) -> None:
    """The real command, so that nothing on the way to the history is left out."""
    argv = [*DIAG, "run", "--offline", "--only", "device", "--format", "json"]
    env = environment(tmp_path)
    for _ in range(10):
        runs = [
            subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            for _ in range(20)
        ]
        complaints = [run.communicate()[1] for run in runs]
        assert [run.returncode for run in runs] == [0] * 20, complaints
    (path,) = tmp_path.rglob("history.sqlite3")
    assert len(set(ids(path))) == 200


KILLED = """
import os, random, signal, sys, time
from pathlib import Path
from tests.test_history import a_run
from diag.history import append, latest
path, kills = Path(sys.argv[1]), int(sys.argv[2])
chance = random.Random(7)
report = b'{"n": "' + bytes(random.Random(1).choices(range(65, 91), k=40_000)) + b'"}'
append(path, a_run("0", report=report))
begun = time.monotonic()
append(path, a_run("0", report=report))
pace = max(0.004, time.monotonic() - begun)  # of this machine, now: the kills fall within a write
started, start = os.pipe()
for number in range(kills):
    child = os.fork()
    if child == 0:
        os.write(start, b"!")
        while True:
            append(path, a_run(str(number), "link.down", report=report))
    os.read(started, 1)
    time.sleep(chance.random() * 3 * pace)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert latest(path).report == report, number
print("all")
"""


def test_killed_a_thousand_times_it_opens_every_time(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(path), "1000"], capture_output=True, check=False
    )
    assert done.stdout == b"all\n", done.stderr.decode()
    assert len(ids(path)) > 100, "the writers got somewhere"
    assert list(tmp_path.glob("*damaged*")) == []


FULL = """
import os, sys
from pathlib import Path
from tests.test_history import a_run
from diag.history import HistoryError, append, latest, past_runs
path = Path(sys.argv[1]) / "history.sqlite3"
append(path, a_run("0", report=os.urandom(100_000)))
try:
    for number in range(1, 99):
        append(path, a_run(str(number), "link.down", report=os.urandom(100_000)))
except HistoryError as error:
    print(error)
runs = past_runs(path, None, 99)
assert runs[0].report_id == latest(path).report_id == str(number - 1), runs[0]
assert len(latest(path).report) == 100_000
print(len(runs) == number)
"""


def test_a_full_disk_is_told_and_the_old_history_is_intact(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        assert "CI" not in os.environ, "CI runs as root"
        pytest.skip("mounting a small disk needs root")
    script = f'mount -t tmpfs -o size=3m tmpfs {tmp_path} && exec "$0" -c "$1" {tmp_path}'
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, sys.executable, FULL],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == [f"{tmp_path}/history.sqlite3: the disk is full", "True"], (
        done.stderr
    )
