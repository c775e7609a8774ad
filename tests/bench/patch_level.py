"""Budget 5: the patch check against `apt-get -s upgrade`, and the same count as `apt list`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.timing import Line, in_turn, ratio

BOUND = 0.5
APT_GET = "/usr/bin/apt-get"

CHECK = """
from checks.os import CHECK
from diag.host.real import real_host
from tests.support import context
fact = CHECK.collect(real_host(), context(seconds=30))
"""


def lines() -> Iterator[Line]:
    if not Path(APT_GET).exists():
        yield Line("5 patch level", float("inf"), BOUND, "x", "no apt here")
        return
    subprocess.run([sys.executable, "-c", CHECK], check=True, capture_output=True)
    ours, theirs = in_turn([sys.executable, "-c", CHECK], [APT_GET, "-s", "upgrade"], runs=5)
    yield ratio("5 patch check against apt-get -s upgrade", ours, theirs, BOUND)
