"""`diag watch`: its waits, its options, and how it ends. The service that comes back: tests/lab."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from itertools import islice, pairwise
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from checks.status import CHECK
from checks.status.asking import Unreachable
from checks.status.observe import StatusFact
from diag import registry
from diag.cli.watch import Duration, command
from diag.cli.watching import JITTER, LONGEST_PAUSE_S, LONGEST_RETRY_AFTER_S, pauses, retry_after
from diag.model import Answers, Observation, Os, Snapshot
from tests.cli.diag_process import DIAG, diag, environment, interruptible, without_network
from tests.support import NOW, profile_from


def test_waits_grow_up_to_a_bound_and_are_never_quite_the_same() -> None:
    waits = list(islice(pauses(30, random.Random(1)), 12))
    assert 24 <= waits[0] <= 36
    assert all(
        after > before * 1.5 * (1 - JITTER) / (1 + JITTER) for before, after in pairwise(waits[:5])
    )
    assert max(waits) <= LONGEST_PAUSE_S * (1 + JITTER)
    assert min(waits[8:]) >= LONGEST_PAUSE_S * (1 - JITTER)
    assert len(set(waits)) == len(waits)
    assert list(islice(pauses(30, random.Random(2)), 3)) != waits[:3]


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("30m", 1800), ("2h", 7200), ("1h30m", 5400)]
)
def test_times_as_people_write_them(text: str, seconds: float) -> None:
    assert Duration(1, 86400).convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "soon", "2d", "-5", "1.5h", "h", "0", "99h"])
def test_what_is_no_time_or_too_long_is_refused(text: str) -> None:
    with pytest.raises(click.UsageError):
        Duration(1, 86400).convert(text, None, None)


def test_nobody_is_asked_more_often_than_every_ten_seconds() -> None:
    result = CliRunner().invoke(command, ["--every", "5s"])
    assert result.exit_code == 2
    assert "'low': 10.0" in result.output  # the words: tests/cli/test_usage.py


@pytest.mark.parametrize(
    ("asked", "waited"), [(None, 0), (120.0, 120), (1e9, LONGEST_RETRY_AFTER_S)]
)
def test_a_server_that_asks_to_wait_is_heard(asked: float | None, waited: float) -> None:
    url = "https://status.app.test"
    page = Unreachable(code="refused", http_status=429, retry_after_s=asked)
    snapshot = Snapshot(
        taken_at=NOW,
        zone="UTC",
        os=Os(family="linux"),
        profile=profile_from({"status_page": {"url": url}}),
        answers=Answers(),
        deadline_s=10.0,
        chosen=(CHECK.name,),
        observations={CHECK.name: Observation(fact=StatusFact(unreachable=page), took_s=0.1)},
    )
    assert retry_after(snapshot, registry.load()) == waited


def test_what_does_not_come_back_in_time_ends_with_its_report(tmp_path: Path) -> None:
    done = diag(tmp_path, "watch", "--for", "1s", "--deadline", "3")
    text = done.stdout.decode()
    assert text.startswith("Watching This PC and its network, for 1 s at most.")
    assert "Still not: " in text
    assert "Next: " in text, "the report says what to do"
    assert done.returncode == 1


def test_ctrl_c_leaves_a_clean_report(tmp_path: Path) -> None:
    process = subprocess.Popen(
        without_network([*DIAG, "watch", "--deadline", "3", "--lang", "ja"]),
        env=environment(tmp_path),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=interruptible,
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    assert "見守ります" in first
    second = process.stdout.readline()
    assert "次は約" in second
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "最後に確かめた結果" in out
    assert "Traceback" not in out + err
    assert "この診断の番号" in out or "番号" in out


def test_a_profile_that_is_not_there_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    done = diag(tmp_path, "watch", "--app", "promis")
    assert done.returncode == 2
    assert b'Did you mean "promise"?' in done.stderr
