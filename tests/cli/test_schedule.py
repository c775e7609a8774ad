"""`diag schedule` and unattended runs, as schedulers and users call them."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from diag.history import append, default_path
from diag.lock import holding
from diag.schedule import store
from diag.schedule.model import Asked, Schedule
from tests.cli.diag_process import DIAG, diag, environment, without_network
from tests.test_history import a_run

PROFILE = """
schema = 1
[app]
id = "secretive"
name = { en = "Secretive Bank" }
[[endpoint]]
id = "login"
url = "https://127.0.0.1:9/"
role = "login"
"""

with_crontab = pytest.mark.skipif(
    os.geteuid() != 0 and "CI" not in os.environ, reason="a crontab of its own needs root"
)


def with_cron(home: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A shell script where `diag` is diag and crontabs are nobody else's."""
    setting_up = (
        "mount -t tmpfs tmpfs /var/spool/cron; mkdir /var/spool/cron/crontabs; "
        "chgrp crontab /var/spool/cron/crontabs; chmod 1730 /var/spool/cron/crontabs; "
        f'diag() {{ {" ".join(DIAG)} "$@"; }}; '
    )
    return subprocess.run(
        ["unshare", "--mount", "--net", "sh", "-euc", setting_up + script, "sh", *arguments],
        env=environment(home),
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )


# --- add, list, remove --------------------------------------------------------------------------


@with_crontab
def test_added_changed_and_removed_and_the_rest_of_the_crontab_untouched(tmp_path: Path) -> None:
    (tmp_path / "app.toml").write_text(PROFILE)
    others = "MAILTO=me\n\n# mine\n*/5 * * * * /bin/true # 50\\% done"
    (tmp_path / "others").write_text(others + "\n")
    done = with_cron(
        tmp_path,
        "crontab others; diag schedule add --every 1h --app app.toml --with cron; crontab -l; "
        "echo ---; diag schedule add --at 08:30 --with cron; crontab -l; echo ---; "
        "diag schedule add --cron '0 9 * * 1' --name weekly --with cron >/dev/null; "
        "diag schedule remove checkup; crontab -l; echo ---; "
        "diag schedule remove; crontab -l",
    )
    assert done.returncode == 0, done.stderr
    added, changed, two, none = done.stdout.split("---\n")
    assert others in added
    assert "/python -m diag schedule run checkup" in added or "/diag schedule run checkup" in added
    assert "PATH=" in added
    assert "LANG=C.UTF-8" in added
    assert "secretive" not in added.casefold()
    assert "app.toml" not in added
    assert changed.count("schedule run checkup") == 1
    assert "run weekly" in two
    assert "run checkup" not in two
    assert none == f"weekly is removed.\n{others}\n"


@with_crontab
def test_a_dry_run_shows_what_would_be_written_and_writes_nothing(tmp_path: Path) -> None:
    done = with_cron(
        tmp_path,
        "diag schedule add --cron '0 9 * * 1' --with cron --dry-run; echo ---; crontab -l || true; "
        "diag schedule list; diag schedule add --cron '0 9 * * 1' --with cron >/dev/null; "
        "echo ---; crontab -l",
    )
    would, nothing, written = done.stdout.split("---\n")
    assert "There is no schedule" in nothing
    assert written.strip() in would
    assert "next: " in would
    assert [path.name for path in tmp_path.rglob("*.service")] == []


def test_units_and_files_are_shown_too(tmp_path: Path) -> None:
    shown = diag(tmp_path, "schedule", "add", "--with", "systemd", "--dry-run").stdout.decode()
    assert "OnCalendar=" in shown
    assert "would run: systemctl" in shown
    shown = diag(tmp_path, "schedule", "add", "--with", "launchd", "--dry-run").stdout.decode()
    assert "<key>StartCalendarInterval</key>" in shown
    windows = ("schedule", "add", "--with", "task-scheduler", "--dry-run")
    assert "<CalendarTrigger>" in diag(tmp_path, *windows).stdout.decode()
    assert not list(tmp_path.rglob("*checkup*"))


def test_it_speaks_the_users_language(tmp_path: Path) -> None:
    def said(lang: str, *words: str) -> str:
        done = diag(tmp_path, "schedule", *words, env={"DIAG_LANG": lang})
        return done.stdout.decode()

    every = ("add", "--with", "systemd", "--every", "2h", "--dry-run")
    assert "checkup would run every 2h, by systemd; next: " in said("en", *every)
    assert "checkup: 2h ごとに実行することになります（systemd）。次回: " in said("ja", *every)
    assert said("ja", "list") == "予定はありません。追加するには: diag schedule add\n"


def test_the_line_starts_this_diag_and_not_what_a_link_points_to(tmp_path: Path) -> None:
    """As pipx and uv install: an upgrade changes what the link points to."""
    script = Path(sys.executable).with_name("diag")
    if not script.exists():
        pytest.skip("diag runs from its source here")
    (tmp_path / "bin").mkdir()
    link = tmp_path / "bin/diag"
    link.symlink_to(script)
    done = subprocess.run(
        [str(link), "schedule", "add", "--with", "cron", "--dry-run"],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{link} schedule run checkup" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("add", "--every", "7m"), "10m"),
        (("add", "--at", "25:00"), "23:59"),
        (("add", "--cron", "* * *"), "five fields"),
        (("add", "--at", "08:00", "--every", "1h"), "only one"),
        (("add", "--app", "promiss"), "promise"),
        (("add", "--name", "A b"), "a-z"),
        (("remove",), "There is no schedule"),
        (("remove", "nightly"), "nightly"),
        (("run", "nightly"), "nightly"),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, arguments: tuple[str, ...], hint: str) -> None:
    done = diag(tmp_path, "schedule", *arguments)
    assert done.returncode == 2
    assert hint in done.stderr.decode()


# --- unattended runs ----------------------------------------------------------------------------


def unattended(home: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    return diag(home, "run", "--unattended", "--only", "link", *arguments, env=env)


def test_it_speaks_once_and_what_it_said_is_in_the_history(tmp_path: Path) -> None:
    first, second = unattended(tmp_path), unattended(tmp_path)
    assert first.returncode == second.returncode == 1
    assert first.stdout == second.stdout == second.stderr == b""
    assert first.stderr.decode().splitlines() == [
        "New: This PC is not connected to any network.",
        "To see more: diag show",
    ]
    runs = json.loads(diag(tmp_path, "history", "--format", "json").stdout)["runs"]
    assert [run["schedule"] for run in runs] == ["unattended", "unattended"]
    assert runs[0]["said"] == []
    (said,) = runs[1]["said"]
    assert (said["channel"], said["failure"]) == ("stderr", "")
    shown = diag(tmp_path, "history", "show", runs[1]["report_id"]).stdout.decode()
    assert "Said at" in shown


def test_quiet_hours_hold_the_word_back_until_they_are_over(tmp_path: Path) -> None:
    quiet = {"DIAG_WORD_QUIET_FROM": "00:00", "DIAG_WORD_QUIET_TO": "24:00"}
    assert unattended(tmp_path, **quiet).stderr == b""
    assert b"New: " in unattended(tmp_path).stderr


def test_a_channel_that_fails_is_told_once_and_tried_again(tmp_path: Path) -> None:
    place = Path(tempfile.mkdtemp(prefix="diag-test-", dir=Path.home()))
    program = place / "tell"
    command = {"DIAG_WORD_COMMAND": json.dumps([str(program)])}
    try:
        first, second = unattended(tmp_path, **command), unattended(tmp_path, **command)
        assert b"word did not go out (command)" in first.stderr
        assert second.stderr == b""
        runs = json.loads(diag(tmp_path, "history", "--format", "json").stdout)["runs"]
        assert [each["channel"] for each in runs[1]["said"] if each["failure"]] == ["command"]
        program.write_text(f"#!/bin/sh\ncat > {place}/told\n")
        program.chmod(0o700)
        assert unattended(tmp_path, **command).stderr == b""
        assert json.loads((place / "told").read_text())["changes"][0]["code"] == "link.down"
    finally:
        shutil.rmtree(place)


@pytest.mark.skipif(os.geteuid() != 0 and "CI" not in os.environ, reason="mounting needs root")
def test_a_full_disk_is_said_and_ends_with_4(tmp_path: Path) -> None:
    state = tmp_path / ".local/state"
    state.mkdir(parents=True)
    script = (
        f'mount -t tmpfs -o size=512k tmpfs {state} && "$@" > /dev/null; echo "first: $?" >&2; '
        f"cat /dev/zero > {state}/full || true; "
        f'"$@" > /dev/null; echo "full: $?" >&2; '
        f'rm {state}/full; "$@" > /dev/null; echo "after: $?" >&2'
    )
    run = [*DIAG, "run", "--only", "device", "--format", "json"]
    done = subprocess.run(
        ["unshare", "--mount", "--net", "sh", "-c", script, "sh", *run],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stderr.splitlines()
    assert "first: 0" in lines
    assert "full: 4" in lines, lines
    assert "after: 0" in lines, "the old history is intact, and takes new runs"
    assert any("was not saved" in line and "disk is full" in line for line in lines), lines


def test_a_second_run_leaves_with_a_message_of_its_own(tmp_path: Path) -> None:
    """It waits for half a minute: the holder is older than any run."""
    path = tmp_path / ".local/state/diag/unattended.lock"
    script = (
        "import sys; from diag.cli import main, unattended; unattended.WAIT_S = 0.5; "
        "sys.exit(main(['run', '--unattended', '--only', 'link']))"
    )
    with holding(path, 0):
        done = subprocess.run(
            without_network([sys.executable, "-c", script]),
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 3
    assert f"another unattended run (process {os.getpid()})" in done.stderr
    assert not (tmp_path / ".local/state/diag/history.sqlite3").exists()


def test_files_for_machines_are_written_as_each_wants_them(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    names = [f"{tmp_path}/out/{name}" for name in ("diag.prom", "runs.jsonl", "last.json")]
    write = {"DIAG_UNATTENDED_WRITE": json.dumps(names)}
    app = ("--app", "promise")
    for _ in range(2):
        assert unattended(tmp_path, *app, **write).returncode == 1
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "out").iterdir()}
    assert modes == {"diag.prom": 0o644, "runs.jsonl": 0o600, "last.json": 0o600}
    assert len((tmp_path / "out/runs.jsonl").read_text().splitlines()) == 2
    assert "promise" not in (tmp_path / "out/diag.prom").read_text()
    unattended(tmp_path, *app, DIAG_NAME_APP="true", **write)
    assert 'app="promise"' in (tmp_path / "out/diag.prom").read_text()


def test_a_file_that_cannot_be_written_ends_with_4_and_the_run_is_saved(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = unattended(tmp_path, DIAG_UNATTENDED_WRITE=f'["{tmp_path}/file/diag.prom"]')
    assert done.returncode == 4
    assert b"was not written" in done.stderr
    assert len(json.loads(diag(tmp_path, "history", "--format", "json").stdout)["runs"]) == 1


MEMORY = """
import os, subprocess, sys
run = subprocess.Popen(sys.argv[1:], stderr=subprocess.DEVNULL)
_, status, used = os.wait4(run.pid, 0)
print(os.waitstatus_to_exitcode(status), used.ru_maxrss)
"""
"""From a small process: what its parent takes counts for a child until it is another program."""


def test_it_takes_little_memory(tmp_path: Path) -> None:
    """At most 64 MiB; what it takes of the processor is in `make bench`."""
    argv = without_network([*DIAG, "run", "--unattended"])
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, *argv],
        env=environment(tmp_path),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    code, kibibytes = map(int, done.stdout.split())
    assert code == 1
    assert kibibytes < 64 << 10


def test_its_priority_is_low(tmp_path: Path) -> None:
    script = (
        "import os; from diag.background import lower_priority; lower_priority(); "
        "import psutil; print(os.nice(0), psutil.Process().ionice().ioclass)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.split() == ["10", "3"]


# --- missed runs --------------------------------------------------------------------------------


def planned(monkeypatch: pytest.MonkeyPatch, home: Path, **fields: Any) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / ".local/state"))
    schedule = Schedule(
        name="checkup",
        cron="0 * * * *",
        asked=Asked("every", "1h"),
        scheduler="cron",
        app=None,
        config=None,
        added_at=datetime.now(UTC) - timedelta(days=2),
    )
    schedule = msgspec.structs.replace(schedule, **fields)
    store.save(store.default_path(), {schedule.name: schedule})


def test_what_was_missed_is_run_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned(monkeypatch, tmp_path)
    old = datetime.now(UTC) - timedelta(hours=5)
    append(default_path(), a_run("old", schedule="checkup", created_at=old))
    assert diag(tmp_path, "schedule", "run-missed").returncode == 1
    again = diag(tmp_path, "schedule", "run-missed")
    assert (again.returncode, again.stdout, again.stderr) == (0, b"", b"")
    runs = json.loads(diag(tmp_path, "history", "--format", "json").stdout)["runs"]
    assert [run["report_id"] == "old" for run in runs] == [False, True]


def test_each_missed_run_has_the_settings_that_it_was_added_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.toml").write_text('[unattended]\nwrite = ["own.jsonl"]\n')
    planned(monkeypatch, tmp_path)
    (plain,) = store.load(store.default_path()).values()
    own = msgspec.structs.replace(plain, name="own", config=str(tmp_path / "own.toml"))
    store.save(store.default_path(), {"own": own, "checkup": plain})
    assert diag(tmp_path, "schedule", "run-missed").returncode == 1
    runs = json.loads(diag(tmp_path, "history", "--format", "json").stdout)["runs"]
    assert [run["schedule"] for run in runs] == ["checkup", "own"]
    assert len((tmp_path / "own.jsonl").read_text().splitlines()) == 1


def test_nothing_is_missed_before_a_schedule_was_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned(monkeypatch, tmp_path, cron="0 0 1 1 *", added_at=datetime.now(UTC))
    assert diag(tmp_path, "schedule", "run-missed").returncode == 0
    assert b"no runs yet" in diag(tmp_path, "history").stdout


def test_schedules_are_their_owners_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned(monkeypatch, tmp_path, app="promise")
    assert stat.S_IMODE(store.default_path().stat().st_mode) == 0o600
    store.default_path().write_text("{")
    done = diag(tmp_path, "schedule", "list")
    assert done.returncode == 2
    assert b"no list of schedules" in done.stderr
