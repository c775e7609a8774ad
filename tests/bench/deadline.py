"""Budget 4: 10 of 30 checks hang or crash; the process ends by the deadline + 0.5 s."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

from tests.bench.timing import Line

SCRIPT = """
import os, threading
from diag.deadline import Deadline
from diag.model import Answers
from diag.observe import observe
from tests.support import profile_from, replay
from tests.toys import toy_check

def hang(*_):
    threading.Event().wait(60)

def crash(*_):
    raise RuntimeError

bad = [hang] * 7 + [crash] * 3
checks = [toy_check(f"c{n}", collect=bad[n] if n < 10 else None) for n in range(30)]
seen = observe(replay(), checks, profile_from({}), Answers(), Deadline.after(1.0)).observations
print(len(seen), flush=True)
os._exit(0)
"""


def lines() -> Iterator[Line]:
    floor = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "import tests.toys, diag.observe"], check=True, capture_output=True
    )
    start_up = time.perf_counter() - floor
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], check=True, capture_output=True, text=True
    )
    over = time.perf_counter() - started - start_up - 1.0
    detail = f"{done.stdout.strip()} of 30 in the report, deadline 1 s, start-up taken off"
    yield Line("4 end after the deadline", max(over, 0.0), 0.5, "s", detail)
