"""Room, memory and running programs of this machine, against other tools' word."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from diag.host import RealHost, Volume, real_host
from diag.host.linux import LinuxSystem
from diag.host.posix import PosixSystem
from diag.host.windows import WindowsSystem
from diag.model import Failed

linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux")


@pytest.fixture
def host() -> RealHost:
    return real_host()


@linux
def test_room_is_what_df_says(host: RealHost, tmp_path: Path) -> None:
    volume = host.volume(str(tmp_path))
    asked = ("df", "--block-size=1", "--output=size,avail,itotal", str(tmp_path))
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()[-3:]
    size, free, files = (int(each) for each in said)
    assert (volume.size, volume.files or 0) == (size, files)
    assert abs(volume.free - free) < 1 << 30, "others write here, too"
    assert volume.read_only is False
    assert volume.device == tmp_path.stat().st_dev
    assert host.volume(str(tmp_path)).device == volume.device


def test_windows_asks_the_same_of_its_own_kernel(tmp_path: Path) -> None:
    """The one call is the same everywhere; files and read-only are not told there."""
    volume = WindowsSystem().volume(str(tmp_path))
    assert volume.size == shutil.disk_usage(tmp_path).total
    assert (volume.files, volume.read_only) == (None, None)


def test_a_place_that_is_not_there(host: RealHost, tmp_path: Path) -> None:
    for path in (str(tmp_path / "none"), "no\0where"):
        with pytest.raises(Failed, match="tool_missing"):
            host.volume(path)


class Hung(LinuxSystem):
    """A network drive whose server is gone."""

    def volume(self, path: str) -> Volume:
        time.sleep(30)
        raise OSError(path)


def test_a_drive_whose_server_is_gone_does_not_hold_us() -> None:
    started = time.monotonic()
    with pytest.raises(Failed, match="timeout"):
        RealHost(Hung()).volume("/mnt/nas")
    assert time.monotonic() - started < 5


def test_memory_is_what_others_say(host: RealHost) -> None:
    told, known = host.memory(), psutil.virtual_memory()
    assert abs(told.size - known.total) < 1 << 20
    assert 0 < told.available <= told.size
    assert abs(told.available - known.available) < told.size // 4
    assert PosixSystem().memory().size == known.total


@pytest.fixture
def long_name(tmp_path: Path) -> Iterator[str]:
    """A program that runs, with a name that the kernel cuts off."""
    program = tmp_path / "a-remarkably-long-name"
    shutil.copy("/bin/sleep", program)
    process = subprocess.Popen([str(program), "60"])
    try:
        yield program.name
    finally:
        process.kill()
        process.wait()


@linux
def test_running_programs_by_their_whole_names(host: RealHost, long_name: str) -> None:
    deadline = time.monotonic() + 5
    while long_name not in host.processes() and time.monotonic() < deadline:
        time.sleep(0.05)  # until it has become that program
    names = host.processes()
    assert long_name in names
    assert list(names) == sorted(set(names))
    assert long_name in PosixSystem().processes(), "macOS and Windows ask psutil"
    known = {each.info["name"] for each in psutil.process_iter(["name"])}
    assert len(known & set(names)) >= 0.8 * len(known)


@linux
def test_no_arguments_are_told(host: RealHost, long_name: str) -> None:
    assert not any(name == "60" or ("/" in name and long_name in name) for name in host.processes())
