"""What tests of checks share: a device on paper, a profile, a context, a view."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from diag.app_profile import AppProfile
from diag.deadline import Deadline
from diag.host import (
    Command,
    FileStat,
    Interface,
    MemoryUse,
    RegistryKey,
    ReplayHost,
    ResolvedAddress,
    Volume,
    powershell,
    real_host,
)
from diag.host.base import RegistryValue
from diag.host.recording import (
    Call,
    Recording,
    write_bytes,
    write_command,
    write_registry,
    write_value,
)
from diag.model import (
    Answers,
    AnyCheck,
    Context,
    Fact,
    Facts,
    Failed,
    Failure,
    Finding,
    KnownNetwork,
    LeftOut,
    Observation,
    Os,
    OsFamily,
    Snapshot,
    View,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PROFILE: dict[str, Any] = {"app": {"id": "example", "name": {"en": "Example", "ja": "例"}}}

CommandAnswer = str | tuple[int, str, str] | tuple[int, bytes, bytes] | Failed
FileAnswer = str | bytes | Failed | None


class PaperHost(ReplayHost):
    """A device made up for a test. Its environment and tools are complete as given, so asking for
    others is answered; with `network`, names and connections are this machine's own. What goes to
    an (address, port) of `detours` goes to that port on loopback instead."""

    def __init__(
        self,
        recording: Recording,
        env: Mapping[str, str],
        tools: set[str],
        network: bool,
        detours: Mapping[tuple[str, int], int],
    ) -> None:
        super().__init__(recording)
        self._env = env
        self._tools = tools
        self._network = real_host() if network or detours else None
        self._own_names = network
        self._detours = detours

    def getenv(self, name: str) -> str | None:
        return self._env.get(name)

    def which(self, tool: str) -> str | None:
        return f"/usr/bin/{tool}" if tool in self._tools else None

    def resolve(self, name: str, family: str, timeout_s: float) -> tuple[ResolvedAddress, ...]:
        if self._network is None or not self._own_names:
            return super().resolve(name, family, timeout_s)
        return self._network.resolve(name, family, timeout_s)

    def connect(
        self,
        address: str,
        port: int,
        timeout_s: float,
        interface: str | None = None,
        segment: int | None = None,
    ) -> socket.socket:
        near = self._detours.get((address, port))
        if self._network is None or (near is None and not self._own_names):
            return super().connect(address, port, timeout_s, interface, segment)
        if near is not None:
            address, port = "127.0.0.1", near
        return self._network.connect(address, port, timeout_s, interface, segment)

    def exchange(
        self,
        address: str,
        port: int,
        payload: bytes,
        timeout_s: float,
        interface: str | None = None,
    ) -> bytes:
        near = self._detours.get((address, port))
        if self._network is None or (near is None and not self._own_names):
            return super().exchange(address, port, payload, timeout_s, interface)
        if near is not None:
            address, port = "127.0.0.1", near
        return self._network.exchange(address, port, payload, timeout_s, interface)


def replay(
    os: OsFamily = "linux",
    commands: Mapping[tuple[str, ...], CommandAnswer] | None = None,
    files: Mapping[str, FileAnswer] | None = None,
    dirs: Mapping[str, Sequence[str] | Failed | None] | None = None,
    stats: Mapping[str, FileStat | None] | None = None,
    env: Mapping[str, str] | None = None,
    interfaces: tuple[Interface, ...] = (),
    dbus: Mapping[tuple[Any, ...], tuple[Any, ...] | Failed] | None = None,
    resolves: Mapping[tuple[str, str], Sequence[str] | str] | None = None,
    connects: Mapping[Any, str | None] | None = None,
    exchanges: Mapping[tuple[Any, ...], str | bytes] | None = None,
    registry: Mapping[str, Mapping[str, RegistryValue] | RegistryKey | Failed | None] | None = None,
    scripts: Mapping[tuple[str, str], str | Failed] | None = None,
    now: datetime = NOW,
    zone: str = "UTC",
    uptime_s: float = 3600.0,
    volumes: Mapping[str, Volume | Failed] | None = None,
    memory: MemoryUse | Failed | None = None,
    processes: Sequence[str] | Failed | None = None,
    root: bool = False,
    known_networks: Sequence[KnownNetwork] = (),
    network: bool = False,
    detours: Mapping[tuple[str, int], int] | None = None,
) -> PaperHost:
    """A device on paper; asked for anything not given here it raises NotRecorded.

    commands: argv -> stdout, (exit code, stdout, stderr) or Failed. files and dirs: None for what
    is not there. dbus: (bus, destination, path, interface, member[, signature, body]) -> body.
    resolves: (name, family) -> addresses or an EAI_* name. connects: (address, port[, interface])
    -> None for a connection or an errno name. exchanges: (address, port, payload[, interface]) ->
    the answer or an errno name. registry: key -> values, None where there is no such key.
    scripts: (PAC file, URL) -> proxies. detours: (address, port) -> port on loopback.
    """
    calls: list[Call] = [
        Call(method="now", answer=msgspec.to_builtins(now)),
        Call(method="zone", answer=zone),
        Call(method="uptime_s", answer=uptime_s),
        Call(method="is_root", answer=root),
        Call(method="known_networks", answer=msgspec.to_builtins(known_networks)),
        Call(method="interfaces", answer=msgspec.to_builtins(interfaces)),
    ]

    def add(method: str, args: Sequence[Any], answer: Any, error: str | None = None) -> None:
        failed = answer.failure if isinstance(answer, Failed) else None
        known = None if failed is not None else answer
        calls.append(Call(method=method, args=list(args), answer=known, failed=failed, error=error))

    tools = set()
    for argv, output in (commands or {}).items():
        if isinstance(output, Failed):
            if output.failure.code != "tool_missing":
                tools.add(argv[0])
            add("run", argv, output)
            continue
        tools.add(argv[0])
        code, out, err = (0, output, "") if isinstance(output, str) else output
        ended = Command(
            argv=argv,
            returncode=code,
            stdout=out.encode() if isinstance(out, str) else out,
            stderr=err.encode() if isinstance(err, str) else err,
            took_s=0.0,
        )
        add("run", argv, write_command(ended))
    for path, content in (files or {}).items():
        if content is None or isinstance(content, Failed):
            add("read", [path], content or Failed("tool_missing", "read", path))
        else:
            data = content.encode() if isinstance(content, str) else content
            add("read", [path], write_bytes(data))
    for path, names in (dirs or {}).items():
        if names is None or isinstance(names, Failed):
            add("listdir", [path], names or Failed("tool_missing", "list", path))
        else:
            add("listdir", [path], sorted(names))
    for path, status in (stats or {}).items():
        add("stat", [path], msgspec.to_builtins(status))
    for asked, body in (dbus or {}).items():
        full = (*asked, "", ())[:7] if len(asked) == 5 else asked
        answer = body if isinstance(body, Failed) else write_value(body)
        add("dbus", [*full[:6], write_value(full[6])], answer)
    for (name, family), found in (resolves or {}).items():
        if isinstance(found, str):
            add("resolve", [name, family], None, error=found)
        else:
            answers = [ResolvedAddress(family=family, address=address) for address in found]
            add("resolve", [name, family], msgspec.to_builtins(answers))
    for asked_for, error in (connects or {}).items():
        add("connect", asked_for, None if error else "connected", error=error)
    for (address, port, payload, *interface), came in (exchanges or {}).items():
        sent = [address, port, write_bytes(payload), *interface]
        if isinstance(came, str):
            add("exchange", sent, None, error=came)
        else:
            add("exchange", sent, write_bytes(came))
    for path, key in (registry or {}).items():
        if key is None or isinstance(key, Failed):
            add("registry", [path], key or Failed("tool_missing", "read the registry", path))
        else:
            held = key if isinstance(key, RegistryKey) else RegistryKey(values=dict(key))
            add("registry", [path], write_registry(held))
    for path, volume in (volumes or {}).items():
        add("volume", [path], msgspec.to_builtins(volume) if isinstance(volume, Volume) else volume)
    if memory is not None:
        add("memory", [], msgspec.to_builtins(memory) if isinstance(memory, MemoryUse) else memory)
    if processes is not None:
        add("processes", [], processes if isinstance(processes, Failed) else sorted(processes))
    for (script, url), proxies in (scripts or {}).items():
        add("proxy_script", [script, url], proxies)
    recording = Recording(source="a test", os=os, calls=tuple(calls))
    return PaperHost(recording, env or {}, tools, network, detours or {})


def windows_answers(**sections: Any) -> dict[tuple[str, ...], CommandAnswer]:
    """The one PowerShell start of a device on paper: these sections answer, the others failed.

    A section given as a Failed(needs_admin) was refused.
    """

    def line(name: str) -> str:
        said: dict[str, Any] = {"section": name, "error": "ObjectNotFound", "codes": [-2146233087]}
        if isinstance(sections.get(name), Failed):
            said["codes"] = [powershell.ACCESS_DENIED[0]]
        elif name in sections:
            said = {"section": name, "is": sections[name]}
        return json.dumps(said, default=msgspec.to_builtins)

    argv = ("powershell", *powershell.ARGS, powershell.script())
    return {argv: "".join(f"{line(name)}\r\n" for name in powershell.SECTIONS)}


def profile_from(data: Mapping[str, Any]) -> AppProfile:
    """A profile as its TOML would give it; `[app]` is the example's unless given."""
    return msgspec.convert({**PROFILE, **data}, AppProfile)


def context(
    profile: AppProfile | None = None,
    *facts: Fact,
    answers: Answers | None = None,
    seconds: float = 5.0,
) -> Context:
    return Context(
        profile=profile or profile_from({}),
        answers=answers or Answers(),
        facts=Facts(facts),
        deadline=Deadline.after(seconds),
    )


def view(
    *facts: Fact,
    profile: AppProfile | None = None,
    answers: Answers | None = None,
    os: OsFamily = "linux",
    taken_at: datetime = NOW,
    zone: str = "UTC",
) -> View:
    return View(
        taken_at=taken_at,
        zone=zone,
        os=Os(family=os),
        profile=profile or profile_from({}),
        answers=answers or Answers(),
        facts=Facts(facts),
    )


def snapshot(
    observed: Mapping[str, Fact | Failure],
    *,
    profile: AppProfile | None = None,
    answers: Answers | None = None,
    os: OsFamily = "linux",
    taken_at: datetime = NOW,
    zone: str = "UTC",
    chosen: Sequence[str] | None = None,
    left_out: Mapping[str, LeftOut] | None = None,
) -> Snapshot:
    """What a run would have seen, by check. `chosen`: the checks judged, where not just these."""
    return Snapshot(
        taken_at=taken_at,
        zone=zone,
        os=Os(family=os),
        profile=profile or profile_from({}),
        answers=answers or Answers(),
        deadline_s=10.0,
        chosen=tuple(observed if chosen is None else chosen),
        left_out=dict(left_out or {}),
        observations={
            name: Observation(failure=seen, took_s=0.1)
            if isinstance(seen, Failure)
            else Observation(fact=seen, took_s=0.1)
            for name, seen in observed.items()
        },
    )


def findings(check: AnyCheck, fact: Fact, seen: View | None = None) -> list[Finding]:
    """The findings among what a check judges; its other judgements are left out."""
    return [item for item in check.judge(fact, seen or view(fact)) if isinstance(item, Finding)]
