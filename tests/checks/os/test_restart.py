from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from checks.os.linux import restart as module
from checks.os.linux.restart import Restart, restart
from diag.host import FileStat
from tests.support import NOW, replay

FILE = FileStat(size=1, modified=NOW, is_dir=False, owner=0, mode=0o644)


def ask(
    running: str = "6.1.0-30-amd64",
    boot: Sequence[str] | None = (),
    modules: Sequence[str] | None = None,
    there: Mapping[str, str] | None = None,
) -> Restart:
    present = there or {}
    usual = [*module.MARKS, *module.IN_CONTAINER]
    images = [f"{place}/{name}/vmlinuz" for place in module.MODULES for name in modules or ()]
    return restart(
        replay(
            files={
                module.RUNNING: f"{running}\n",
                **dict.fromkeys((f"{mark}.pkgs" for mark in module.MARKS), None),
                **present,
            },
            dirs={module.BOOT: boot, **dict.fromkeys(module.MODULES, modules)},
            stats={**{path: FILE if path in present else None for path in usual}}
            | dict.fromkeys(images, FILE),
        )
    )


def test_the_distributions_mark() -> None:
    found = ask(
        there={
            "/run/reboot-required": "*** System restart required ***\n",
            "/run/reboot-required.pkgs": "linux-image-6.1.0-32-amd64\nlibc6\nlibc6\n",
        }
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
        ("6.1.0-9-amd64", None, None),
    ],
)
def test_kernels(running: str, boot: list[str] | None, pending: bool | None) -> None:
    assert ask(running, boot).pending is pending


def test_a_distribution_that_removes_the_running_kernels_files() -> None:
    found = ask("6.9.1-arch1-1", ["vmlinuz-linux"], modules=["6.9.2-arch1-1"])
    assert (found.pending, found.newest) == (True, "6.9.2-arch1-1")


@pytest.mark.parametrize("path", module.IN_CONTAINER)
def test_a_container_does_not_choose_its_kernel(path: str) -> None:
    assert ask("6.1.0-9-amd64", ["vmlinuz-6.1.0-10-amd64"], there={path: ""}).pending is None


def test_wsl_does_not_either() -> None:
    assert ask("5.15.90.1-microsoft-standard-WSL2", []).pending is None
