"""status.io: `https://api.status.io/1.0/status/<page id>`; the id stands in the page.

Codes count, words are the owner's. Source: https://kb.status.io/developers/public-status-api/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from checks.status.adapter import Kind
from checks.status.normal import Event, Part, Reading, State, Window, decode, instant, state_of

NAME = "status_io"

_CODE: dict[int, State] = {
    100: "ok",
    200: "maintenance",
    300: "degraded",
    400: "partial",
    500: "major",
    600: "major",
}
_EVENT: dict[int, State] = {**_CODE, 100: "degraded"}
_HOW_FAR = {100: "investigating", 200: "identified", 300: "monitoring"}
_ID = re.compile(
    r"""(?:api\.status\.io/1\.0/status/|status_?page_?id["'\s:=]{1,6})([0-9a-f]{24})\b""",
    re.IGNORECASE,
)


class _Whole(Struct):
    status_code: int
    updated: str | None = None


class _Container(Struct):
    name: str
    status_code: int
    id: str = ""


class _Component(Struct):
    name: str
    status_code: int
    id: str = ""
    containers: list[_Container] | None = None


class _Named(Struct):
    name: str | None = None
    id: str | None = None
    _id: str | None = None


class _Message(Struct):
    status: int | str | None = None
    state: int | str | None = None
    datetime: str | None = None


class _Incident(Struct):
    name: str
    datetime_open: str | None = None
    datetime_planned_start: str | None = None
    datetime_planned_end: str | None = None
    messages: list[_Message] | None = None
    components_affected: list[_Named] | None = None
    containers_affected: list[_Named] | None = None


class _Maintenance(Struct):
    active: list[_Incident] | None = None
    upcoming: list[_Incident] | None = None


class _Result(Struct):
    status_overall: _Whole
    status: list[_Component] | None = None
    incidents: list[_Incident] | None = None
    maintenance: _Maintenance | None = None


class _Document(Struct):
    result: _Result


def addresses(_: str, page: str) -> tuple[str, ...]:
    found = _ID.search(page)
    if not found:
        raise ValueError("the page does not show its status.io id")
    return (f"https://api.status.io/1.0/status/{found[1].lower()}",)


def read(bodies: Sequence[bytes], _: datetime) -> Reading:
    result = decode(bodies[0], _Document).result
    maintenance = result.maintenance or _Maintenance()
    return Reading(
        adapter=NAME,
        overall=state_of(result.status_overall.status_code, _CODE),
        parts=tuple(_parts(result.status or [])),
        events=tuple(map(_event, result.incidents or [])),
        windows=(
            *(_window(each, running=True) for each in maintenance.active or []),
            *(_window(each, running=False) for each in maintenance.upcoming or []),
        ),
        updated=instant(result.status_overall.updated),
    )


def _parts(components: Sequence[_Component]) -> Iterator[Part]:
    """A component, and it in each of its containers (regions, as most use them)."""
    for each in components:
        yield Part(id=each.id, name=each.name, state=state_of(each.status_code, _CODE))
        for container in each.containers or []:
            yield Part(
                id=container.id,
                name=container.name,
                groups=(each.name,),
                state=state_of(container.status_code, _CODE),
            )


def _event(incident: _Incident) -> Event:
    last = incident.messages[-1] if incident.messages else _Message()
    return Event(
        name=incident.name,
        state=state_of(_number(last.status, 300), _EVENT),
        status=_HOW_FAR.get(_number(last.state, 0), ""),
        since=instant(incident.datetime_open),
        updated=instant(last.datetime),
        touches=_touches(incident),
    )


def _number(value: int | str | None, otherwise: int) -> int:
    try:
        return int(value) if value is not None else otherwise
    except ValueError:
        return -1


def _window(each: _Incident, *, running: bool) -> Window:
    return Window(
        name=each.name,
        running=running,
        start=instant(each.datetime_planned_start),
        end=instant(each.datetime_planned_end),
        touches=_touches(each),
    )


def _touches(incident: _Incident) -> tuple[str, ...]:
    """Components; containers only where none is named, because one container is in many of them."""
    named = incident.components_affected or incident.containers_affected or []
    return tuple(word for each in named for word in (each.name, each.id, each._id) if word)


KIND = Kind(name=NAME, addresses=addresses, read=read, from_page=True)
