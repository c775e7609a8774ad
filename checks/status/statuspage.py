"""Atlassian Statuspage, and incident.io's compatible twin: `<page>/api/v2/summary.json`.

Lists may be null or absent (incident.io), the indicator may be `none` while an incident is open,
`maintenance` is an indicator that the documentation does not list, and texts are the page owner's
own: only the enumerations count. A word that is not in them is *unknown*.
Source: https://support.atlassian.com/statuspage/docs/what-are-the-different-apis-under-statuspage/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec
from msgspec import Struct

from checks.names import folded
from checks.status.normal import (
    Component,
    Incident,
    Maintenance,
    PageStatus,
    State,
    instant,
    line,
    worst,
)

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


def read(body: bytes, names: tuple[str, ...], now: datetime) -> PageStatus:
    """What a summary says about the components named (all if none are).

    Raises ValueError if the body is not a summary.
    """
    try:
        summary = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"), type=_Summary)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    components = _components(summary.components or [])
    relevant = _relevant(components, names)
    matters = _matcher(relevant, names)
    incidents = tuple(
        _incident(each, matters)
        for each in summary.incidents or []
        if each.status not in _CLOSED and each.resolved_at is None
    )
    maintenances = tuple(
        _maintenance(each, matters, now)
        for each in summary.scheduled_maintenances or []
        if each.status not in _CLOSED
    )
    indicator = _INDICATOR.get(summary.status.indicator, "unknown")
    named = bool(relevant)
    shown = relevant if named else [each for each in components if each.state != "ok"]
    return PageStatus(
        adapter=NAME,
        overall=worst(
            [
                indicator,
                *(each.state for each in components),
                *(each.state for each in incidents),
                *_running(maintenances),
            ]
        ),
        state=worst(
            [
                *(() if named else (indicator,)),
                *(each.state for each in shown),
                *(each.state for each in incidents if each.relevant),
                *_running(each for each in maintenances if each.relevant),
            ]
        ),
        named=named,
        components=tuple(shown),
        incidents=incidents,
        maintenances=maintenances,
        updated=instant(summary.page.updated_at),
    )


def _running(maintenances: Iterable[Maintenance]) -> list[State]:
    return ["maintenance" for each in maintenances if each.running]


def _components(rows: Iterable[_Component]) -> list[Component]:
    """The parts themselves; rows that only hold others lend them their name."""
    rows = list(rows)
    groups = {row.id: row.name for row in rows if row.group}
    return [
        Component(
            id=line(row.id),
            name=line(row.name),
            group=line(groups.get(row.group_id or "", "")),
            state=_COMPONENT.get(row.status, "unknown"),
        )
        for row in rows
        if not row.group
    ]


def _spellings(component: Component) -> frozenset[str]:
    """The folded names that mean this part: its own, its id, its group's, or both together."""
    name, group = folded(component.name), folded(component.group)
    spellings = {name, folded(component.id), group}
    if group:
        spellings |= {f"{group} - {name}", f"{group} / {name}"}
    return frozenset(spellings - {""})


def _relevant(components: Iterable[Component], names: Iterable[str]) -> list[Component]:
    wanted = {folded(name) for name in names}
    return [each for each in components if wanted & _spellings(each)]


def _matcher(relevant: list[Component], names: tuple[str, ...]) -> Callable[[_Incident], bool]:
    """Whether an incident touches a part that matters; one that names no part touches all."""
    wanted = {folded(name) for name in names}
    for component in relevant:
        wanted |= _spellings(component)

    def matters(incident: _Incident) -> bool:
        touched = list(incident.components or [])
        for update in incident.incident_updates or []:
            touched += update.affected_components or []
        words = {
            folded(word)
            for each in touched
            for word in (each.name, each.id, each.code)
            if word is not None
        }
        return not relevant or not words or bool(words & wanted)

    return matters


def _incident(incident: _Incident, matters: Callable[[_Incident], bool]) -> Incident:
    return Incident(
        name=line(incident.name),
        status=line(incident.status),
        state=_IMPACT.get(incident.impact or "none", "unknown"),
        since=instant(incident.started_at) or instant(incident.created_at),
        updated=instant(incident.updated_at),
        relevant=matters(incident),
    )


def _maintenance(
    incident: _Incident, matters: Callable[[_Incident], bool], now: datetime
) -> Maintenance:
    """Announced ones that nobody has marked as begun run when their time has come."""
    start, end = instant(incident.scheduled_for), instant(incident.scheduled_until)
    due = start is not None and end is not None and start <= now < end
    return Maintenance(
        name=line(incident.name),
        running=incident.status in _RUNNING or due,
        start=start,
        end=end,
        relevant=matters(incident),
    )
