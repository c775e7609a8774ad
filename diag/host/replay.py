"""A device that exists on paper only: it answers from a recording and refuses everything else."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from diag.host.base import (
    READ_LIMIT,
    Command,
    FileStat,
    Interface,
    MemoryUse,
    RegistryKey,
    ResolvedAddress,
    ResolveError,
    Volume,
)
from diag.host.recording import (
    Call,
    Recording,
    in_segments,
    over,
    question,
    read_bytes,
    read_command,
    read_registry,
    read_value,
    write_bytes,
)
from diag.host.recording import write_value as write_dbus_value
from diag.model import Failed, Failure, KnownNetwork, OsFamily

T = TypeVar("T")


class NotRecorded(AssertionError):
    """A collector asked what the recording does not hold."""


class ReplayHost:
    """Answers as a recorded device did. The last answer to a question is repeated for ever."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._lock = threading.Lock()
        self._answers: dict[str, list[Call]] = {}
        for call in recording.calls:
            self._answers.setdefault(call.asked(), []).append(call)

    def _call(self, method: str, *args: Any) -> Call:
        call = self._find(method, *args)
        if call.failed is not None:
            raise _raised(call.failed)
        return call

    def _find(self, method: str, *args: Any) -> Call:
        asked = question(method, *args)
        with self._lock:
            answers = self._answers.get(asked)
            if not answers:
                raise NotRecorded(f"not in the recording of {self._recording.source}: {asked}")
            return answers.pop(0) if len(answers) > 1 else answers[0]

    def _answer(self, method: str, *args: Any) -> Any:
        return self._call(method, *args).answer

    @property
    def family(self) -> OsFamily:
        return self._recording.os

    def run(
        self,
        tool: str,
        *args: str,
        timeout_s: float = 5.0,  # noqa: ARG002 - the Host protocol
        env: Mapping[str, str] | None = None,  # noqa: ARG002
        heard: Callable[[bytes], None] | None = None,
    ) -> Command:
        call = self._find("run", tool, *args)
        if call.failed is not None:
            if heard is not None and call.answer is not None:
                heard(read_bytes(call.answer))
            raise _raised(call.failed)
        done = read_command(call.answer)
        if heard is not None:
            heard(done.stdout)
        return done

    def which(self, tool: str) -> str | None:
        return msgspec.convert(self._answer("which", tool), str | None)

    def read(self, path: str, limit: int = READ_LIMIT) -> bytes:
        return read_bytes(self._answer("read", path))[:limit]

    def read_part(self, path: str, start: int, limit: int) -> bytes:
        """From the whole file, where that is what the recording holds."""
        if question("read_part", path, start, limit) in self._answers:
            return read_bytes(self._answer("read_part", path, start, limit))
        return read_bytes(self._answer("read", path))[start : start + limit]

    def listdir(self, path: str) -> tuple[str, ...]:
        return msgspec.convert(self._answer("listdir", path), tuple[str, ...])

    def stat(self, path: str) -> FileStat | None:
        return msgspec.convert(self._answer("stat", path), FileStat | None)

    def getenv(self, name: str) -> str | None:
        return msgspec.convert(self._answer("getenv", name), str | None)

    def now(self) -> datetime:
        return msgspec.convert(self._answer("now"), datetime)

    def zone(self) -> str:
        return msgspec.convert(self._answer("zone"), str)

    def is_root(self) -> bool:
        return msgspec.convert(self._answer("is_root"), bool)

    def known_networks(self) -> tuple[KnownNetwork, ...]:
        return msgspec.convert(self._answer("known_networks"), tuple[KnownNetwork, ...])

    def uptime_s(self) -> float:
        return msgspec.convert(self._answer("uptime_s"), float)

    def volume(self, path: str) -> Volume:
        return msgspec.convert(self._answer("volume", path), Volume)

    def memory(self) -> MemoryUse:
        return msgspec.convert(self._answer("memory"), MemoryUse)

    def processes(self) -> tuple[str, ...]:
        return msgspec.convert(self._answer("processes"), tuple[str, ...])

    def interfaces(self) -> tuple[Interface, ...]:
        return msgspec.convert(self._answer("interfaces"), tuple[Interface, ...])

    def dbus(
        self,
        bus: str,
        destination: str,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        body: tuple[object, ...] = (),
        timeout_s: float = 2.0,  # noqa: ARG002
    ) -> tuple[object, ...]:
        asked = (bus, destination, path, interface, member, signature, write_dbus_value(body))
        return tuple(read_value(self._answer("dbus", *asked)))

    def registry(self, path: str) -> RegistryKey:
        return read_registry(self._answer("registry", path))

    def proxy_script(self, script: str, url: str, timeout_s: float) -> str:  # noqa: ARG002
        return msgspec.convert(self._answer("proxy_script", script, url), str)

    def resolve(self, name: str, family: str, timeout_s: float) -> tuple[ResolvedAddress, ...]:  # noqa: ARG002
        call = self._call("resolve", name, family)
        if call.error is not None:
            raise ResolveError(call.error, 0.0)
        return msgspec.convert(call.answer, tuple[ResolvedAddress, ...])

    def connect(
        self,
        address: str,
        port: int,
        timeout_s: float,
        interface: str | None = None,
        segment: int | None = None,
    ) -> socket.socket:
        """A recorded connection says that it was made; its other side is closed, so reads end."""
        call = self._call("connect", address, port, *over(interface), *in_segments(segment))
        if call.error is not None:
            raise _os_error(call.error)
        near, far = socket.socketpair()
        far.close()
        near.settimeout(timeout_s)
        return near

    def exchange(
        self,
        address: str,
        port: int,
        payload: bytes,
        timeout_s: float,  # noqa: ARG002
        interface: str | None = None,
    ) -> bytes:
        call = self._call("exchange", address, port, write_bytes(payload), *over(interface))
        if call.error is not None:
            raise _os_error(call.error)
        return read_bytes(call.answer)


def _raised(failure: Failure) -> Failed:
    return Failed(failure.code, failure.operation, failure.detail, failure.took_s)


def _os_error(name: str) -> OSError:
    """The error of this errno name, as its own class: ETIMEDOUT is a TimeoutError."""
    number = getattr(errno, name, errno.EIO)
    return OSError(number, os.strerror(number))
