"""Subprocesses through the real host: they end, alone and in time, and nobody else's code runs."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from diag.host import RealHost, real_host
from diag.host.linux import LinuxSystem
from diag.host.posix import PosixSystem
from diag.model import Failed

pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX processes")


class Toolbox(PosixSystem):
    """A system whose only tools are those of one directory, trusted as the test's user."""

    def __init__(self, directory: Path, *, root: bool = False) -> None:
        self.tool_dirs = (str(directory),)
        self.app_dirs = ()
        self._root = root

    def is_root(self) -> bool:
        return self._root

    def environment(self) -> dict[str, str]:
        return super().environment() | {"PATH": "/usr/bin:/bin"}


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def host(tools: Path) -> RealHost:
    return RealHost(Toolbox(tools))


def plant(directory: Path, name: str, script: str) -> Path:
    path = directory / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def alive(pid_file: Path) -> bool:
    pid = int(pid_file.read_text())
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def gone(pid_file: Path) -> bool:
    """Whether the process is dead; it is given a moment, since a signal takes one."""
    for _ in range(100):
        if not alive(pid_file):
            return True
        time.sleep(0.02)
    return False


def test_any_exit_code_is_an_answer_and_both_streams_are_kept(tools: Path, host: RealHost) -> None:
    plant(tools, "tool", "printf 'out\\377'; echo err >&2; exit 3")
    done = host.run("tool", "a b", "$(reboot)")
    assert (done.returncode, done.stdout, done.stderr) == (3, b"out\xff", b"err\n")
    assert done.argv == (str(tools / "tool"), "a b", "$(reboot)")


def test_arguments_never_meet_a_shell(tools: Path, host: RealHost) -> None:
    plant(tools, "tool", 'printf %s "$1"')
    assert host.run("tool", "$(echo x); `id` | & > f").text() == "$(echo x); `id` | & > f"


def test_hanging_tool_is_killed_in_time_with_everything_it_started(
    tools: Path, host: RealHost
) -> None:
    plant(
        tools,
        "tool",
        f"sleep 60 & echo $! >{tools}/child\n"
        f"setsid sh -c 'echo $$ >{tools}/escaped; exec sleep 60' &\n"
        f"echo $$ >{tools}/leader; trap '' TERM; while :; do sleep 60; done",
    )
    started = time.monotonic()
    with pytest.raises(Failed) as failed:
        host.run("tool", timeout_s=0.5)
    assert time.monotonic() - started < 1.5
    assert failed.value.failure.code == "timeout"
    assert failed.value.failure.operation == "run tool"
    assert failed.value.failure.took_s >= 0.5
    assert gone(tools / "leader")
    assert gone(tools / "child")
    assert gone(tools / "escaped")


def test_tool_that_closes_its_output_and_hangs_is_killed_too(tools: Path, host: RealHost) -> None:
    plant(tools, "tool", f"echo $$ >{tools}/leader; exec >&- 2>&-; exec sleep 60")
    with pytest.raises(Failed, match="timeout"):
        host.run("tool", timeout_s=0.3)
    assert gone(tools / "leader")


def test_output_is_heard_before_the_tool_ends_and_stays_heard_when_it_is_killed(
    tools: Path, host: RealHost
) -> None:
    plant(tools, "slow", "echo first; sleep 30")
    pieces: list[bytes] = []
    with pytest.raises(Failed, match="timeout"):
        host.run("slow", timeout_s=1.0, heard=pieces.append)
    assert b"".join(pieces) == b"first\n"


@pytest.mark.parametrize("stream", ["", ">&2"])
def test_flood_of_output_is_cut_off(tools: Path, host: RealHost, stream: str) -> None:
    plant(tools, "tool", f"echo $$ >{tools}/leader; exec yes {stream}")
    with pytest.raises(Failed) as failed:
        host.run("tool", timeout_s=20.0)
    assert failed.value.failure.code == "unparsable"
    assert failed.value.failure.took_s < 10.0
    assert gone(tools / "leader")


def test_background_process_that_holds_the_output_does_not_hold_the_answer(
    tools: Path, host: RealHost
) -> None:
    plant(tools, "tool", f"echo done; sleep 60 & echo $! >{tools}/child")
    started = time.monotonic()
    assert host.run("tool", timeout_s=20.0).text() == "done\n"
    assert time.monotonic() - started < 5.0
    assert gone(tools / "child")


def test_missing_tool_and_paths_that_are_no_tool(tools: Path, host: RealHost) -> None:
    plant(tools, "mute", "exit 0").chmod(0o644)
    (tools / "directory").mkdir()
    for name in ("nowhere", "directory", "../sh", "./tool", "", "-x", "a/b", "mute"):
        assert host.which(name) is None
        with pytest.raises(Failed, match="tool_missing"):
            host.run(name)


def test_file_that_is_no_program_is_denied(tools: Path, host: RealHost) -> None:
    (tools / "tool").write_bytes(b"\x00\x01no program")
    (tools / "tool").chmod(0o755)
    with pytest.raises(Failed, match="denied"):
        host.run("tool")


def test_script_of_a_vanished_interpreter_is_missing(tools: Path, host: RealHost) -> None:
    (tools / "tool").write_text("#!/nowhere/interpreter\n")
    (tools / "tool").chmod(0o755)
    with pytest.raises(Failed, match="tool_missing"):
        host.run("tool")


def test_environment_is_clean(tools: Path, host: RealHost, monkeypatch: pytest.MonkeyPatch) -> None:
    plants = ("LD_PRELOAD", "LD_LIBRARY_PATH", "PYTHONPATH", "PERL5LIB", "BASH_ENV", "ENV", "IFS",
              "LC_MESSAGES", "LANGUAGE", "http_proxy", "GIT_DIR")  # fmt: skip
    for name in plants:
        monkeypatch.setenv(name, "/nowhere/planted")
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    monkeypatch.setenv("PATH", "/nowhere/planted")
    plant(tools, "tool", "exec /usr/bin/env")
    environment = dict(
        line.split("=", 1) for line in host.run("tool", env={"EXTRA": "1"}).text().splitlines()
    )
    assert environment["LC_ALL"].startswith("C")
    assert environment["PATH"] == "/usr/bin:/bin"
    assert environment["EXTRA"] == "1"
    assert "LANG" not in environment
    assert "planted" not in str(environment)


def test_no_terminal_no_input_no_working_directory(tools: Path, host: RealHost) -> None:
    plant(tools, "tool", "pwd; cat; ps -o sid= -p $$ | grep -q $$ && echo own session")
    assert host.run("tool").text() == "/\nown session\n"


def test_plants_on_the_path_and_in_the_current_directory_are_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """12 plants, 0 executed: every way by which a name could reach a file that is not the OS's."""
    marks = tmp_path / "marks"
    marks.mkdir()
    names = ("ip", "ping", "dpkg-query", "apt-get", "realm", "nmcli")
    for name in names:
        plant(tmp_path, name, f"touch {marks}/{name}")
    monkeypatch.setenv("PATH", f"{tmp_path}:.:")
    monkeypatch.chdir(tmp_path)
    host = real_host()
    tried = [*names, *(f"./{name}" for name in names)]
    for name in tried:
        try:
            found = host.run(name, "--version", timeout_s=20.0)
        except Failed as error:
            assert error.failure.code == "tool_missing"
        else:
            assert not found.argv[0].startswith(str(tmp_path))
    assert len(tried) == 12
    assert list(marks.iterdir()) == []


def test_apps_own_command_may_stand_where_apps_are_installed(tools: Path, tmp_path: Path) -> None:
    apps = tmp_path / "apps"
    apps.mkdir()
    plant(apps, "example", "echo 2.1")
    plant(apps, "ping", "echo planted")
    system = Toolbox(tools)
    system.app_dirs = (str(apps),)
    system.tools = frozenset({"ping"})
    host = RealHost(system)
    assert host.run("example").text() == "2.1\n"
    assert host.run(str(apps / "example")).text() == "2.1\n"
    assert host.which("ping") is None


root_only = pytest.mark.skipif(
    os.name != "posix" or (os.geteuid() != 0 and "CI" not in os.environ),
    reason="only root can make files that belong to root",
)


@root_only
def test_root_trusts_only_what_root_alone_can_change() -> None:
    """On /run, which belongs to root; temporary directories lie below /tmp, where anyone writes."""
    import tempfile

    with tempfile.TemporaryDirectory(dir="/run") as name:
        base = Path(name)
        base.chmod(0o755)
        inner = base / "bin"
        inner.mkdir(mode=0o755)
        tool = plant(inner, "tool", "echo ran")
        trusted = LinuxSystem().trusted
        assert trusted(str(tool))
        assert RealHost(Toolbox(inner, root=True)).run("tool").text() == "ran\n"

        tool.chmod(0o757)
        assert not trusted(str(tool))
        tool.chmod(0o755)
        os.chown(tool, 65534, 0)
        assert not trusted(str(tool))
        os.chown(tool, 0, 0)

        inner.chmod(0o777)
        assert not trusted(str(tool))
        inner.chmod(0o777 | stat.S_ISVTX)
        assert not trusted(str(tool))
        inner.chmod(0o755)
        os.chown(inner, 65534, 0)
        assert not trusted(str(tool))
        with pytest.raises(Failed, match="tool_missing"):
            RealHost(Toolbox(inner, root=True)).run("tool")
        os.chown(inner, 0, 0)
        os.chown(tool, 0, 65534)
        tool.chmod(0o775)
        assert not trusted(str(tool))
        tool.chmod(0o755)
        assert trusted(str(tool))

        link = base / "link"
        link.symlink_to("bin/../bin/tool")
        assert trusted(str(link))
        os.lchown(link, 65534, 65534)
        assert not trusted(str(link))
        planted = Path(tempfile.mkdtemp()) / "tool"
        planted.write_text("#!/bin/sh\n")
        planted.chmod(0o755)
        away = base / "away"
        away.symlink_to(planted)
        assert not trusted(str(away))
        loop = base / "loop"
        loop.symlink_to("loop")
        assert not trusted(str(loop))
        assert not trusted(str(base / "nowhere"))


@pytest.mark.skipif(sys.platform != "linux", reason="tools of Linux")
def test_systems_own_tools_are_found_and_trusted() -> None:
    host = real_host()
    path = host.which("getent")
    assert path is not None
    assert path.startswith(("/usr/bin/", "/bin/"))
    assert LinuxSystem().trusted(path)


def test_no_tool_outlives_diag(tools: Path) -> None:
    """Not one that a thread still waits for when the run is over, nor one that starts after it."""
    plant(tools, "slow", 'echo $$ > "$(dirname "$0")/pid"; exec sleep 60')
    plant(tools, "late", 'echo $$ > "$(dirname "$0")/late.pid"; exec sleep 60')
    script = (
        "import os, sys, threading, time\n"
        "from pathlib import Path\n"
        "from diag.host import RealHost\n"
        "from diag.host.process import end_all\n"
        "from tests.host.test_process import Toolbox\n"
        "tools = Path(sys.argv[1])\n"
        "host = RealHost(Toolbox(tools))\n"
        "threading.Thread(target=host.run, args=('slow',), daemon=True).start()\n"
        "while not (tools / 'pid').exists() or not (tools / 'pid').read_text():\n"
        "    time.sleep(0.01)\n"
        "end_all()\n"
        "threading.Thread(target=host.run, args=('late',), daemon=True).start()\n"
        "time.sleep(0.5)\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tools)], check=True, timeout=30)
    assert gone(tools / "pid")
    late = tools / "late.pid"
    assert not late.exists() or not late.read_text() or gone(late)
