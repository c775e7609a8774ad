"""A subprocess that ends: by itself, at its deadline, or when it writes too much."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import IO

from diag.deadline import Deadline
from diag.host.system import System

CHUNK = 65536
LINGER_S = 0.5
"""How long output may stay open after its process has ended: something else holds it then."""
TICK_S = 0.05
FIRST_PAUSE_S = 0.0005
"""A process usually ends right after it has closed its output."""
REAP_S = 1.0
"""How long a killed process may take to be gone; one in a kernel call may stay."""


class TooMuchOutput(Exception):
    pass


class _Running:
    """The processes that have not ended, so that none outlives diag."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._over = False
        self._processes: dict[subprocess.Popen[bytes], System] = {}

    def add(self, process: subprocess.Popen[bytes], system: System) -> None:
        with self._lock:
            if not self._over:
                self._processes[process] = system
                return
        system.kill(process)

    def remove(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._processes.pop(process, None)

    def end(self) -> None:
        with self._lock:
            self._over = True
            left = dict(self._processes)
        for process, system in left.items():
            system.kill(process)


_running = _Running()


def end_all() -> None:
    """Kill every process that still runs, and any that is started from now on: diag is about to
    end, and a thread that was left behind may be waiting for one.
    """
    _running.end()


class Finished:
    """The exit code and the output of a process that ended by itself."""

    def __init__(self, returncode: int, stdout: bytes, stderr: bytes) -> None:
        self.returncode = returncode
        self.stdout = stdout
        self.stderr = stderr


class _Budget:
    """How many bytes both streams may still bring, together."""

    def __init__(self, limit: int) -> None:
        self._left = limit
        self._lock = threading.Lock()

    def take(self, count: int) -> bool:
        with self._lock:
            self._left -= count
            return self._left >= 0


def run_bounded(
    system: System,
    argv: Sequence[str],
    env: Mapping[str, str],
    timeout_s: float,
    limit: int,
    stdin: IO[bytes] | None = None,
    heard: Callable[[bytes], None] | None = None,
) -> Finished:
    """Run `argv`, whose first item is an absolute path, in a group of its own.

    heard: is given each piece of stdout as it comes, in a thread of its own.

    Raises TimeoutError or TooMuchOutput after killing the group, OSError if it cannot be started.
    Whatever the group leaves behind is killed in any case.
    """
    deadline = Deadline.after(timeout_s)
    process = subprocess.Popen(
        argv,
        stdin=stdin or subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(env),
        **system.popen_options(),
    )
    _running.add(process, system)
    flooded = threading.Event()
    budget = _Budget(limit)

    def read(stream: IO[bytes], into: bytearray, heard: Callable[[bytes], None] | None) -> None:
        with stream:
            while chunk := stream.read1(CHUNK):  # type: ignore[attr-defined]
                if not budget.take(len(chunk)):
                    flooded.set()
                    system.kill(process)
                    return
                into += chunk
                if heard is not None:
                    heard(chunk)

    stdout, stderr = bytearray(), bytearray()
    readers = []
    for stream, into, told in ((process.stdout, stdout, heard), (process.stderr, stderr, None)):
        reader = threading.Thread(target=read, args=(stream, into, told), daemon=True)
        reader.start()
        readers.append(reader)
    try:
        _wait(system, process, readers, deadline, flooded)
    finally:
        system.kill(process)
        with suppress(subprocess.TimeoutExpired):
            process.wait(REAP_S)
        _running.remove(process)
    if flooded.is_set():
        raise TooMuchOutput
    return Finished(process.returncode, bytes(stdout), bytes(stderr))


def _wait(
    system: System,
    process: subprocess.Popen[bytes],
    readers: Sequence[threading.Thread],
    deadline: Deadline,
    flooded: threading.Event,
) -> None:
    """Until the process has ended and its output is closed, or held by others for LINGER_S.

    Raises TimeoutError if it has not ended by the deadline.
    """
    closing = deadline
    for reader in readers:
        while reader.is_alive() and not flooded.is_set() and not closing.expired:
            if system.ended(process):
                closing = closing.within(LINGER_S)
            reader.join(min(TICK_S, closing.remaining()))
    pause_s = FIRST_PAUSE_S
    while not flooded.is_set() and not system.ended(process):
        if deadline.expired:
            raise TimeoutError
        time.sleep(min(pause_s, deadline.remaining()))
        pause_s = min(2 * pause_s, TICK_S)
