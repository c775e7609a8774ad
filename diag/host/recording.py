"""A session with a device, written down: every call and its answer, as JSON that one can review.

Output and files are text where they are UTF-8, `{"base64": ...}` where they are not. Equal answers
to the same call stand there once, different ones in their order.
"""

from __future__ import annotations

import base64
import errno
import socket
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from diag.host.base import (
    READ_LIMIT,
    Command,
    FileStat,
    Host,
    Interface,
    MemoryUse,
    RegistryKey,
    ResolvedAddress,
    ResolveError,
    Volume,
)
from diag.model import Failed, Failure, KnownNetwork, OsFamily

T = TypeVar("T")


class Call(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One call and how it ended: with an answer, a Failure, or an error that is an answer.

    A tool that was killed may have both: the Failure, and what it had written by then.
    error: the EAI_* name of a ResolveError, or the errno name (ECONNREFUSED) of a connect.
    """

    method: str
    args: list[Any] = []
    answer: Any = None
    failed: Failure | None = None
    error: str | None = None

    def asked(self) -> str:
        """What was asked, as a key."""
        return question(self.method, *self.args)


class Recording(Struct, frozen=True, kw_only=True):
    """What a device answered. `source` says where it comes from, for whoever reads the file."""

    source: str
    os: OsFamily
    calls: tuple[Call, ...] = ()

    def save(self, path: Path) -> None:
        data = msgspec.json.format(msgspec.json.encode(self), indent=2)
        path.write_bytes(data + b"\n")

    @classmethod
    def load(cls, path: Path) -> Recording:
        return msgspec.json.decode(path.read_bytes(), type=cls, strict=True)


class RecordingHost:
    """Passes every call on to another host and notes what came back."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._calls: list[Call] = []

    def recording(self, source: str) -> Recording:
        """What has been noted so far, in an order that does not depend on the threads' luck."""
        by_question: dict[str, list[Call]] = {}
        for call in list(self._calls):
            same = by_question.setdefault(call.asked(), [])
            if call.method not in CLOCKS or not same:
                same.append(call)
        calls = [
            call
            for _, same in sorted(by_question.items())
            for index, call in enumerate(same)
            if index == 0 or call != same[index - 1]
        ]
        return Recording(source=source, os=self.family, calls=tuple(calls))

    def _note(
        self,
        method: str,
        args: list[Any],
        ask: Callable[[], T],
        write: Callable[[T], Any] = msgspec.to_builtins,
        so_far: Callable[[], Any] = lambda: None,
    ) -> T:
        try:
            answer = ask()
        except Failed as error:
            call = Call(method=method, args=args, answer=so_far(), failed=error.failure)
            self._calls.append(call)
            raise
        except ResolveError as error:
            self._calls.append(Call(method=method, args=args, error=error.code))
            raise
        except OSError as error:
            self._calls.append(Call(method=method, args=args, error=errno_name(error)))
            raise
        self._calls.append(Call(method=method, args=args, answer=write(answer)))
        return answer

    @property
    def family(self) -> OsFamily:
        return self._host.family

    def run(
        self,
        tool: str,
        *args: str,
        timeout_s: float = 5.0,
        env: Mapping[str, str] | None = None,
        heard: Callable[[bytes], None] | None = None,
    ) -> Command:
        written = bytearray()

        def hear(piece: bytes) -> None:
            written.extend(piece)
            if heard is not None:
                heard(piece)

        options: dict[str, Any] = {} if heard is None else {"heard": hear}
        return self._note(
            "run",
            [tool, *args],
            lambda: self._host.run(tool, *args, timeout_s=timeout_s, env=env, **options),
            write_command,
            lambda: write_bytes(bytes(written)) if written else None,
        )

    def which(self, tool: str) -> str | None:
        return self._note("which", [tool], lambda: self._host.which(tool))

    def read(self, path: str, limit: int = READ_LIMIT) -> bytes:
        return self._note("read", [path], lambda: self._host.read(path, limit), write_bytes)

    def read_part(self, path: str, start: int, limit: int) -> bytes:
        return self._note(
            "read_part",
            [path, start, limit],
            lambda: self._host.read_part(path, start, limit),
            write_bytes,
        )

    def listdir(self, path: str) -> tuple[str, ...]:
        return self._note("listdir", [path], lambda: self._host.listdir(path))

    def stat(self, path: str) -> FileStat | None:
        return self._note("stat", [path], lambda: self._host.stat(path))

    def getenv(self, name: str) -> str | None:
        return self._note("getenv", [name], lambda: self._host.getenv(name))

    def now(self) -> datetime:
        return self._note("now", [], self._host.now)

    def zone(self) -> str:
        return self._note("zone", [], self._host.zone)

    def is_root(self) -> bool:
        return self._note("is_root", [], self._host.is_root)

    def known_networks(self) -> tuple[KnownNetwork, ...]:
        return self._note("known_networks", [], self._host.known_networks)

    def uptime_s(self) -> float:
        return self._note("uptime_s", [], self._host.uptime_s)

    def volume(self, path: str) -> Volume:
        return self._note("volume", [path], lambda: self._host.volume(path))

    def memory(self) -> MemoryUse:
        return self._note("memory", [], self._host.memory)

    def processes(self) -> tuple[str, ...]:
        return self._note("processes", [], self._host.processes)

    def interfaces(self) -> tuple[Interface, ...]:
        return self._note("interfaces", [], self._host.interfaces)

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
        args = (bus, destination, path, interface, member, signature, body)
        return self._note(
            "dbus",
            [*args[:-1], write_value(body)],
            lambda: self._host.dbus(*args, timeout_s=timeout_s),
            write_value,
        )

    def registry(self, path: str) -> RegistryKey:
        return self._note("registry", [path], lambda: self._host.registry(path), write_registry)

    def proxy_script(self, script: str, url: str, timeout_s: float) -> str:
        return self._note(
            "proxy_script", [script, url], lambda: self._host.proxy_script(script, url, timeout_s)
        )

    def resolve(self, name: str, family: str, timeout_s: float) -> tuple[ResolvedAddress, ...]:
        return self._note(
            "resolve", [name, family], lambda: self._host.resolve(name, family, timeout_s)
        )

    def connect(
        self,
        address: str,
        port: int,
        timeout_s: float,
        interface: str | None = None,
        segment: int | None = None,
    ) -> socket.socket:
        return self._note(
            "connect",
            [address, port, *over(interface), *in_segments(segment)],
            lambda: self._host.connect(address, port, timeout_s, interface, segment),
            lambda _: "connected",
        )

    def exchange(
        self,
        address: str,
        port: int,
        payload: bytes,
        timeout_s: float,
        interface: str | None = None,
    ) -> bytes:
        return self._note(
            "exchange",
            [address, port, write_bytes(payload), *over(interface)],
            lambda: self._host.exchange(address, port, payload, timeout_s, interface),
            write_bytes,
        )


CLOCKS = frozenset({"now", "uptime_s"})
"""Their first answer stands for the whole session."""


def over(interface: str | None) -> tuple[str, ...]:
    """How a question names the interface that a connection was bound to, if it was."""
    return () if interface is None else (interface,)


def in_segments(segment: int | None) -> tuple[str, ...]:
    """How a question names the limit of a connection's segments, if there was one."""
    return () if segment is None else (f"segments of {segment}",)


def question(method: str, *args: Any) -> str:
    return msgspec.json.encode([method, *args]).decode()


def errno_name(error: OSError) -> str:
    """ECONNREFUSED and the like; numbers differ between systems. A time-out is ETIMEDOUT."""
    if isinstance(error, TimeoutError):
        return "ETIMEDOUT"
    return errno.errorcode.get(error.errno or 0, "EIO")


def write_bytes(data: bytes) -> str | dict[str, str]:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode("ascii")}


def read_bytes(written: Any) -> bytes:
    if isinstance(written, dict):
        return base64.b64decode(written["base64"], validate=True)
    return str(written).encode("utf-8")


def write_command(command: Command) -> dict[str, Any]:
    return {
        "argv": list(command.argv),
        "returncode": command.returncode,
        "stdout": write_bytes(command.stdout),
        "stderr": write_bytes(command.stderr),
        "took_s": round(command.took_s, 3),
    }


def read_command(written: Any) -> Command:
    return Command(
        argv=tuple(written["argv"]),
        returncode=written["returncode"],
        stdout=read_bytes(written["stdout"]),
        stderr=read_bytes(written["stderr"]),
        took_s=written["took_s"],
    )


def write_registry(key: RegistryKey) -> dict[str, Any]:
    return {
        "values": {name: write_value(value) for name, value in key.values.items()},
        "subkeys": list(key.subkeys),
    }


def read_registry(written: Any) -> RegistryKey:
    values = {name: read_value(value) for name, value in written["values"].items()}
    return RegistryKey(
        values={n: tuple(v) if isinstance(v, list) else v for n, v in values.items()},
        subkeys=tuple(written["subkeys"]),
    )


def write_value(value: Any) -> Any:
    """A D-Bus value as JSON: bytes as `{"bytes": ...}`, dicts as `{"dict": [[key, value]]}`."""
    if isinstance(value, bytes):
        return {"bytes": write_bytes(value)}
    if isinstance(value, dict):
        return {"dict": [[write_value(k), write_value(v)] for k, v in value.items()]}
    if isinstance(value, list | tuple):
        return [write_value(item) for item in value]
    return value


def read_value(written: Any) -> Any:
    if isinstance(written, dict):
        if "bytes" in written:
            return read_bytes(written["bytes"])
        return {read_value(k): read_value(v) for k, v in written["dict"]}
    if isinstance(written, list):
        return [read_value(item) for item in written]
    return written
