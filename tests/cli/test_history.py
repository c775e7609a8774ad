"""`diag history`, as a user calls it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.cli.diag_process import diag

RUN = ("run", "--app", "promise", "--only", "link", "--only", "proxy", "--format", "json")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with three runs for an app, one for the PC; the app's cannot log in: no network."""
    for _ in range(3):
        assert diag(tmp_path, *RUN).returncode == 1
    assert diag(tmp_path, "run", "--offline", "--only", "device").returncode == 0
    return tmp_path


def test_a_strip_a_table_and_how_problems_came_and_went(home: Path) -> None:
    text = diag(home, "history").stdout.decode()
    lines = text.splitlines()
    assert "  promise  xxx" in lines
    assert "  generic  ." in lines
    assert sum("link.down" in line for line in lines) == 4
    assert "runs with it: 3" in text
    only = diag(home, "history", "--app", "generic").stdout.decode()
    assert "promise" not in only


def test_titles_stay_on_the_terminal_unless_asked(home: Path) -> None:
    title = "not connected to any network"
    assert title not in diag(home, "history").stdout.decode()
    assert title in diag(home, "history", "--private").stdout.decode()
    assert title not in diag(home, "history", "--format", "json").stdout.decode()


def test_json(home: Path) -> None:
    data = json.loads(diag(home, "history", "--format", "json").stdout)
    assert [run["app"] for run in data["runs"]] == ["generic", "promise", "promise", "promise"]
    assert data["runs"][1]["verdict"] == "device"
    (down,) = (each for each in data["causes"] if each["code"] == "link.down")
    assert (down["times"], down["present"]) == (3, True)


def test_a_past_run_by_its_id(home: Path) -> None:
    data = json.loads(diag(home, "history", "--format", "json").stdout)
    wanted = data["runs"][2]["report_id"]
    report = json.loads(diag(home, "history", "show", wanted.lower(), "--format", "json").stdout)
    assert report["report_id"] == wanted
    assert wanted in diag(home, "history", "show", wanted).stdout.decode()
    missing = diag(home, "history", "show", "2222-2222")
    assert missing.returncode == 2
    assert b"diag history" in missing.stderr


def test_the_export_is_redacted_and_for_its_owner(home: Path) -> None:
    proxy = {"HTTPS_PROXY": "http://10.1.2.3:3128"}
    diag(home, *RUN, env=proxy)
    done = diag(home, "history", "export", "-o", "runs.jsonl")
    assert done.returncode == 0, done.stderr
    text = (home / "runs.jsonl").read_text()
    assert len([json.loads(line) for line in text.splitlines()]) == 5
    assert "10.1.2.3" not in text
    assert stat.S_IMODE((home / "runs.jsonl").stat().st_mode) == 0o600
    assert "10.1.2.3" in diag(home, "history", "export", "--private").stdout.decode()


def test_prune(home: Path) -> None:
    assert diag(home, "history", "prune").stdout == b"Runs removed: 0\n"
    assert diag(home, "history", "prune", "--keep", "1").stdout == b"Runs removed: 3\n"
    assert diag(home, "history", "prune", "--older-than", "0").stdout == b"Runs removed: 1\n"
    assert b"There are no runs yet" in diag(home, "history").stdout


def test_a_damaged_history_is_told_by_reading_and_set_aside_by_the_next_run(home: Path) -> None:
    (path,) = home.rglob("history.sqlite3")
    path.write_bytes(b"not a database at all, and long enough to be told" * 99)
    told = diag(home, "history")
    assert told.returncode == 2
    assert b"The next run sets it aside" in told.stderr
    done = diag(home, "run", "--offline", "--only", "device", "--format", "json")
    assert done.returncode == 0
    assert b"the history was damaged" in done.stderr
    assert len(list(path.parent.glob("history.sqlite3.damaged-*"))) == 1
    assert len(json.loads(diag(home, "history", "--format", "json").stdout)["runs"]) == 1


def test_a_run_that_cannot_be_saved_says_so_and_ends_with_4(tmp_path: Path) -> None:
    (tmp_path / ".local").write_text("in the way")
    done = diag(tmp_path, "run", "--offline", "--only", "device", "--format", "json")
    assert done.returncode == 4
    assert b"was not saved" in done.stderr
    assert json.loads(done.stdout)["schema_version"] == 1


def test_the_settings_that_count_and_where_they_are_from(tmp_path: Path) -> None:
    (tmp_path / "fleet.toml").write_text('app = "promise"\n[history]\nkeep_days = 7\n')
    env = {"DIAG_DEADLINE": "5"}
    done = diag(tmp_path, "--config", "fleet.toml", "config", "show", "--format", "json", env=env)
    found = {each["key"]: (each["value"], each["source"]) for each in json.loads(done.stdout)}
    assert found["app"] == ("promise", str(tmp_path / "fleet.toml"))
    assert found["history.keep_days"] == (7, str(tmp_path / "fleet.toml"))
    assert found["deadline"] == (5, "DIAG_DEADLINE")
    assert found["lang"] == (None, None)
    missing = diag(tmp_path, "--config", "none.toml", "run", "--offline")
    assert missing.returncode == 2
    assert b"none.toml" in missing.stderr
