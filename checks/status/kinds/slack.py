"""Slack's own page: `https://slack-status.com/api/v2.0.0/current`.

Source: https://docs.slack.dev/reference/slack-status-api
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from checks.status.adapter import Kind, origin
from checks.status.normal import Event, Reading, State, Window, decode, instant, state_of

NAME = "slack"
HOST = "slack-status.com"

_TYPE: dict[str, State] = {"notice": "degraded", "incident": "partial", "outage": "major"}


class _Incident(Struct):
    title: str
    type: str
    status: str
    date_created: str | None = None
    date_updated: str | None = None
    services: list[str] | None = None


class _Current(Struct):
    status: Literal["ok", "active"]
    active_incidents: list[_Incident]
    date_updated: str | None = None


def addresses(url: str, _: str) -> tuple[str, ...]:
    return (f"{origin(url)}/api/v2.0.0/current",)


def read(bodies: Sequence[bytes], _: datetime) -> Reading:
    current = decode(bodies[0], _Current)
    events = tuple(_events(current.active_incidents))
    quiet = current.status == "ok" and not current.active_incidents
    return Reading(
        adapter=NAME,
        overall="ok" if quiet else None if events else "unknown",
        events=events,
        windows=tuple(
            Window(name=each.title, running=False, touches=tuple(each.services or ()))
            for each in current.active_incidents
            if each.status == "scheduled"
        ),
        updated=instant(current.date_updated),
    )


def _events(incidents: Sequence[_Incident]) -> Iterator[Event]:
    for each in incidents:
        if each.status == "active":
            yield Event(
                name=each.title,
                state=state_of(each.type, _TYPE),
                since=instant(each.date_created),
                updated=instant(each.date_updated),
                touches=tuple(each.services or ()),
            )


KIND = Kind(name=NAME, addresses=addresses, read=read)
