"""A whole device on paper: everything that it has is given, and what is not given is not there.

Every method of the Host protocol answers as that device would: a file, a key of the registry, a
service on the bus or a tool that was not given is missing. Only a tool that is there may not be
asked what nobody recorded. Connections go to servers on loopback that play the internet.
"""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from diag.host import Command, FileStat, Interface, MemoryUse, ResolvedAddress, Volume, real_host
from diag.host.base import READ_LIMIT, RegistryKey, RegistryValue, ResolveError
from diag.host.replay import NotRecorded
from diag.model import Failed, KnownNetwork, OsFamily
from tests.support import NOW, CommandAnswer

BOOTED_BEFORE_S = 5 * 3600.0
INSTALLED = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)

Content = str | bytes | Failed
DbusCall = tuple[str, str, str, str]
"""Destination, path, interface, member."""


class Net(Struct, frozen=True, kw_only=True):
    """What a device meets beyond itself.

    names: addresses by name; others do not exist. doors: ports on loopback, or an errno name, by
    (address, port), or by port alone for every public IPv4 address; the rest is refused.
    """

    names: Mapping[str, tuple[str, ...]] = {}
    doors: Mapping[tuple[str, int], int | str] = {}
    public: Mapping[int, int] = {}
    datagrams: Mapping[tuple[str, int], int] = {}
    public_datagrams: Mapping[int, int] = {}
    resolver_down: bool = False


CUT_OFF = Net(resolver_down=True)
"""No name resolves and every connection is refused."""


class Machine(Struct, frozen=True, kw_only=True):
    """What a device has. commands: by argv. files: by path; directories follow from them, further
    ones are `folders`. registry: by key. dbus: by call; a body, or why there is none.
    """

    os: OsFamily
    commands: Mapping[tuple[str, ...], CommandAnswer] = {}
    files: Mapping[str, Content] = {}
    folders: tuple[str, ...] = ()
    modified: Mapping[str, datetime] = {}
    closed: tuple[str, ...] = ()
    registry: Mapping[str, Mapping[str, RegistryValue] | Failed] = {}
    env: Mapping[str, str] = {}
    interfaces: tuple[Interface, ...] = ()
    dbus: Mapping[tuple[Any, ...], tuple[Any, ...] | Failed] = {}
    volumes: Mapping[str, Volume] = {}
    memory: MemoryUse = MemoryUse(size=16_000_000_000, available=9_000_000_000)
    processes: tuple[str, ...] = ()
    scripts: Mapping[str, str | Failed] = {}
    zone: str = "Asia/Tokyo"
    uptime_s: float = BOOTED_BEFORE_S
    known_networks: tuple[KnownNetwork, ...] = ()


class WholeHost:
    """`machine` on `net`, through the door that every check uses."""

    def __init__(self, machine: Machine, net: Net, now: datetime = NOW) -> None:
        self._machine = machine
        self._net = net
        self._now = now
        self._loopback = real_host()
        self._registry = {path.casefold(): (path, held) for path, held in machine.registry.items()}
        self._files = {self._place(path): content for path, content in machine.files.items()}
        self._modified = {self._place(path): at for path, at in machine.modified.items()}
        self._closed = tuple(self._place(path) for path in machine.closed)
        self._folders = self._tree()

    def _place(self, path: str) -> str:
        if self._machine.os != "windows":
            return path.rstrip("/") or "/"
        return path.replace("\\", "/").rstrip("/").casefold()

    def _tree(self) -> dict[str, set[str]]:
        """Names by directory."""
        tree: dict[str, set[str]] = {self._place(path): set() for path in self._machine.folders}
        for given in (*self._machine.files, *self._machine.folders):
            path = given.replace("\\", "/") if self._machine.os == "windows" else given
            while "/" in path.rstrip("/"):
                directory, _, name = path.rstrip("/").rpartition("/")
                tree.setdefault(self._place(directory), set()).add(name)
                path = directory
        return tree

    @property
    def family(self) -> OsFamily:
        return self._machine.os

    # --- tools ---

    def run(
        self,
        tool: str,
        *args: str,
        timeout_s: float = 5.0,  # noqa: ARG002 - the Host protocol
        env: Mapping[str, str] | None = None,  # noqa: ARG002
        heard: Callable[[bytes], None] | None = None,
    ) -> Command:
        argv = (tool, *args)
        answer = self._machine.commands.get(argv)
        if answer is None:
            if self.which(tool) is None:
                raise Failed("tool_missing", f"run {tool}")
            raise NotRecorded(" ".join(argv)[:300])
        if isinstance(answer, Failed):
            raise answer
        code, out, err = (0, answer, "") if isinstance(answer, str) else answer
        stdout = out if isinstance(out, bytes) else out.encode()
        if heard is not None:
            heard(stdout)
        stderr = err if isinstance(err, bytes) else err.encode()
        return Command(argv=argv, returncode=code, stdout=stdout, stderr=stderr, took_s=0.01)

    def which(self, tool: str) -> str | None:
        there = any(argv[0] == tool for argv in self._machine.commands)
        return f"/usr/bin/{tool}" if there else None

    # --- files ---

    def _shut(self, path: str, doing: str) -> None:
        if self._place(path).startswith(self._closed or ("\0",)):
            raise Failed("denied", doing, path)

    def read(self, path: str, limit: int = READ_LIMIT) -> bytes:
        return self.read_part(path, 0, limit)

    def read_part(self, path: str, start: int, limit: int) -> bytes:
        self._shut(path, "read")
        content = self._files.get(self._place(path))
        if content is None:
            raise Failed("tool_missing", "read", path)
        if isinstance(content, Failed):
            raise content
        whole = content.encode() if isinstance(content, str) else content
        return whole[start : start + limit]

    def listdir(self, path: str) -> tuple[str, ...]:
        self._shut(path, "list")
        names = self._folders.get(self._place(path))
        if names is None:
            raise Failed("tool_missing", "list", path)
        return tuple(sorted(names))

    def stat(self, path: str) -> FileStat | None:
        self._shut(path, "stat")
        place = self._place(path)
        when = self._modified.get(place, INSTALLED)
        if place in self._folders:
            return FileStat(size=0, modified=when, is_dir=True, owner=0, mode=0o755)
        content = self._files.get(place)
        if content is None:
            return None
        size = 0 if isinstance(content, Failed) else len(content)
        return FileStat(size=size, modified=when, is_dir=False, owner=0, mode=0o644)

    def volume(self, path: str) -> Volume:
        found = self._machine.volumes.get(path)
        if found is None:
            raise Failed("tool_missing", "look at the file system", path)
        return found

    # --- what it is ---

    def getenv(self, name: str) -> str | None:
        return self._machine.env.get(name)

    def now(self) -> datetime:
        return self._now

    def zone(self) -> str:
        return self._machine.zone

    def is_root(self) -> bool:
        return False

    def known_networks(self) -> tuple[KnownNetwork, ...]:
        return self._machine.known_networks

    def uptime_s(self) -> float:
        return self._machine.uptime_s

    def memory(self) -> MemoryUse:
        return self._machine.memory

    def processes(self) -> tuple[str, ...]:
        return tuple(sorted(self._machine.processes))

    def interfaces(self) -> tuple[Interface, ...]:
        return self._machine.interfaces

    # --- what the system keeps ---

    def dbus(
        self,
        bus: str,
        destination: str,
        path: str,
        interface: str,
        member: str,
        signature: str = "",  # noqa: ARG002
        body: tuple[object, ...] = (),
        timeout_s: float = 2.0,  # noqa: ARG002
    ) -> tuple[object, ...]:
        answer = self._machine.dbus.get((bus, destination, path, interface, member, *body))
        if answer is None:
            raise Failed("tool_missing", f"dbus {interface}.{member}", path)
        if isinstance(answer, Failed):
            raise answer
        return answer

    def registry(self, path: str) -> RegistryKey:
        if self._machine.os != "windows":
            raise Failed("unsupported", "read the registry", path)
        wanted = path.casefold()
        below = tuple(
            dict.fromkeys(
                given[len(path) + 1 :].partition("\\")[0]
                for folded, (given, _) in self._registry.items()
                if folded.startswith(f"{wanted}\\")
            )
        )
        _, held = self._registry.get(wanted, ("", None))
        if isinstance(held, Failed):
            raise held
        if held is None and not below:
            raise Failed("tool_missing", "read the registry", path)
        return RegistryKey(values=dict(held or {}), subkeys=below)

    def proxy_script(self, script: str, url: str, timeout_s: float) -> str:  # noqa: ARG002
        answer = self._machine.scripts.get(script)
        if answer is None:
            raise Failed("unreachable", "load the proxy script")
        if isinstance(answer, Failed):
            raise answer
        return answer

    # --- the network ---

    def resolve(self, name: str, family: str, timeout_s: float) -> tuple[ResolvedAddress, ...]:  # noqa: ARG002
        if self._net.resolver_down:
            raise ResolveError("EAI_AGAIN", 0.01)
        if name not in self._net.names:
            raise ResolveError("EAI_NONAME", 0.01)
        found = [each for each in self._net.names[name] if (":" in each) == (family == "ipv6")]
        if not found:
            raise ResolveError("EAI_NODATA", 0.01)
        return tuple(ResolvedAddress(family=family, address=each) for each in found)

    def connect(
        self,
        address: str,
        port: int,
        timeout_s: float,
        interface: str | None = None,
        segment: int | None = None,  # noqa: ARG002
    ) -> socket.socket:
        known = self._net.doors.get((address, port))
        if known is None and ":" not in address and interface is None:
            known = self._net.public.get(port)
        if known is None:
            known = "ENETUNREACH" if ":" in address else "ECONNREFUSED"
        if isinstance(known, str):
            raise _os_error(known)
        return self._loopback.connect("127.0.0.1", known, timeout_s)

    def exchange(
        self,
        address: str,
        port: int,
        payload: bytes,
        timeout_s: float,
        interface: str | None = None,
    ) -> bytes:
        known = self._net.datagrams.get((address, port))
        if known is None and ":" not in address and interface is None:
            known = self._net.public_datagrams.get(port)
        if known is None:
            raise _os_error("ENETUNREACH" if ":" in address else "ECONNREFUSED")
        return self._loopback.exchange("127.0.0.1", known, payload, timeout_s)


def _os_error(name: str) -> OSError:
    number = getattr(errno, name)
    return OSError(number, os.strerror(number))
