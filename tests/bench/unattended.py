"""A scheduled run: at most 1 s of the processor and 64 MiB, with all checks, off the network."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.timing import Line
from tests.cli.diag_process import DIAG, environment, without_network

RUNS = 5


def lines() -> Iterator[Line]:
    with tempfile.TemporaryDirectory() as home:
        used = [_once(Path(home)) for _ in range(RUNS)]
    cpu = statistics.median(each.ru_utime + each.ru_stime for each in used)
    memory = max(each.ru_maxrss for each in used) / 1024
    yield Line("8 processor time of a scheduled run", cpu, 1.0, "s", "all checks, no network")
    yield Line("8 memory of a scheduled run", memory, 64, "MiB", "the largest process")


def _once(home: Path) -> resource.struct_rusage:
    run = subprocess.Popen(
        without_network([*DIAG, "run", "--unattended"]),
        env=environment(home),
        cwd=home,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    if run.returncode not in (0, 1, 3):
        raise RuntimeError(f"it ended with {run.returncode}")
    return used
