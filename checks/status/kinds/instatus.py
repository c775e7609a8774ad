"""Instatus: `<page>/summary.json` for the whole, `<page>/v3/components.json` for the parts.

Lists are left out when empty; a duration is a string or a number of minutes; components come bare
or in an object. Source: https://instatus.com/help/status-pages/status-page-apis
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from checks.status.adapter import Kind, below
from checks.status.normal import (
    Event,
    Part,
    Reading,
    State,
    Window,
    decode,
    instant,
    state_of,
)

NAME = "instatus"
PATH = "/summary.json"

_PAGE: dict[str, State] = {"UP": "ok", "HASISSUES": "degraded", "UNDERMAINTENANCE": "maintenance"}
_STATE: dict[str, State] = {
    "OPERATIONAL": "ok",
    "DEGRADEDPERFORMANCE": "degraded",
    "MINOROUTAGE": "degraded",
    "PARTIALOUTAGE": "partial",
    "MAJOROUTAGE": "major",
    "UNDERMAINTENANCE": "maintenance",
}
_IMPACT: dict[str, State] = {**_STATE, "OPERATIONAL": "degraded"}
"""An incident that is active is trouble, whatever its impact is called."""
_OVER = ("RESOLVED", "COMPLETED")
_RUNNING = ("INPROGRESS", "VERIFYING")
LONGEST_MIN = 60 * 24 * 365


class _Page(Struct):
    status: str


class _Incident(Struct):
    name: str
    status: str
    impact: str | None = None
    started: str | None = None
    updatedAt: str | None = None


class _Maintenance(Struct):
    name: str
    status: str
    start: str | None = None
    duration: str | float | None = None


class _Summary(Struct):
    page: _Page
    activeIncidents: list[_Incident] | None = None
    activeMaintenances: list[_Maintenance] | None = None


class _Group(Struct):
    name: str | None = None
    id: str | None = None


class _Component(Struct):
    name: str
    status: str
    id: str = ""
    group: _Group | str | None = None
    isParent: bool = False
    children: list[_Component] | None = None


class _Components(Struct):
    components: list[_Component]


def read(bodies: Sequence[bytes], _: datetime) -> Reading:
    summary = decode(bodies[0], _Summary)
    overall: State | None = state_of(summary.page.status, _PAGE)
    if overall == "unknown":
        raise ValueError(f"no status of an Instatus page: {summary.page.status[:40]}")
    events = [_event(each) for each in summary.activeIncidents or [] if each.status not in _OVER]
    if events and overall == "degraded":
        # HASISSUES says nothing of how bad; the incidents do.
        overall = None
    return Reading(
        adapter=NAME,
        overall=overall,
        parts=tuple(_all_parts(bodies[1])) if len(bodies) > 1 and bodies[1] else (),
        events=tuple(events),
        windows=tuple(
            _window(each) for each in summary.activeMaintenances or [] if each.status not in _OVER
        ),
    )


def _event(incident: _Incident) -> Event:
    return Event(
        name=incident.name,
        status=incident.status.lower(),
        state=state_of(incident.impact or "OPERATIONAL", _IMPACT),
        since=instant(incident.started),
        updated=instant(incident.updatedAt),
    )


def _window(maintenance: _Maintenance) -> Window:
    start = instant(maintenance.start)
    minutes = _minutes(maintenance.duration)
    return Window(
        name=maintenance.name,
        running=True if maintenance.status in _RUNNING else None,
        start=start,
        end=start + timedelta(minutes=minutes) if start and minutes else None,
    )


def _minutes(duration: str | float | None) -> float | None:
    try:
        minutes = float(duration or 0)
    except ValueError:
        return None
    return minutes if 0 < minutes <= LONGEST_MIN else None


def _all_parts(body: bytes) -> Iterator[Part]:
    found = decode(body, list[_Component] | _Components)  # type: ignore[arg-type]
    rows = found.components if isinstance(found, _Components) else found
    parents = {each.group.id for each in rows if isinstance(each.group, _Group)}
    yield from _parts([each for each in rows if not each.id or each.id not in parents], ())


def _parts(rows: Sequence[_Component], groups: tuple[str, ...]) -> Iterator[Part]:
    for row in rows:
        if row.children:
            yield from _parts(row.children, (*groups, row.name))
        elif not row.isParent:
            own = row.group.name if isinstance(row.group, _Group) else row.group
            yield Part(
                id=row.id,
                name=row.name,
                groups=(*groups, own) if own else groups,
                state=state_of(row.status, _STATE),
            )


KIND = Kind(name=NAME, addresses=below(PATH, "/v3/components.json"), read=read)
