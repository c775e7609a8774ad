"""Better Stack (Better Uptime): `<page>/index.json`, a JSON:API document.

A report that somebody wrote by hand keeps `ends_at: null` after it is over: only its own state
tells. Source: https://betterstack.com/docs/uptime/status-pages/subscribing-to-status-updates/
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from checks.status.adapter import Kind, below
from checks.status.normal import Event, Part, Reading, State, Window, decode, instant, state_of

NAME = "better_stack"
PATH = "/index.json"

_STATE: dict[str, State] = {
    "operational": "ok",
    "degraded": "degraded",
    "downtime": "major",
    "maintenance": "maintenance",
}
_PART: dict[str, State] = {**_STATE, "not_monitored": "unknown"}
_REPORT: dict[str, State] = {**_STATE, "operational": "degraded"}
"""A report that is not over is trouble, also where no part is marked."""


class _Affected(Struct):
    status_page_resource_id: str | int | None = None


class _Attributes(Struct):
    """Of any of the resources; which keys are there goes by the type."""

    name: str | None = None
    public_name: str | None = None
    status: str | None = None
    status_page_section_id: str | int | None = None
    title: str | None = None
    report_type: str | None = None
    starts_at: str | None = None
    ends_at: str | None = None
    aggregate_state: str | None = None
    updated_at: str | None = None
    affected_resources: list[_Affected] | None = None


class _Resource(Struct):
    id: str | int
    type: str
    attributes: _Attributes


class _PageAttributes(Struct):
    aggregate_state: str
    timezone: str | None = None
    updated_at: str | None = None


class _Page(Struct):
    type: Literal["status_page"]
    attributes: _PageAttributes


class _Document(Struct):
    data: _Page
    included: list[_Resource] | None = None


def read(bodies: Sequence[bytes], now: datetime) -> Reading:
    document = decode(bodies[0], _Document)
    rows = document.included or []
    sections = {
        str(row.id): row.attributes.name for row in rows if row.type == "status_page_section"
    }
    open_reports = [
        row.attributes
        for row in rows
        if row.type == "status_report" and row.attributes.aggregate_state != "resolved"
    ]
    return Reading(
        adapter=NAME,
        overall=state_of(document.data.attributes.aggregate_state, _STATE),
        parts=tuple(_part(row, sections) for row in rows if row.type == "status_page_resource"),
        events=tuple(_event(each) for each in open_reports if each.report_type != "maintenance"),
        windows=tuple(
            _window(each)
            for each in open_reports
            if each.report_type == "maintenance" and not _past(each, now)
        ),
        updated=instant(document.data.attributes.updated_at),
        zone=document.data.attributes.timezone,
    )


def _part(row: _Resource, sections: dict[str, str | None]) -> Part:
    section = sections.get(str(row.attributes.status_page_section_id or ""))
    return Part(
        id=str(row.id),
        name=row.attributes.public_name or "",
        groups=(section,) if section else (),
        state=state_of(row.attributes.status, _PART),
    )


def _touches(report: _Attributes) -> tuple[str, ...]:
    ids = (each.status_page_resource_id for each in report.affected_resources or [])
    return tuple(str(each) for each in ids if each is not None)


def _event(report: _Attributes) -> Event:
    return Event(
        name=report.title or "",
        state=state_of(report.aggregate_state, _REPORT),
        since=instant(report.starts_at),
        updated=instant(report.updated_at),
        touches=_touches(report),
    )


def _window(report: _Attributes) -> Window:
    return Window(
        name=report.title or "",
        start=instant(report.starts_at),
        end=instant(report.ends_at),
        touches=_touches(report),
    )


def _past(report: _Attributes, now: datetime) -> bool:
    end = instant(report.ends_at)
    return end is not None and end <= now


KIND = Kind(name=NAME, addresses=below(PATH), read=read)
