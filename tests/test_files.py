"""Files are whole or not there at all, whatever happens in between."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from diag.files import NotWritten, write_whole


def leftovers(directory: Path) -> list[str]:
    return [path.name for path in directory.iterdir() if path.name.endswith(".tmp")]


def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    write_whole(tmp_path / "report.json", b"new")
    assert (tmp_path / "report.json").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "report.json").stat().st_mode) == 0o600
    assert leftovers(tmp_path) == []


def test_an_old_file_is_replaced_with_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "metrics.prom"
    target.write_bytes(b"old")
    write_whole(target, b"new", mode=0o644)
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o644


@pytest.mark.parametrize("kind", ["device", "fifo", "link", "directory"])
def test_only_regular_files_are_replaced(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "target"
    precious = tmp_path / "precious"
    precious.write_text("kept")
    if kind == "device":
        target = Path(os.devnull)
    elif kind == "fifo":
        os.mkfifo(target)
    elif kind == "link":
        target.symlink_to(precious)
    else:
        target.mkdir()
    with pytest.raises(NotWritten, match="not a regular file"):
        write_whole(target, b"new")
    assert precious.read_text() == "kept"
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)
    assert leftovers(tmp_path) == []


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match="no such file or directory"):
        write_whole(tmp_path / "none" / "report.json", b"new")


def test_a_full_disk_keeps_the_old_file_and_leaves_nothing_behind(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        assert "CI" not in os.environ, "CI runs as root"
        pytest.skip("mounting a small disk needs root")
    disk = tmp_path / "disk"
    disk.mkdir()
    script = (
        f"mount -t tmpfs -o size=64k tmpfs {disk} && printf old > {disk}/report.json && "
        f"{sys.executable} -c 'from pathlib import Path; from diag.files import write_whole; "
        f'write_whole(Path("{disk}/report.json"), bytes(1 << 20))\'; '
        f"cat {disk}/report.json; ls -A {disk} | wc -l"
    )
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script], capture_output=True, text=True, check=False
    )
    assert "no space left on device" in done.stderr
    assert done.stdout.split() == ["old1"], done.stdout


def test_killed_while_writing_a_file_is_old_or_new_never_half(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    write_whole(target, b"a" * 200_000)
    script = (
        "import sys; from pathlib import Path; from diag.files import write_whole\n"
        "while True:\n"
        "    for sign in (b'a', b'b'): write_whole(Path(sys.argv[1]), sign * 200_000)\n"
    )
    chance = random.Random(7)
    for _ in range(25):
        writer = subprocess.Popen([sys.executable, "-c", script, str(target)])
        time.sleep(0.1 + chance.random() * 0.1)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        content = target.read_bytes()
        assert len(content) == 200_000
        assert len(set(content)) == 1
