"""A device whose answers are damaged, by a seed: as tools, files and settings can be one day."""

from __future__ import annotations

import json
import plistlib
import random
from collections.abc import Callable, Mapping
from typing import Any

from diag.host import Command, FileStat
from diag.host.base import READ_LIMIT, RegistryKey
from diag.host.replay import NotRecorded
from diag.model import Failed, FailureCode
from tests.whole.machine import Machine, Net, WholeHost

HUGE = 1 << 20
ODD: tuple[Any, ...] = (None, True, -1, 2**70, 1.5, "", "x", "９", [], [[]], {}, {"a": None})
"""What may stand where something else is expected."""
REFUSALS: tuple[FailureCode, ...] = ("tool_missing", "denied", "timeout", "unparsable")


def changed(value: Any, chance: random.Random) -> Any:
    """The same document with one value, somewhere in it, of another type or gone."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        name = chance.choice(sorted(value, key=str))
        if chance.random() < 0.15:
            return {key: each for key, each in value.items() if key != name}
        return {**value, name: changed(value[name], chance)}
    if isinstance(value, list) and value and chance.random() < 0.85:
        place = chance.randrange(len(value))
        return [*value[:place], changed(value[place], chance), *value[place + 1 :]]
    return chance.choice(ODD)


def _document(data: bytes, chance: random.Random) -> bytes:
    """JSON, lines of JSON and property lists stay well-formed; their values do not stay theirs."""
    lines = data.splitlines()
    try:
        if data.startswith((b"<?xml", b"bplist")):
            return plistlib.dumps(changed(plistlib.loads(data), chance), skipkeys=True)
        if len(lines) > 1 and lines[0].startswith(b"{"):
            return b"\r\n".join(json.dumps(changed(json.loads(x), chance)).encode() for x in lines)
        return json.dumps(changed(json.loads(data), chance)).encode()
    except (ValueError, TypeError, OverflowError, AttributeError, plistlib.InvalidFileException):
        return data[::-1]


def _flipped(data: bytes, chance: random.Random) -> bytes:
    spoiled = bytearray(data or b"\0")
    for _ in range(1 + len(spoiled) // 40):
        spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
    return bytes(spoiled)


def _in_another_encoding(data: bytes, chance: random.Random) -> bytes:
    text = data.decode("utf-8", "replace").replace("a", "表")
    return text.encode(chance.choice(("cp932", "utf-16", "cp850", "euc-jp")), "replace")


BYTES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _document,
    _document,
    _flipped,
    _in_another_encoding,
    lambda data, chance: data[: chance.randrange(len(data) + 1)],
    lambda data, chance: b"",  # noqa: ARG005
    lambda data, chance: (data or b"x") * (HUGE // max(1, len(data)) + 1),  # noqa: ARG005
    lambda data, chance: b"\n".join(chance.sample(lines := data.split(b"\n"), len(lines))),
)


class DamagedHost(WholeHost):
    """`share` of its answers are damaged; the same ones again for the same seed, whichever thread
    asks first."""

    def __init__(self, machine: Machine, net: Net, seed: str, share: float = 0.3) -> None:
        super().__init__(machine, net)
        self._seed = seed
        self._share = share

    def _chance(self, *asked: object) -> random.Random | None:
        """None: this answer is left alone."""
        chance = random.Random(f"{self._seed} {asked!r}")
        return chance if chance.random() < self._share else None

    def _spoil(self, data: bytes, *asked: object) -> bytes:
        chance = self._chance(*asked)
        if chance is None:
            return data
        if chance.random() < 0.25:
            raise Failed(chance.choice(REFUSALS), str(asked[0]))
        return chance.choice(BYTES)(data, chance)[: HUGE + 1]

    def run(
        self,
        tool: str,
        *args: str,
        timeout_s: float = 5.0,
        env: Mapping[str, str] | None = None,
        heard: Callable[[bytes], None] | None = None,
    ) -> Command:
        try:
            done = super().run(tool, *args, timeout_s=timeout_s, env=env)
        except NotRecorded:  # a damaged answer led to another question
            raise Failed("timeout", f"run {tool}") from None
        chance = self._chance("exit code", tool, *args[:3])
        code = chance.choice((0, 1, 2, 255)) if chance is not None else done.returncode
        out = self._spoil(done.stdout, "run", tool, *args[:3])
        if heard is not None:
            heard(out)
        return Command(
            argv=done.argv, returncode=code, stdout=out, stderr=done.stderr, took_s=done.took_s
        )

    def read_part(self, path: str, start: int, limit: int) -> bytes:
        whole = super().read_part(path, 0, READ_LIMIT)
        return self._spoil(whole, "read", path)[start : start + limit]

    def listdir(self, path: str) -> tuple[str, ...]:
        names = super().listdir(path)
        chance = self._chance("list", path)
        if chance is None:
            return names
        if chance.random() < 0.5:
            raise Failed(chance.choice(REFUSALS), "list", path)
        return tuple(sorted({*names[1:], "\udcff", "..", "x" * 255, "9"}))

    def stat(self, path: str) -> FileStat | None:
        chance = self._chance("stat", path)
        if chance is None:
            return super().stat(path)
        if chance.random() < 0.5:
            raise Failed("denied", "stat", path)
        return None

    def registry(self, path: str) -> RegistryKey:
        held = super().registry(path)
        chance = self._chance("registry", path)
        if chance is None:
            return held
        if chance.random() < 0.3:
            raise Failed(chance.choice(REFUSALS), "read the registry", path)
        odd = ("", "x", "９９", 0, -1, 2**63, b"", b"\xff\x00", (), ("a", ""), "a" * 5000)
        values = {
            name: chance.choice(odd) if chance.random() < 0.5 else value
            for name, value in held.values.items()
        }
        return RegistryKey(values=values, subkeys=(*held.subkeys[1:], "{x}", ""))

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
        answer = super().dbus(bus, destination, path, interface, member, signature, body, timeout_s)
        chance = self._chance("dbus", path, interface, member, body)
        if chance is None:
            return answer
        if chance.random() < 0.25:
            raise Failed(chance.choice(REFUSALS), "dbus")
        damaged = changed(list(answer), random.Random(chance.random()))
        return tuple(damaged) if isinstance(damaged, list) else ()
