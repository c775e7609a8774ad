"""A D-Bus daemon of a test's own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def message_bus(*arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """Its address. The daemon prints it once it listens: the socket's file is there before."""
    daemon = subprocess.Popen(
        ["dbus-daemon", *arguments, "--nofork", "--nopidfile", "--print-address=1"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert daemon.stdout is not None
    try:
        address = daemon.stdout.readline().partition(",guid=")[0].strip()
        assert address, "dbus-daemon did not start"
        yield address
    finally:
        daemon.kill()
        daemon.wait()
        daemon.stdout.close()
