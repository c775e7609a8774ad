"""`diag` as a user starts it: the real process, in a home of its own, with no network."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

DIAG = (sys.executable, "-m", "diag")


def environment(home: Path, **more: str) -> dict[str, str]:
    """A clean environment: English, UTC, this home, nothing of the developer's."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "NO_PROXY": "",
        **more,
    }


def without_network(argv: Sequence[str]) -> list[str]:
    """The command in a network namespace of its own, with loopback up and nothing else."""
    return ["unshare", "--user", "--map-root-user", "--net", "sh", "-c", _UP, "sh", *argv]


def interruptible() -> None:
    """For `preexec_fn`: Ctrl-C as a terminal gives it, whatever started the tests ignores."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def uninterruptible() -> None:
    """For `preexec_fn`: Ctrl-C is ignored, as of a shell's `diag run &` (POSIX, 2.9.3.1)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


_UP = 'ip link set lo up; exec "$@"'


def diag(
    home: Path,
    *arguments: str,
    network: bool = False,
    stdin: bytes | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    argv = [*DIAG, *arguments]
    return subprocess.run(
        argv if network else without_network(argv),
        env=environment(home, **(env or {})),
        cwd=home,
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )
