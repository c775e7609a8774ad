"""What differs between operating systems behind `RealHost`, as one interface."""

from __future__ import annotations

import socket
import subprocess
from typing import Any, Protocol

from diag.host.base import MemoryUse, RegistryKey, Volume
from diag.model import OsFamily


class System(Protocol):
    """One operating system: where its tools are, how they are started, stopped and trusted."""

    family: OsFamily

    def candidates(self, tool: str) -> tuple[str, ...]:
        """Absolute paths where this tool may be, in the order to look; empty if unknown."""
        ...

    def trusted(self, path: str) -> bool:
        """Whether nobody but an administrator can change what this path starts."""
        ...

    def environment(self) -> dict[str, str]:
        """A clean environment for subprocesses; nothing in it steers what they load."""
        ...

    def popen_options(self) -> dict[str, Any]:
        """What makes a subprocess the leader of a group of its own, in a neutral directory."""
        ...

    def ended(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether a subprocess has ended. Where possible it is not reaped yet: see `kill`."""
        ...

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a subprocess and all that it started. Never raises.

        As long as an ended process is not reaped its id is not given to anybody else, so that
        what is left of its group, and nobody else, is killed.
        """
        ...

    def leave_by(self, connection: socket.socket, interface: str) -> None:
        """Tie a socket that is not connected yet to one interface. Raises OSError, Failed."""
        ...

    def is_root(self) -> bool: ...

    def registry(self, path: str) -> RegistryKey:
        """As `Host.registry`. Raises OSError, Failed."""
        ...

    def proxy_script(self, script: str, url: str, timeout_s: float) -> str:
        """As `Host.proxy_script`, but it may take longer. Raises Failed."""
        ...

    def uptime_s(self) -> float: ...

    def volume(self, path: str) -> Volume:
        """As `Host.volume`, but it may take longer. Raises OSError."""
        ...

    def memory(self) -> MemoryUse:
        """Raises OSError."""
        ...

    def processes(self) -> set[str]:
        """As `Host.processes`. Raises OSError."""
        ...

    def zone(self) -> str:
        """The IANA name of the local time zone, as this system tells it; empty if it does not."""
        ...


def current_system() -> System:
    """The one place that looks at `sys.platform`. Other Unixes are served as Linux is."""
    import sys

    if sys.platform == "win32":
        from diag.host.windows import WindowsSystem

        return WindowsSystem()
    if sys.platform == "darwin":
        from diag.host.macos import MacosSystem

        return MacosSystem()
    from diag.host.linux import LinuxSystem

    return LinuxSystem()


def kill_descendants(pid: int) -> None:
    """Kill what a process started, also what has left its group; as far as can be seen."""
    import psutil

    try:
        descendants = psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return
    for descendant in descendants:
        try:
            descendant.kill()
        except psutil.Error:
            continue


def memory_by_psutil() -> MemoryUse:
    import psutil

    try:
        said = psutil.virtual_memory()
    except psutil.Error as error:
        raise OSError(str(error)) from None
    return MemoryUse(size=said.total, available=said.available)


def processes_by_psutil() -> set[str]:
    import psutil

    try:
        return {str(each.info["name"]) for each in psutil.process_iter(["name"])}
    except psutil.Error as error:
        raise OSError(str(error)) from None


def known_zone(name: str) -> bool:
    """Whether this is the name of a time zone that Python's data knows."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return False
    return bool(name)
