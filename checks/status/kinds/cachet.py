"""Cachet 2 (`<page>/api/v1`) and 3 (`<page>/api`).

Its words are in the site's language, so only the numbers count, and they differ: 5 is nothing in 2
and unknown in 3, 6 is maintenance. Many sites switch the API off. Sources: the routes of Cachet
2.4.1 and of cachethq/core.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from checks.status.adapter import Kind, below
from checks.status.normal import Event, Part, Reading, State, Window, decode, instant, state_of

NAME_2 = "cachet2"
NAME_3 = "cachet3"

_WHOLE_2: dict[str, State] = {"success": "ok", "info": "degraded", "danger": "major"}
_PART_2: dict[int, State] = {1: "ok", 2: "degraded", 3: "partial", 4: "major"}
_WHOLE_3: dict[str, State] = {
    "operational": "ok",
    "partial_outage": "partial",
    "major_outage": "major",
    "under_maintenance": "maintenance",
}
_PART_3: dict[int, State] = {**_PART_2, 6: "maintenance"}
_HOW_FAR = {1: "investigating", 2: "identified", 3: "monitoring"}
_OPEN: dict[int, State] = {1: "degraded", 2: "degraded", 3: "degraded"}
_NOT_NOW = (0, 4)
"""A planned one, as Cachet had them before schedules; one that is fixed."""
_UPCOMING, _IN_PROGRESS, _COMPLETE = 0, 1, 2
_LISTS = ("/components?per_page=100", "/incidents?per_page=20&sort=id&order=desc", "/schedules")


class _Word(Struct):
    status: str


class _Whole(Struct):
    data: _Word


# --- 2 ---


class _Component2(Struct):
    name: str
    status: int | str
    id: int | str = ""
    enabled: bool | None = None


class _Incident2(Struct):
    name: str
    status: int | str
    component_id: int | str | None = None
    occurred_at: str | None = None
    updated_at: str | None = None


class _Schedule2(Struct):
    name: str
    status: int | str
    scheduled_at: str | None = None
    completed_at: str | None = None


class _Components2(Struct):
    data: list[_Component2]


class _Incidents2(Struct):
    data: list[_Incident2]


class _Schedules2(Struct):
    data: list[_Schedule2]


def read_2(bodies: Sequence[bytes], _: datetime) -> Reading:
    whole, components, incidents, schedules = (*bodies, b"", b"", b"")[:4]
    overall = state_of(decode(whole, _Whole).data.status, _WHOLE_2)
    if overall == "unknown":
        raise ValueError("no status of a Cachet 2 page")
    return Reading(
        adapter=NAME_2,
        overall=overall,
        parts=tuple(
            Part(id=str(row.id), name=row.name, state=state_of(_number(row.status), _PART_2))
            for row in (decode(components, _Components2).data if components else ())
            if row.enabled is not False
        ),
        events=tuple(
            Event(
                name=row.name,
                state=state_of(number, _OPEN),
                status=_HOW_FAR.get(number or 0, ""),
                since=instant(row.occurred_at),
                updated=instant(row.updated_at),
                touches=(str(row.component_id),) if row.component_id else (),
            )
            for row in (decode(incidents, _Incidents2).data if incidents else ())
            if (number := _number(row.status)) not in _NOT_NOW
        ),
        windows=tuple(
            _window(row.name, _number(row.status), row.scheduled_at, row.completed_at)
            for row in (decode(schedules, _Schedules2).data if schedules else ())
            if _number(row.status) != _COMPLETE
        ),
    )


def _number(status: int | str | None) -> int | None:
    """2 gives numbers, or their digits, as the server's database driver does."""
    try:
        return int(status if status is not None else "")
    except ValueError:
        return None


def _window(name: str, status: int | None, start: str | None, end: str | None) -> Window:
    return Window(
        name=name,
        running=_runs(status),
        start=instant(start),
        end=instant(end),
    )


def _runs(status: int | None) -> bool | None:
    """A number that is not known may mean anything: taken for one that runs, never for none."""
    return None if status == _UPCOMING else True


# --- 3 ---


class _Choice(Struct):
    value: int | str | None = None


class _Moment(Struct):
    string: str | None = None


class _Attributes3(Struct):
    name: str
    status: _Choice | None = None
    latest_status: _Choice | None = None
    enabled: bool | None = None
    occurred: _Moment | None = None
    updated: _Moment | None = None
    scheduled: _Moment | None = None
    completed: _Moment | None = None


class _Resource3(Struct):
    id: str | int
    attributes: _Attributes3


class _Resources3(Struct):
    data: list[_Resource3]


def read_3(bodies: Sequence[bytes], _: datetime) -> Reading:
    whole, *lists = (*bodies, b"", b"", b"")[:4]
    overall = state_of(decode(whole, _Whole).data.status, _WHOLE_3)
    if overall == "unknown":
        raise ValueError("no status of a Cachet 3 page")
    components, incidents, schedules = (
        decode(body, _Resources3).data if body else [] for body in lists
    )
    return Reading(
        adapter=NAME_3,
        overall=overall,
        parts=tuple(
            Part(
                id=str(row.id),
                name=row.attributes.name,
                state=state_of(_value(row.attributes.status), _PART_3),
            )
            for row in components
            if row.attributes.enabled is not False
        ),
        events=tuple(
            Event(
                name=row.attributes.name,
                state=state_of(number, _OPEN),
                status=_HOW_FAR.get(number or 0, ""),
                since=_moment(row.attributes.occurred),
                updated=_moment(row.attributes.updated),
            )
            for row in incidents
            if (number := _value(row.attributes.latest_status or row.attributes.status))
            not in _NOT_NOW
        ),
        windows=tuple(
            Window(
                name=row.attributes.name,
                running=_runs(_value(row.attributes.status)),
                start=_moment(row.attributes.scheduled),
                end=_moment(row.attributes.completed),
            )
            for row in schedules
            if _value(row.attributes.status) != _COMPLETE
        ),
    )


def _value(choice: _Choice | None) -> int | None:
    return _number(choice.value) if choice is not None else None


def _moment(moment: _Moment | None) -> datetime | None:
    return instant(moment.string) if moment is not None else None


KIND_2 = Kind(
    name=NAME_2,
    addresses=below("/api/v1/status", *(f"/api/v1{path}" for path in _LISTS)),
    read=read_2,
)
KIND_3 = Kind(
    name=NAME_3, addresses=below("/api/status", *(f"/api{path}" for path in _LISTS)), read=read_3
)
