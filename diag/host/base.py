"""The device through one door. Collectors get a `Host` and touch nothing else.

Four kinds stand behind the protocol: `RealHost` (this device), `RecordingHost` (notes every call
and its answer), `ReplayHost` (answers from a recording, refuses what it does not hold), and what
tests make of them. Every method is bounded and raises `Failed` with a closed code, never a bare
OSError.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from diag.model import KnownNetwork, OsFamily

READ_LIMIT = 1 << 20
"""Most bytes read of a file, unless a caller knows better (1 MiB)."""

OUTPUT_LIMIT = 1 << 20
"""Most bytes kept of a subprocess's output (1 MiB); one that writes more is killed."""


RegistryValue = str | int | bytes | tuple[str, ...]
"""What a value of the Windows registry holds."""


class Command(Struct, frozen=True, kw_only=True):
    """How a subprocess ended. Output is bytes as written; `text` decodes it."""

    argv: tuple[str, ...]
    returncode: int
    stdout: bytes
    stderr: bytes
    took_s: float

    def text(self, encoding: str = "utf-8") -> str:
        return self.stdout.decode(encoding, errors="replace")


class FileStat(Struct, frozen=True, kw_only=True):
    """What is known of a file without opening it. `modified` is UTC."""

    size: int
    modified: datetime
    is_dir: bool
    owner: int
    mode: int


class InterfaceAddress(Struct, frozen=True, kw_only=True):
    """An address of an interface. `family` is ipv4, ipv6 or mac; a scope id is cut off."""

    family: str
    address: str
    prefix: int | None = None


class Volume(Struct, frozen=True, kw_only=True):
    """The file system that holds a path. Sizes in bytes; `free` is what this user may still fill.

    files, files_free: how many files it can hold, where it has such a limit. read_only: None where
    the OS does not say. device: paths of one volume have the same number.
    """

    size: int
    free: int
    files: int | None = None
    files_free: int | None = None
    read_only: bool | None = None
    device: int = 0


class MemoryUse(Struct, frozen=True, kw_only=True):
    """Main memory in bytes; `available` is what programs can have without swapping."""

    size: int
    available: int


class Interface(Struct, frozen=True, kw_only=True):
    """A network interface as the OS lists it. `up` is the administrative and carrier state."""

    name: str
    up: bool
    mtu: int
    speed_mbit: int = 0
    loopback: bool = False
    addresses: tuple[InterfaceAddress, ...] = ()


class ResolvedAddress(Struct, frozen=True, kw_only=True):
    """One answer of the system's resolver."""

    family: str
    address: str


class RegistryKey(Struct, frozen=True, kw_only=True):
    """A key of the Windows registry: its values by name, and the names of the keys below it.

    REG_SZ, REG_EXPAND_SZ (as written), REG_DWORD, REG_QWORD, REG_MULTI_SZ, REG_BINARY; others are
    left out. Names mean the same in capitals or not, as Windows has it.
    """

    values: dict[str, RegistryValue] = {}
    subkeys: tuple[str, ...] = ()

    def text(self, name: str) -> str:
        """Without spaces around; empty if there is no such text."""
        value = self._value(name)
        return value.strip() if isinstance(value, str) else ""

    def number(self, name: str) -> int | None:
        value = self._value(name)
        return value if isinstance(value, int) else None

    def _value(self, name: str) -> RegistryValue | None:
        if name in self.values:
            return self.values[name]
        wanted = name.casefold()
        return next((held for each, held in self.values.items() if each.casefold() == wanted), None)


class Host(Protocol):
    """What a collector may ask of a device."""

    @property
    def family(self) -> OsFamily: ...

    def run(
        self,
        tool: str,
        *args: str,
        timeout_s: float = 5.0,
        env: Mapping[str, str] | None = None,
        heard: Callable[[bytes], None] | None = None,
    ) -> Command:
        """Run a tool of this OS's list by its absolute path; any exit code is an answer.

        heard: is given each piece of stdout as it comes, also of a tool that is killed later.
        Raises Failed: tool_missing, timeout (killed with its process group), denied.
        """
        ...

    def which(self, tool: str) -> str | None:
        """The absolute path by which `run` would start this tool, if it is there."""
        ...

    def read(self, path: str, limit: int = READ_LIMIT) -> bytes:
        """At most `limit` bytes of a file. Raises Failed: tool_missing (no such file), denied."""
        ...

    def read_part(self, path: str, start: int, limit: int) -> bytes:
        """At most `limit` bytes of a file from `start` on: one look into a file that is large.

        Raises Failed as `read` does.
        """
        ...

    def listdir(self, path: str) -> tuple[str, ...]:
        """Names in a directory, sorted. Raises Failed: tool_missing, denied."""
        ...

    def stat(self, path: str) -> FileStat | None:
        """None if there is no such file. Raises Failed: denied."""
        ...

    def getenv(self, name: str) -> str | None: ...

    def now(self) -> datetime:
        """The wall clock, UTC."""
        ...

    def zone(self) -> str:
        """The IANA name of the local time zone, or UTC."""
        ...

    def is_root(self) -> bool:
        """Whether this process has administrator rights."""
        ...

    def known_networks(self) -> tuple[KnownNetwork, ...]:
        """Those that the user of this device vouches for (`diag networks`).

        Raises Failed: unparsable, denied.
        """
        ...

    def uptime_s(self) -> float: ...

    def volume(self, path: str) -> Volume:
        """The file system that holds this path. Raises Failed: tool_missing, denied, timeout (its
        server does not answer).
        """
        ...

    def memory(self) -> MemoryUse:
        """Raises Failed."""
        ...

    def processes(self) -> tuple[str, ...]:
        """Names of the programs that run now, each once, sorted: no arguments, no owners.

        Raises Failed.
        """
        ...

    def interfaces(self) -> tuple[Interface, ...]: ...

    def dbus(
        self,
        bus: str,
        destination: str,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        body: tuple[object, ...] = (),
        timeout_s: float = 2.0,
    ) -> tuple[object, ...]:
        """Call a D-Bus method on the `system` or `session` bus and give its reply's body.

        Raises Failed: tool_missing (no bus or no such service), denied, timeout, unparsable.
        """
        ...

    def registry(self, path: str) -> RegistryKey:
        r"""A key of the Windows registry: `HKCU\Software\...` or `HKLM\...`, of a 64-bit system
        its 64-bit side.

        Raises Failed: tool_missing (no such key), denied, unsupported (not Windows).
        """
        ...

    def proxy_script(self, script: str, url: str, timeout_s: float) -> str:
        """What the system itself makes of a PAC file for a URL: proxies as `a:8080;b:8080`, the
        first one to be used; empty: go directly.

        Raises Failed: unsupported (this system cannot be asked), timeout, unreachable (the script
        did not load), unparsable (it is broken), denied.
        """
        ...

    def resolve(self, name: str, family: str, timeout_s: float) -> tuple[ResolvedAddress, ...]:
        """Ask the system's resolver for one family (ipv4 or ipv6), as programs do.

        Raises ResolveError for negative answers, Failed(timeout) when none came.
        """
        ...

    def connect(
        self,
        address: str,
        port: int,
        timeout_s: float,
        interface: str | None = None,
        segment: int | None = None,
    ) -> socket.socket:
        """A connected TCP socket. Raises OSError as the kernel says it: that is the answer.

        interface: leave by this one, whatever the routing table prefers. It needs a route of its
        own to the address. segment: the most bytes that either side may put into one TCP segment
        (RFC 9293, 3.7.1). Raises Failed(denied, unsupported) where a program may not choose.
        """
        ...

    def exchange(
        self,
        address: str,
        port: int,
        payload: bytes,
        timeout_s: float,
        interface: str | None = None,
    ) -> bytes:
        """Send one UDP datagram from a port of its own; the first datagram that comes back.

        Raises OSError as the kernel says it, TimeoutError when nothing came; `interface` is that
        of `connect`.
        """
        ...


class ResolveError(Exception):
    """The system's resolver answered, negatively: `code` is getaddrinfo's EAI_* name.

    EAI_NONAME: no such name · EAI_NODATA: no address of this family · EAI_AGAIN: the resolver
    could not be reached or failed (SERVFAIL) · EAI_FAIL: a permanent failure.
    """

    def __init__(self, code: str, took_s: float):
        super().__init__(code)
        self.code = code
        self.took_s = took_s
