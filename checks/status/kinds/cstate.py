"""cState, a static page made with Hugo: `<page>/index.json`.

It tells the state as of when it was built. Titles are put into its JSON unescaped, so one with a
quote makes it unreadable. Source: https://github.com/cstate/cstate (layouts/index.json)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from checks.status.adapter import Kind, below
from checks.status.normal import Event, Part, Reading, State, decode, instant, state_of

NAME = "cstate"
PATH = "/index.json"

_STATE: dict[str, State] = {
    "ok": "ok",
    "notice": "degraded",
    "disrupted": "partial",
    "down": "major",
}
_EVENT: dict[str, State] = {**_STATE, "ok": "degraded"}
_GO_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d\d)(\d\d)(?: [A-Z0-9+-]+)?"
)


class _Issue(Struct):
    title: str
    severity: str | None = None
    createdAt: str | None = None
    lastMod: str | None = None
    resolved: bool | None = None
    informational: bool | None = None
    affected: list[str] | None = None


class _System(Struct):
    name: str
    status: str
    category: str | None = None
    unresolvedIssues: list[_Issue] | None = None


class _Index(Struct):
    cStateVersion: str
    summaryStatus: str
    systems: list[_System]
    buildDate: str | None = None
    buildTime: str | None = None
    pinnedIssues: list[_Issue] | None = None


def read(bodies: Sequence[bytes], _: datetime) -> Reading:
    index = decode(bodies[0], _Index)
    return Reading(
        adapter=NAME,
        overall=state_of(index.summaryStatus, _STATE),
        parts=tuple(
            Part(
                name=each.name,
                groups=(each.category,) if each.category else (),
                state=state_of(each.status, _STATE),
            )
            for each in index.systems
        ),
        events=tuple(_events(index)),
        updated=_moment(index.buildDate),
    )


def _events(index: _Index) -> Iterator[Event]:
    """Each open issue once, though it stands under every system that it affects."""
    seen: set[tuple[str, str | None]] = set()
    for system in index.systems:
        for issue in system.unresolvedIssues or []:
            key = (issue.title, issue.createdAt)
            if key in seen or issue.resolved or issue.informational:
                continue
            seen.add(key)
            yield Event(
                name=issue.title,
                state=state_of(issue.severity or "notice", _EVENT),
                since=_moment(issue.createdAt),
                updated=_moment(issue.lastMod),
                touches=tuple(issue.affected or (system.name,)),
            )


def _moment(text: str | None) -> datetime | None:
    """An instant as Go writes it: `2024-12-27 10:00:00 +0000 UTC`."""
    go = _GO_TIME.fullmatch((text or "").strip())
    return instant(f"{go[1]}T{go[2]}{go[3]}:{go[4]}" if go else text)


KIND = Kind(name=NAME, addresses=below(PATH), read=read)
