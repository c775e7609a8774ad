"""This device. Heavy parts (psutil, jeepney) are imported by the methods that need them."""

from __future__ import annotations

import os
import socket
import stat
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from diag.host.base import (
    OUTPUT_LIMIT,
    READ_LIMIT,
    Command,
    FileStat,
    Interface,
    InterfaceAddress,
    MemoryUse,
    RegistryKey,
    ResolvedAddress,
    ResolveError,
    Volume,
)
from diag.host.system import System, current_system, known_zone
from diag.model import Failed, KnownNetwork, OsFamily

EAI_NAMES = {
    getattr(socket, name): name
    for name in ("EAI_FAIL", "EAI_AGAIN", "EAI_NODATA", "EAI_NONAME")
    if hasattr(socket, name)
}
"""Where a system gives two names one number (NODATA, NONAME), the last one here counts."""
if hasattr(socket, "EAI_ADDRFAMILY"):
    EAI_NAMES.setdefault(socket.EAI_ADDRFAMILY, "EAI_NODATA")
EAI_NAMES.setdefault(11004, "EAI_NODATA")  # WSANO_DATA of Windows

LARGEST_DATAGRAM = 65_535

VOLUME_TIMEOUT_S = 1.0
"""A network drive whose server is gone would keep one waiting for ever."""

FAMILIES = {"ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}


class RealHost:
    """The device that diag runs on, through its `System`."""

    def __init__(self, system: System) -> None:
        self._system = system

    @property
    def family(self) -> OsFamily:
        return self._system.family

    def run(
        self,
        tool: str,
        *args: str,
        timeout_s: float = 5.0,
        env: Mapping[str, str] | None = None,
        heard: Callable[[bytes], None] | None = None,
    ) -> Command:
        from diag.host.process import TooMuchOutput, run_bounded

        operation = f"run {tool.replace(chr(92), '/').rpartition('/')[2]}"
        path = self.which(tool)
        if path is None:
            raise Failed("tool_missing", operation)
        environment = {**self._system.environment(), **(env or {})}
        started = time.monotonic()
        try:
            done = run_bounded(
                self._system, (path, *args), environment, timeout_s, OUTPUT_LIMIT, heard=heard
            )
        except TimeoutError:
            raise Failed("timeout", operation, took_s=time.monotonic() - started) from None
        except TooMuchOutput:
            detail = f"more than {OUTPUT_LIMIT} bytes of output"
            took_s = time.monotonic() - started
            raise Failed("unparsable", operation, detail, took_s) from None
        except FileNotFoundError as error:
            raise Failed("tool_missing", operation, _reason(error)) from None
        except (OSError, ValueError) as error:
            raise Failed("denied", operation, _reason(error)) from None
        return Command(
            argv=(path, *args),
            returncode=done.returncode,
            stdout=done.stdout,
            stderr=done.stderr,
            took_s=time.monotonic() - started,
        )

    def which(self, tool: str) -> str | None:
        careful = self.is_root()
        for path in self._system.candidates(tool):
            if not os.path.isfile(path) or not os.access(path, os.X_OK):  # noqa: PTH113
                continue
            if not careful or self._system.trusted(path):
                return path
        return None

    def read(self, path: str, limit: int = READ_LIMIT) -> bytes:
        return self.read_part(path, 0, limit)

    def read_part(self, path: str, start: int, limit: int) -> bytes:
        # Without O_NONBLOCK opening a pipe would wait for somebody to write into it.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(path, flags)
            try:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise Failed("unsupported", "read", f"{path}: not a regular file")
                with open(descriptor, "rb", closefd=False) as file:
                    if start:
                        file.seek(start)
                    return file.read(limit)
            finally:
                os.close(descriptor)
        except (OSError, ValueError) as error:
            raise _file_failed("read", path, error) from None

    def listdir(self, path: str) -> tuple[str, ...]:
        try:
            return tuple(sorted(os.listdir(path)))  # noqa: PTH208 - names, not paths
        except (OSError, ValueError) as error:
            raise _file_failed("list", path, error) from None

    def stat(self, path: str) -> FileStat | None:
        try:
            status = Path(path).stat()
        except (OSError, ValueError) as error:
            failed = _file_failed("stat", path, error)
            if failed.failure.code == "tool_missing":
                return None
            raise failed from None
        return FileStat(
            size=status.st_size,
            modified=datetime.fromtimestamp(status.st_mtime, UTC),
            is_dir=stat.S_ISDIR(status.st_mode),
            owner=status.st_uid,
            mode=stat.S_IMODE(status.st_mode),
        )

    def getenv(self, name: str) -> str | None:
        return os.environ.get(name)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def zone(self) -> str:
        name = self._system.zone()
        return name if known_zone(name) else "UTC"

    def is_root(self) -> bool:
        return self._system.is_root()

    def known_networks(self) -> tuple[KnownNetwork, ...]:
        from diag import networks

        try:
            return networks.load(networks.default_path())
        except networks.BadStore as error:
            raise Failed("unparsable", "read the known networks", str(error)) from None

    def uptime_s(self) -> float:
        return self._system.uptime_s()

    def volume(self, path: str) -> Volume:
        from diag.host.bounded import bounded

        try:
            return bounded(lambda: self._system.volume(path), VOLUME_TIMEOUT_S, "volume")
        except TimeoutError:
            raise Failed("timeout", "ask a volume", path, VOLUME_TIMEOUT_S) from None
        except (OSError, ValueError) as error:
            raise _file_failed("ask a volume", path, error) from None

    def memory(self) -> MemoryUse:
        try:
            return self._system.memory()
        except OSError as error:
            raise _file_failed("ask for memory", "", error) from None

    def processes(self) -> tuple[str, ...]:
        try:
            return tuple(sorted(self._system.processes()))
        except OSError as error:
            raise _file_failed("list processes", "", error) from None

    def interfaces(self) -> tuple[Interface, ...]:
        import psutil

        try:
            addresses = psutil.net_if_addrs()
            states = psutil.net_if_stats()
        except OSError as error:
            raise Failed("denied", "list interfaces", _reason(error)) from None
        families = {socket.AF_INET: "ipv4", socket.AF_INET6: "ipv6", psutil.AF_LINK: "mac"}
        found = []
        for name, state in sorted(states.items()):
            held = tuple(
                InterfaceAddress(
                    family=families[entry.family],
                    address=entry.address.partition("%")[0],
                    prefix=prefix_length(entry.netmask),
                )
                for entry in addresses.get(name, ())
                if entry.family in families
            )
            loops = any(entry.address in ("127.0.0.1", "::1") for entry in held)
            found.append(
                Interface(
                    name=name,
                    up=state.isup,
                    mtu=state.mtu,
                    speed_mbit=state.speed,
                    loopback=loops or "loopback" in state.flags.split(","),
                    addresses=held,
                )
            )
        return tuple(found)

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
        from diag.host.dbus import call

        return call(bus, destination, path, interface, member, signature, body, timeout_s)

    def registry(self, path: str) -> RegistryKey:
        try:
            return self._system.registry(path)
        except OSError as error:
            raise _file_failed("read the registry", path, error) from None

    def proxy_script(self, script: str, url: str, timeout_s: float) -> str:
        from diag.host.bounded import bounded

        def ask() -> str:
            return self._system.proxy_script(script, url, timeout_s)

        try:
            return bounded(ask, timeout_s, "proxy script")
        except TimeoutError:
            raise Failed("timeout", "follow the proxy script", took_s=timeout_s) from None

    def resolve(self, name: str, family: str, timeout_s: float) -> tuple[ResolvedAddress, ...]:
        from diag.host.bounded import bounded

        started = time.monotonic()

        def ask() -> list[str]:
            # Text would cost the import of the IDNA codec, which plain names do not need.
            host = name.encode("ascii") if name.isascii() else name
            answers = socket.getaddrinfo(host, None, FAMILIES[family], socket.SOCK_STREAM)
            return [str(answer[4][0]).partition("%")[0] for answer in answers]

        try:
            addresses = bounded(ask, timeout_s, "resolve")
        except TimeoutError:
            raise Failed("timeout", "resolve", took_s=time.monotonic() - started) from None
        except socket.gaierror as error:
            code = EAI_NAMES.get(error.errno or 0, "EAI_FAIL")
            raise ResolveError(code, time.monotonic() - started) from None
        except ValueError:  # no host name at all: a label too long, a NUL
            raise ResolveError("EAI_NONAME", time.monotonic() - started) from None
        except OSError:  # EAI_SYSTEM: the resolver itself could not start, as for every program
            raise ResolveError("EAI_FAIL", time.monotonic() - started) from None
        return tuple(
            ResolvedAddress(family=family, address=address) for address in dict.fromkeys(addresses)
        )

    def connect(
        self,
        address: str,
        port: int,
        timeout_s: float,
        interface: str | None = None,
        segment: int | None = None,
    ) -> socket.socket:
        """The socket keeps `timeout_s` as its own time-out."""
        numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        family, kind, protocol, _, target = socket.getaddrinfo(
            address.encode(), port, type=socket.SOCK_STREAM, flags=numeric
        )[0]
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(timeout_s)
            self._leave_by(connection, interface)
            if segment is not None:
                _limit_segments(connection, segment)
            connection.connect(target)
        except BaseException:
            connection.close()
            raise
        return connection

    def exchange(
        self,
        address: str,
        port: int,
        payload: bytes,
        timeout_s: float,
        interface: str | None = None,
    ) -> bytes:
        numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        family, kind, protocol, _, target = socket.getaddrinfo(
            address.encode(), port, type=socket.SOCK_DGRAM, flags=numeric
        )[0]
        with socket.socket(family, kind, protocol) as connection:
            connection.settimeout(timeout_s)
            self._leave_by(connection, interface)
            connection.connect(target)
            connection.send(payload)
            return connection.recv(LARGEST_DATAGRAM)

    def _leave_by(self, connection: socket.socket, interface: str | None) -> None:
        if interface is None:
            return
        try:
            self._system.leave_by(connection, interface)
        except PermissionError as error:
            raise Failed("denied", "choose an interface", _reason(error)) from None
        except OSError as error:  # no such interface, or one without an address of this family
            raise Failed("unreachable", "choose an interface", _reason(error)) from None


def _limit_segments(connection: socket.socket, segment: int) -> None:
    """tcp(7), tcp(4). Windows lets a program read this limit only."""
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, segment)
    except (AttributeError, OSError) as error:
        raise Failed("unsupported", "limit segments", _reason(error)) from None


def real_host() -> RealHost:
    """The device that this process runs on."""
    return RealHost(current_system())


def prefix_length(netmask: str | None) -> int | None:
    """24 of `255.255.255.0`, 64 of `ffff:ffff:ffff:ffff::`; None for what is no netmask."""
    if not netmask:
        return None
    family = socket.AF_INET6 if ":" in netmask else socket.AF_INET
    try:
        bits = int.from_bytes(socket.inet_pton(family, netmask), "big")
    except OSError:
        return None
    return bits.bit_count()


def _file_failed(operation: str, path: str, error: Exception) -> Failed:
    """Paths may name their owner: they go into the detail, which is scanned before it leaves."""
    detail = f"{path}: {_reason(error)}"
    if isinstance(error, FileNotFoundError | NotADirectoryError | ValueError):
        return Failed("tool_missing", operation, detail)
    if isinstance(error, PermissionError):
        return Failed("denied", operation, detail)
    return Failed("unreachable", operation, detail)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
