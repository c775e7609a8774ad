"""Which of the programs that run now matter for a login: `programs.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources

import msgspec
from msgspec import Struct

from checks.security.facts import FilterKind, RemoteTool, WebFilter
from diag.model import OsFamily


class Remote(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    windows: tuple[str, ...] = ()
    macos: tuple[str, ...] = ()
    linux: tuple[str, ...] = ()
    resident: tuple[str, ...] = ()

    def open_on(self, family: OsFamily) -> tuple[str, ...]:
        by_family = {"windows": self.windows, "macos": self.macos, "linux": self.linux}
        return by_family.get(family, ())


class Filter(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    kind: FilterKind
    processes: tuple[str, ...]
    issuers: tuple[str, ...]


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    remote: tuple[Remote, ...]
    filter: tuple[Filter, ...]


@cache
def table() -> Table:
    text = resources.files(__package__).joinpath("programs.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Table)


def remote_tools(family: OsFamily, running: Iterable[str]) -> tuple[RemoteTool, ...]:
    names = _folded(running)
    found = []
    for each in table().remote:
        is_open = bool(names & _folded(each.open_on(family)))
        if is_open or names & _folded(each.resident):
            found.append(RemoteTool(name=each.name, open=is_open))
    return tuple(found)


def web_filters(running: Iterable[str]) -> tuple[WebFilter, ...]:
    names = _folded(running)
    return tuple(
        WebFilter(name=each.name, kind=each.kind, issuers=each.issuers)
        for each in table().filter
        if names & _folded(each.processes)
    )


def _folded(names: Iterable[str]) -> set[str]:
    return {name.casefold() for name in names}
