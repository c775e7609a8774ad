"""Where `diag` begins, before anything that takes time to load: from here on Ctrl-C is answered.

Whoever is impatient presses it several times. The first press ends the diagnosis, which then prints
what is known; presses right behind it mean the same and must not cut that short.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import NoReturn

ONE_WISH = 1.0
"""Seconds after an interrupt in which another one is the same wish."""
INTERRUPTED = 130


class _Presses:
    def __init__(self) -> None:
        self.last = float("-inf")

    def __call__(self, *_: object) -> None:
        before, self.last = self.last, time.monotonic()
        if self.last - before > ONE_WISH:
            raise KeyboardInterrupt


def entry() -> NoReturn:
    """The console script: `os._exit`, since a collector's thread may never come back."""
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if ours:  # else it is ignored, as of a shell's `diag &`
        signal.signal(signal.SIGINT, _Presses())
    try:
        from diag.cli import main

        code = main()
        _end()
    except KeyboardInterrupt:
        code = INTERRUPTED
    os._exit(code)


def _end() -> None:
    process = sys.modules.get("diag.host.process")  # if not, no process was started
    if process is not None:
        process.end_all()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (BrokenPipeError, OSError, ValueError):
            continue
