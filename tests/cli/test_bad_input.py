"""What goes wrong is said in one clear line, with the right exit code and no traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from diag.report import SCHEMA_VERSION
from tests.cli.diag_process import (
    DIAG,
    diag,
    environment,
    interruptible,
    uninterruptible,
    without_network,
)

QUICK = ("run", "--offline", "--only", "device")
"""The shortest run that is a whole one."""

PROFILE = """
schema = 1
[app]
id = "example"
name = { en = "Example" }
"""


def complaint(done: subprocess.CompletedProcess[bytes]) -> str:
    """What stderr says; never a traceback, never more than the line, a list and a hint."""
    text = done.stderr.decode()
    assert "Traceback" not in text
    assert text.startswith("diag: ")
    return text


def test_an_unknown_app_names_the_nearest(tmp_path: Path) -> None:
    done = diag(tmp_path, *QUICK, "--app", "promiss")
    assert done.returncode == 2
    assert "promise" in complaint(done)
    assert done.stdout == b""


def test_an_unknown_app_of_the_settings_names_where_it_stands(tmp_path: Path) -> None:
    done = diag(tmp_path, *QUICK, env={"DIAG_APP": "promiss"})
    assert complaint(done).startswith("diag: DIAG_APP: there is no app profile")
    settings = tmp_path / ".config/diag/config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('app = "promiss"\n')
    done = diag(tmp_path, *QUICK)
    assert complaint(done).startswith(f"diag: {settings}: there is no app profile")


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en_US.UTF-8",
            "DIAG_LANGUAGE is no setting and counts for nothing. Did you mean DIAG_LANG?",
        ),
        ("ja_JP.UTF-8", "DIAG_LANGUAGE という設定はなく、効いていません。DIAG_LANG のことですか。"),
    ],
)
def test_a_variable_that_sets_nothing_is_named(tmp_path: Path, lang: str, said: str) -> None:
    env = {"LANG": lang, "DIAG_LANGUAGE": "ja", "DIAG_DEADLINE": "5"}
    done = diag(tmp_path, "config", "show", env=env)
    assert done.returncode == 0
    shown = done.stdout.decode()
    assert said in shown
    assert shown.count("DIAG_DEADLINE") == 1, "only where the value is from"


def test_a_missing_profile_is_named(tmp_path: Path) -> None:
    done = diag(tmp_path, *QUICK, "--app", "./none.toml")
    assert done.returncode == 2
    assert "none.toml" in complaint(done)


def test_an_unknown_key_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "app.toml").write_text(PROFILE + '[suport]\nphone = "0120"\n')
    done = diag(tmp_path, *QUICK, "--app", "app.toml")
    assert done.returncode == 2
    text = complaint(done)
    assert "app.toml" in text
    assert "suport" in text
    assert "support" in text


def test_broken_toml_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "app.toml").write_text('schema = 1\n[app\nid = "x"\n')
    done = diag(tmp_path, *QUICK, "--app", "app.toml")
    assert done.returncode == 2
    assert "line 2" in complaint(done)


def test_a_pattern_that_matches_nothing(tmp_path: Path) -> None:
    done = diag(tmp_path, "run", "--only", "endpiont")
    assert done.returncode == 2
    assert "endpoint" in complaint(done)


def test_a_wrong_flag_and_a_wrong_command(tmp_path: Path) -> None:
    for arguments, hint in ((["run", "--symptm", "login"], "--symptom"), (["rnu"], "run")):
        done = diag(tmp_path, *arguments)
        assert done.returncode == 2
        assert hint in complaint(done)
        assert "--help" in complaint(done)


@pytest.mark.parametrize("arguments", [(), ("apps",), ("checks",), ("config",)])
def test_nothing_asked_for_shows_the_help_as_it_is(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = diag(tmp_path, *arguments)
    assert done.returncode == 2
    assert done.stderr == diag(tmp_path, *arguments, "--help").stdout


def test_nan_is_no_deadline(tmp_path: Path) -> None:
    done = diag(tmp_path, *QUICK, "--deadline", "nan")
    assert done.returncode == 2
    assert "not a number" in complaint(done)


def test_an_empty_app_is_not_answered_with_an_empty_line(tmp_path: Path) -> None:
    done = diag(tmp_path, *QUICK, "--app", "")
    assert done.returncode == 2
    assert "TOML" in complaint(done)


@pytest.mark.parametrize("options", [("--skip", "*"), ("--offline", "--only", "dns")])
def test_a_run_that_would_look_at_nothing_is_refused(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    """It would say that there is no problem."""
    done = diag(tmp_path, "run", *options)
    assert done.returncode == 2
    assert "leave no check" in complaint(done)
    assert done.stdout == b""


def redirected(home: Path, redirection: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """`diag ARGUMENTS` with a shell's redirection."""
    return subprocess.run(
        without_network(["sh", "-c", f'exec "$@" {redirection}', "sh", *DIAG, *arguments]),
        env=environment(home),
        cwd=home,
        capture_output=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("redirection", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (QUICK, 0),
        ((*QUICK, "--format", "json"), 0),
        (("run", "--symptm"), 2),
        (("--help",), 0),
        (("checks", "list"), 0),
        (("replay", "-"), 2),
    ],
)
def test_closed_streams(
    tmp_path: Path, redirection: str, arguments: tuple[str, ...], code: int
) -> None:
    done = redirected(tmp_path, redirection, *arguments)
    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    if code == 0 and ">&-" not in redirection.split():
        assert done.stdout


def test_a_full_standard_output(tmp_path: Path) -> None:
    for form in ("text", "json"):
        done = redirected(tmp_path, "> /dev/full", *QUICK, "--format", form)
        assert done.returncode == 4
        assert "standard output: no space left on this disk" in complaint(done)


@pytest.mark.parametrize("target", ["/dev/null", "none/report.json", "."])
def test_a_report_that_cannot_be_written_goes_to_stdout(tmp_path: Path, target: str) -> None:
    done = diag(tmp_path, *QUICK, "--format", "json", "-o", target)
    assert done.returncode == 4
    assert "was not written" in complaint(done)
    assert json.loads(done.stdout)["schema_version"] == 1


def test_a_suffix_that_says_nothing_is_asked_about(tmp_path: Path) -> None:
    done = diag(tmp_path, *QUICK, "-o", "report")
    assert done.returncode == 2
    assert "--format" in complaint(done)
    assert not (tmp_path / "report").exists()


FULL = """
mount -t tmpfs -o size=16k tmpfs {small}
printf old > {small}/old.{suffix}
dd if=/dev/zero of={small}/filler bs=4k 2>/dev/null
"$@"
echo $? > {home}/code
cat {small}/old.{suffix} > {home}/old
ls -A {small} > {home}/left
"""


@pytest.mark.parametrize(
    ("name", "form"),
    [
        *(("new.jsonl", "jsonl"), ("old.jsonl", "jsonl"), ("new.json", "json")),
        *(("old.json", "json"), ("new.txt", "text"), ("old.prom", "prometheus")),
        *(("new.export", "export"), ("old.export", "export")),
    ],
)
@pytest.mark.parametrize(
    ("language", "why"), [("en", "no space left on this disk"), ("ja", "空きがありません")]
)
def test_a_full_disk(tmp_path: Path, name: str, form: str, language: str, why: str) -> None:
    """A file is written whole or not at all; what was there before stays as it was."""
    if os.geteuid() != 0:
        assert "CI" not in os.environ, "CI runs as root"
        pytest.skip("mounting a small disk needs root")
    small, suffix = tmp_path / "small", name.rpartition(".")[2]
    small.mkdir()
    if form == "export":
        diag(tmp_path, *QUICK)
        arguments: tuple[str, ...] = ("history", "export")
    else:
        arguments = (*QUICK, "--no-save", "--lang", language)
    argv = [*DIAG, *arguments, "-o", str(small / name)]
    script = FULL.format(small=small, home=tmp_path, suffix=suffix)
    done = subprocess.run(
        ["unshare", "--mount", "--net", "sh", "-c", script, "sh", *argv],
        env=environment(tmp_path, LANG="ja_JP.UTF-8" if language == "ja" else "C.UTF-8"),
        capture_output=True,
        check=False,
    )
    assert (tmp_path / "code").read_text().strip() == "4"
    assert why in complaint(done)
    assert str(small / name) in complaint(done)
    assert (tmp_path / "old").read_bytes() == b"old"
    assert (tmp_path / "left").read_text().split() == ["filler", f"old.{suffix}"]
    if form == "json":
        assert json.loads(done.stdout)["schema_version"] == 1


NO_REPORTS = [
    *((each, "is no diag report", "ではありません") for each in (b"{}", b"[]", b"not json")),
    *((each, "is no diag report", "ではありません") for each in (b"\xff\xfe\x00", b"<html>")),
    *((each * 100_000, "is no diag report", "ではありません") for each in (b"[", b'{"a":')),
    (b"\xef\xbb\xbf", "is empty", "空です"),
    (b"", "is empty", "空です"),
    (b'{\n  "schema_version": 1,\n  "created_at": "20', "not to its end", "途中で切れて"),
    (b'{"schema_version": 1}\n{"schema_version": 1}\n', "several reports", "複数の診断結果"),
    (b'{"schema_version": 99}', "Update diag", "diag を更新"),
    (b'{"schema_version": "x"}', "missing or changed (schema_version)", "欠けたり変わったり"),
    (b'{"schema_version": 1}', "missing or changed (report_id)", "欠けたり変わったり"),
]


@pytest.mark.parametrize(("content", "english", "japanese"), NO_REPORTS)
@pytest.mark.parametrize("command", ["replay", "show"])
def test_what_is_handed_in_instead_of_a_report_is_called_what_it_is(
    tmp_path: Path, command: str, content: bytes, english: str, japanese: str
) -> None:
    (tmp_path / "report.json").write_bytes(content)
    for language, expected in (("C.UTF-8", english), ("ja_JP.UTF-8", japanese)):
        done = diag(tmp_path, command, "report.json", env={"LANG": language})
        assert done.returncode == 2
        said = complaint(done)
        assert expected in said
        assert said.startswith("diag: report.json")
        assert "JSON is" not in said


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_report_as_windows_saves_it(tmp_path: Path, encoding: str) -> None:
    """An editor's byte order mark, or PowerShell 5.1's `>`, does not make it unreadable."""
    report = diag(tmp_path, *QUICK, "--format", "json", "--lang", "ja").stdout.decode()
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    (tmp_path / "report.json").write_bytes((mark + report).encode(encoding))
    done = diag(tmp_path, "show", "report.json", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["results"] == json.loads(report)["results"]


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_report_of_a_time_that_cannot_be(tmp_path: Path, year: str) -> None:
    report = json.loads(diag(tmp_path, *QUICK, "--format", "json").stdout)
    report["created_at"] = f"{year}-01-01T00:00:00Z"
    (tmp_path / "report.json").write_text(json.dumps(report))
    for command in ("show", "replay"):
        done = diag(tmp_path, command, "report.json")
        assert done.returncode == 2
        assert f"({year}-01-01" in complaint(done)


@pytest.mark.parametrize("ahead", [1, 98])
def test_a_report_from_the_future(tmp_path: Path, ahead: int) -> None:
    version = SCHEMA_VERSION + ahead
    (tmp_path / "report.json").write_text(f'{{"schema_version": {version}}}')
    done = diag(tmp_path, "show", "report.json")
    assert done.returncode == 2
    assert "Update diag" in complaint(done)


def test_no_report_yet(tmp_path: Path) -> None:
    done = diag(tmp_path, "show")
    assert done.returncode == 2
    assert "diag run" in complaint(done)


def test_a_closed_pipe_keeps_the_code_and_says_nothing(tmp_path: Path) -> None:
    script = f"({' '.join(DIAG)} {' '.join(QUICK)}; echo $? > code) 2> err | head -1"
    subprocess.run(
        without_network(["sh", "-c", script]),
        env=environment(tmp_path),
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert (tmp_path / "code").read_text().strip() == "0"
    assert (tmp_path / "err").read_text() == ""


def interrupted(
    home: Path, started_so: Callable[[], None], presses: int = 1
) -> subprocess.CompletedProcess[bytes]:
    """A run that is interrupted while a server that never answers keeps it going."""
    (home / "app.toml").write_text(
        PROFILE + '[[endpoint]]\nid = "login"\nurl = "http://127.0.0.1:9/"\nrole = "login"\n'
    )
    server = "import socket, time; s = socket.create_server(('127.0.0.1', 9)); time.sleep(8)"
    script = f'python3 -c "{server}" >/dev/null 2>&1 & sleep 0.5; exec "$@"'
    call = [*DIAG, "run", "--app", "app.toml", "--format", "json", "--deadline", "4"]
    run = subprocess.Popen(
        without_network(["sh", "-c", script, "sh", *call]),
        env=environment(home),
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=started_so,
    )
    time.sleep(2.5)
    for _ in range(presses):
        os.killpg(run.pid, signal.SIGINT)
        time.sleep(0.02)
    stdout, stderr = run.communicate(timeout=20)
    return subprocess.CompletedProcess(call, run.returncode, stdout, stderr)


@pytest.mark.parametrize("presses", [1, 5])
def test_ctrl_c_prints_what_is_known_and_ends_with_130(tmp_path: Path, presses: int) -> None:
    """Pressed five times, too: whoever is impatient has not asked for less."""
    done = interrupted(tmp_path, interruptible, presses)
    assert done.stderr == b""
    report = json.loads(done.stdout)
    assert done.returncode == 130
    results = {each["check"]: each for each in report["results"]}
    assert results["device"]["status"] == "ok"
    assert results["endpoint"]["status"] == "unknown"


PRESSED_WHILE_IT_LOADS = """
import os, signal, sys, threading, time
from diag.start import entry
def press():
    for _ in range(4):
        time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=press).start()
sys.argv = ["diag", "run", "--no-save", "--format", "json"]
entry()
"""


def test_ctrl_c_while_diag_loads_shows_no_programmers_words(tmp_path: Path) -> None:
    done = subprocess.run(
        without_network([sys.executable, "-c", PRESSED_WHILE_IT_LOADS]),
        env=environment(tmp_path),
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=False,
        preexec_fn=interruptible,
    )
    assert done.returncode == 130
    assert done.stderr.strip() in {b"", b"diag: stopped"}


def test_in_the_background_a_ctrl_c_is_meant_for_somebody_else(tmp_path: Path) -> None:
    """Started with SIGINT ignored, as by `diag run &` in a script, it goes on to its end."""
    done = interrupted(tmp_path, uninterruptible)
    assert done.stderr == b""
    assert json.loads(done.stdout)["duration_s"] > 3
    assert done.returncode == 1


READ_A_BYTE = """
import os, subprocess, sys
reader, writer = os.pipe()
run = subprocess.Popen(sys.argv[1:], stdout=writer, stderr=subprocess.PIPE)
os.close(writer)
os.read(reader, 1)
os.close(reader)
err = run.communicate()[1].decode()
print(run.returncode, repr(err))
"""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (QUICK, 0),
        ((*QUICK, "--format", "json"), 0),
        ((*QUICK, "--format", "nagios"), 0),
        (("--help",), 0),
        (("run", "--help"), 0),
        (("apps", "list"), 0),
        (("apps", "show", "promise"), 0),
        (("apps", "show", "promise", "--format", "json"), 0),
        (("apps", "check", "app.toml", "--offline"), 0),
        (("checks", "list"), 0),
        (("checks", "show", "endpoint"), 0),
        (("config", "show"), 0),
        (("config", "show", "--format", "json"), 0),
        (("history",), 0),
        (("history", "--format", "json"), 0),
        (("history", "export"), 0),
        (("show",), 0),
        (("show", "--format", "json"), 0),
        (("networks", "list"), 0),
        (("schedule", "list"), 0),
        (("schema",), 0),
        (("watch", "--for", "1s"), 1),
    ],
)
def test_whoever_has_read_enough_hears_nothing(
    tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    """`diag ... | head -c1` is quiet, and its code is what it would have been."""
    (tmp_path / "app.toml").write_text(PROFILE)
    diag(tmp_path, *QUICK)
    call = [*DIAG, *arguments]
    read = [sys.executable, "-c", READ_A_BYTE, *call]
    for buffered in ("", "1"):
        done = subprocess.run(
            without_network(read),
            env=environment(tmp_path, PYTHONUNBUFFERED=buffered),
            cwd=tmp_path,
            capture_output=True,
            timeout=60,
            check=True,
        )
        assert done.stdout.decode() == f"{code} ''\n"


def test_nobody_listens_to_complaints(tmp_path: Path) -> None:
    for arguments, code in ((["rnu"], 2), (["apps"], 2), (["run", "--deadline", "x"], 2)):
        script = f"({' '.join([*DIAG, *arguments])} 2>&1; echo $? > code) | true"
        subprocess.run(
            without_network(["sh", "-c", script]),
            env=environment(tmp_path),
            cwd=tmp_path,
            check=True,
        )
        assert (tmp_path / "code").read_text().strip() == str(code)
