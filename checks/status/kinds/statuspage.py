"""Atlassian Statuspage: `<page>/api/v2/summary.json`.

The indicator may be `none` while an incident is open, `maintenance` is an indicator that the
documentation does not list, and texts are the page owner's own: only the enumerations count. A
word that is not in them is *unknown*. Others answer in the same shape; their lists may be null or
absent.
Source: https://support.atlassian.com/statuspage/docs/what-are-the-different-apis-under-statuspage/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from checks.status.adapter import Kind, below
from checks.status.normal import Event, Part, Reading, State, Window, decode, instant, state_of

NAME = "statuspage"
PATH = "/api/v2/summary.json"

_INDICATOR: dict[str, State] = {
    "none": "ok",
    "minor": "degraded",
    "major": "partial",
    "critical": "major",
    "maintenance": "maintenance",
}
_COMPONENT: dict[str, State] = {
    "operational": "ok",
    "degraded_performance": "degraded",
    "partial_outage": "partial",
    "major_outage": "major",
    "full_outage": "major",
    "under_maintenance": "maintenance",
}
_IMPACT: dict[str, State] = {**_INDICATOR, "none": "degraded"}
"""An incident that is open is trouble, also while its impact is still given as none."""
_CLOSED = ("resolved", "postmortem", "completed")
_RUNNING = ("in_progress", "verifying")


class _Page(Struct):
    id: str = ""
    time_zone: str | None = None
    updated_at: str | None = None


class _Status(Struct):
    indicator: str


class _Component(Struct):
    name: str
    status: str
    id: str = ""
    group: bool | None = None
    group_id: str | None = None


class _Touched(Struct):
    """A component as an incident names it: whole, or `<group> - <component>` with its code."""

    name: str | None = None
    id: str | None = None
    code: str | None = None


class _Update(Struct):
    affected_components: list[_Touched] | None = None


class _Incident(Struct):
    name: str
    status: str
    impact: str | None = None
    started_at: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    resolved_at: str | None = None
    scheduled_for: str | None = None
    scheduled_until: str | None = None
    components: list[_Touched] | None = None
    incident_updates: list[_Update] | None = None


class _Summary(Struct):
    page: _Page
    status: _Status
    components: list[_Component] | None = None
    incidents: list[_Incident] | None = None
    scheduled_maintenances: list[_Incident] | None = None


def read(bodies: Sequence[bytes], _: datetime) -> Reading:
    return reading_of(bodies[0], NAME)


def reading_of(body: bytes, name: str) -> Reading:
    """What a summary in this shape says. Raises ValueError for anything else."""
    summary = decode(body, _Summary)
    return Reading(
        adapter=name,
        overall=state_of(summary.status.indicator, _INDICATOR),
        parts=tuple(_parts(summary.components or [])),
        events=tuple(
            _event(each)
            for each in summary.incidents or []
            if each.status not in _CLOSED and each.resolved_at is None
        ),
        windows=tuple(
            _window(each)
            for each in summary.scheduled_maintenances or []
            if each.status not in _CLOSED
        ),
        updated=instant(summary.page.updated_at),
        zone=summary.page.time_zone,
    )


def _parts(rows: Sequence[_Component]) -> Iterator[Part]:
    """The parts themselves; rows that only hold others lend them their name."""
    groups = {row.id: row.name for row in rows if row.group}
    for row in rows:
        if not row.group:
            group = groups.get(row.group_id or "")
            yield Part(
                id=row.id,
                name=row.name,
                groups=(group,) if group else (),
                state=state_of(row.status, _COMPONENT),
            )


def _touches(incident: _Incident) -> tuple[str, ...]:
    touched = list(incident.components or [])
    for update in incident.incident_updates or []:
        touched += update.affected_components or []
    return tuple(
        word for each in touched for word in (each.name, each.id, each.code) if word is not None
    )


def _event(incident: _Incident) -> Event:
    return Event(
        name=incident.name,
        status=incident.status,
        state=state_of(incident.impact or "none", _IMPACT),
        since=instant(incident.started_at) or instant(incident.created_at),
        updated=instant(incident.updated_at),
        touches=_touches(incident),
    )


def _window(incident: _Incident) -> Window:
    return Window(
        name=incident.name,
        running=True if incident.status in _RUNNING else None,
        start=instant(incident.scheduled_for),
        end=instant(incident.scheduled_until),
        touches=_touches(incident),
    )


KIND = Kind(name=NAME, addresses=below(PATH), read=read)
