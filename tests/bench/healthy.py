"""Budget 3: a healthy run costs little more than its slowest probe, once diag has started.

Measured in the lab's healthy world, whose servers answer after 50 ms. Start-up is what it takes to
import the command, every check and the catalog.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterator

from tests.bench.timing import Line

RUNS = 7
ALLOWANCE_S = 0.1
FACTOR = 1.5

START_UP = (
    "from diag.cli import running; from diag import registry; from diag.catalog import Catalog; "
    "registry.load(); Catalog.load('en', ('diag', 'checks'))"
)


def lines() -> Iterator[Line]:
    if os.geteuid() != 0:
        yield Line("3 healthy run after start-up", float("inf"), 1.0, "x", "needs root: the lab")
        return
    from tests.lab.lab import REPOSITORY, Lab

    started, whole, slowest = [], [], []
    with Lab() as lab:
        lab.run()
        for _ in range(RUNS):
            begun = time.perf_counter()
            lab.world.device.run(sys.executable, "-c", START_UP, timeout_s=30, cwd=REPOSITORY)
            started.append(time.perf_counter() - begun)
            outcome = lab.run("--no-save")
            whole.append(outcome.took_s)
            took = [each["took_s"] for each in outcome.report["results"]]
            slowest.append(max(took))
    after = statistics.median(whole) - statistics.median(started)
    bound = FACTOR * statistics.median(slowest) + ALLOWANCE_S
    detail = (
        f"start-up {statistics.median(started) * 1000:.0f} ms, "
        f"slowest probe {statistics.median(slowest) * 1000:.0f} ms"
    )
    yield Line("3 healthy run after start-up", after, bound, "s", detail)
