from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from checks.os.linux import loaded
from checks.os.linux import restart as module
from checks.os.linux.restart import Restart, restart
from diag.deadline import Deadline
from tests.checks.os.tree import Tree
from tests.support import NOW


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def ask(
    tree: Tree,
    running: str = "6.1.0-30-amd64",
    boot: Sequence[str] = (),
    modules: Sequence[str] = (),
    there: Mapping[str, str] | None = None,
) -> Restart:
    tree.put(module.RUNNING, f"{running}\n")
    for name in boot:
        tree.put(f"{module.BOOT}/{name}")
    for name in modules:
        tree.put(f"{module.MODULES[0]}/{name}/vmlinuz")
    for path, text in (there or {}).items():
        tree.put(path, text)
    return restart(tree)


def test_the_distributions_mark(tree: Tree) -> None:
    found = ask(
        tree,
        there={
            "/run/reboot-required": "*** System restart required ***\n",
            "/run/reboot-required.pkgs": "linux-image-6.1.0-32-amd64\nlibc6\nlibc6\n",
        },
    )
    assert found.pending is True
    assert found.because == "mark"
    assert found.packages == ("linux-image-6.1.0-32-amd64", "libc6")


@pytest.mark.parametrize(
    ("running", "boot", "pending"),
    [
        ("6.1.0-9-amd64", ["vmlinuz-6.1.0-9-amd64", "vmlinuz-6.1.0-10-amd64"], True),
        ("6.1.0-10-amd64", ["vmlinuz-6.1.0-9-amd64", "vmlinuz-6.1.0-10-amd64"], False),
        ("6.1.0-9-amd64", ["vmlinuz-6.1.0-9-amd64", "vmlinuz-6.1.0-10-rt-amd64"], False),
        ("6.8.0-45-generic", ["vmlinuz", "vmlinuz.old", "vmlinuz-6.8.0-48-generic"], True),
        ("6.8.9-300.fc40.x86_64", ["vmlinuz-6.10.1-200.fc40.x86_64", "vmlinuz-0-rescue-ab"], True),
        ("6.18.44-fc-v669", ["vmlinuz-6.1.0-10-amd64"], None),
        ("6.1.0-9-amd64", [], None),
    ],
)
def test_kernels(tree: Tree, running: str, boot: list[str], pending: bool | None) -> None:
    assert ask(tree, running, boot).pending is pending


def test_a_distribution_that_removes_the_running_kernels_files(tree: Tree) -> None:
    found = ask(tree, "6.9.1-arch1-1", ["vmlinuz-linux"], modules=["6.9.2-arch1-1"])
    assert (found.pending, found.newest) == (True, "6.9.2-arch1-1")


@pytest.mark.parametrize(("running", "pending"), [("6.6.1-0-lts", True), ("6.6.2-0-lts", False)])
def test_a_distribution_whose_images_bear_no_numbers(
    tree: Tree, running: str, pending: bool
) -> None:
    tree.put("/lib/modules/6.6.2-0-lts/modules.dep")
    assert ask(tree, running, ["vmlinuz-lts"]).pending is pending


@pytest.mark.parametrize("path", module.IN_CONTAINER)
def test_a_container_does_not_choose_its_kernel(tree: Tree, path: str) -> None:
    assert ask(tree, "6.1.0-9-amd64", ["vmlinuz-6.1.0-10-amd64"], there={path: ""}).pending is None


def test_wsl_does_not_either(tree: Tree) -> None:
    assert ask(tree, "5.15.90.1-microsoft-standard-WSL2", []).pending is None


# --- replaced parts -----------------------------------------------------------------------------

MAPS = """\
55d0c8a00000-55d0c8a28000 r--p 00000000 fe:00 262 {0}
7f1c2a000000-7f1c2a028000 r--p 00000000 fe:00 261 {1}
7f1c2a028000-7f1c2a1bd000 r-xp 00028000 fe:00 261 {1}
7ffd5b7e0000-7ffd5b801000 rw-p 00000000 00:00 0 [stack]
"""
LIBRARY = "/usr/lib/x86_64-linux-gnu/libssl.so.3"


def process(tree: Tree, number: int, name: str, mapped: str) -> None:
    tree.put(f"/proc/{number}/comm", f"{name}\n")
    tree.put(f"/proc/{number}/maps", MAPS.format(f"/usr/bin/{name}", mapped))


def booted(tree: Tree, monkeypatch: pytest.MonkeyPatch, updated_after_s: float) -> None:
    monkeypatch.setattr(tree, "uptime_s", lambda: 3600.0)
    at = NOW - timedelta(seconds=3600 - updated_after_s)
    tree.put("/var/lib/dpkg/status", "x", at=at)


def test_programs_with_replaced_libraries(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    booted(tree, monkeypatch, updated_after_s=60)
    process(tree, 12, "sshd", f"{LIBRARY} (deleted)")
    process(tree, 9, "cron", f"{LIBRARY} (deleted)")
    process(tree, 13, "sshd", f"{LIBRARY} (deleted)")
    process(tree, 20, "bash", LIBRARY)
    process(tree, 21, "mine", "/home/x/lib.so (deleted)")
    process(tree, 22, "cache", "/memfd:doublemapper (deleted)")
    found = ask(tree, "6.1.0-10-amd64", ["vmlinuz-6.1.0-10-amd64"])
    assert (found.pending, found.because, found.programs) == (True, "libraries", ("cron", "sshd"))


def test_nothing_is_looked_at_if_nothing_was_installed_since_the_start(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    booted(tree, monkeypatch, updated_after_s=-60)
    process(tree, 12, "sshd", f"{LIBRARY} (deleted)")
    found = ask(tree, "6.1.0-10-amd64", ["vmlinuz-6.1.0-10-amd64"])
    assert (found.pending, found.programs) == (False, ())


def test_a_newer_kernel_is_reason_enough(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    booted(tree, monkeypatch, updated_after_s=60)
    process(tree, 12, "sshd", f"{LIBRARY} (deleted)")
    assert ask(tree, "6.1.0-9-amd64", ["vmlinuz-6.1.0-10-amd64"]).because == "kernel"


def test_a_library_that_is_really_replaced(tmp_path: Path) -> None:
    """This machine's own /proc: a program runs a file that is exchanged under it."""
    if not Path("/proc/self/maps").exists():
        pytest.skip("Linux only")
    program = tmp_path / "sleeper"
    shutil.copy(Path("/bin/sleep").resolve(), program)
    with subprocess.Popen([str(program), "60"]) as running:
        try:
            maps = Path(f"/proc/{running.pid}/maps")
            wait_for(lambda: str(program) in maps.read_text())
            assert not loaded.REPLACED.search(maps.read_bytes())
            Path(shutil.copy(program, tmp_path / "new")).replace(program)
            text = maps.read_text().replace(str(program), "/usr/bin/sleeper")
            assert loaded.REPLACED.search(text.encode())
        finally:
            running.kill()


def wait_for(done: Callable[[], bool]) -> None:
    deadline = Deadline.after(5)
    while not done() and not deadline.expired:
        time.sleep(0.01)
