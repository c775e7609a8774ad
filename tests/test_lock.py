"""One at a time: who comes second waits or is told; what a dead holder left is taken over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from diag import lock
from diag.lock import Busy, holding

HOLD = (
    "import sys, time; from pathlib import Path; from diag.lock import holding\n"
    "with holding(Path(sys.argv[1]), 0): print('held', flush=True); time.sleep(float(sys.argv[2]))"
)


def holder(path: Path, seconds: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_the_second_is_told_who_holds_it_and_for_how_long(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    process = holder(path, 30)
    try:
        with pytest.raises(Busy) as caught, holding(path, 0.3):
            pytest.fail("two hold it")
        assert caught.value.pid == process.pid
        assert 0.3 <= caught.value.age_s < 20
    finally:
        process.kill()
        process.communicate()


def test_the_second_waits_for_its_turn(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    process = holder(path, 0.5)
    with holding(path, 20):
        assert process.wait(5) == 0
    process.communicate()


def test_what_a_killed_holder_left_is_taken_over_at_once(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    process = holder(path, 30)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert str(process.pid) in path.read_text()
    with holding(path, 0):
        assert str(os.getpid()) in path.read_text()


def test_a_holder_that_is_stuck_loses_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    process = holder(path, 30)
    try:
        time.sleep(0.2)
        with (
            holding(path, 0, stuck_after_s=0.1),
            pytest.raises(Busy) as caught,
            holding(path, 0),
        ):
            pytest.fail("two hold it")
        assert caught.value.pid == os.getpid()
    finally:
        process.kill()
        process.communicate()


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("kept")
    (tmp_path / "lock").symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match=r"[Ll]ink|symbolic"), holding(tmp_path / "lock", 0):
        pytest.fail("followed")
    assert (tmp_path / "precious").read_text() == "kept"


def test_what_was_replaced_meanwhile_is_not_the_lock_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between opening the file and locking it, somebody takes a stuck holder's file away: whoever
    held that one would be alone with it, and the next would come in by the new one."""
    path = tmp_path / "lock"
    take = lock._lock
    opened: list[int] = []

    def late(descriptor: int) -> bool:
        if not opened:
            path.unlink()
            path.touch(mode=0o600)
        opened.append(descriptor)
        return take(descriptor)

    monkeypatch.setattr(lock, "_lock", late)
    with holding(path, 1):
        assert len(opened) == 2
        with pytest.raises(Busy), holding(path, 0):
            pytest.fail("two hold it")
