"""Gatus: the last result of each endpoint, and the owner's announcements.

Source: https://github.com/TwiN/gatus (api/api.go, config/endpoint)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from checks.status.adapter import Kind, below
from checks.status.normal import Event, Part, Reading, State, decode, instant, state_of

NAME = "gatus"

_ANNOUNCED: dict[str, State] = {"outage": "major", "warning": "degraded"}
_NEWS = ("information", "operational", "none")


class _Result(Struct):
    success: bool
    timestamp: str


class _Endpoint(Struct):
    name: str
    key: str
    results: list[_Result]
    group: str | None = None
    suspended: bool | None = None
    """No longer asked; the results are of when it was."""


class _Announcement(Struct):
    type: str
    message: str = ""
    timestamp: str | None = None
    archived: bool | None = None


class _Config(Struct):
    announcements: list[_Announcement] | None = None


def read(bodies: Sequence[bytes], _: datetime) -> Reading:
    endpoints = decode(bodies[0], list[_Endpoint])
    config = decode(bodies[1], _Config) if len(bodies) > 1 and bodies[1] else _Config()
    moments = [instant(each.results[-1].timestamp) for each in endpoints if each.results]
    return Reading(
        adapter=NAME,
        parts=tuple(map(_part, endpoints)),
        events=tuple(_events(config.announcements or [])),
        updated=max((each for each in moments if each is not None), default=None),
    )


def _part(endpoint: _Endpoint) -> Part:
    """The newest result stands last. One failed look is trouble of unknown size."""
    last = endpoint.results[-1] if endpoint.results and not endpoint.suspended else None
    state: State = "unknown" if last is None else "ok" if last.success else "major"
    return Part(
        id=endpoint.key,
        name=endpoint.name,
        groups=(endpoint.group,) if endpoint.group else (),
        state=state,
    )


def _events(announcements: Sequence[_Announcement]) -> Iterator[Event]:
    for each in announcements:
        if not each.archived and each.type not in _NEWS:
            yield Event(
                name=each.message,
                state=state_of(each.type, _ANNOUNCED),
                since=instant(each.timestamp),
            )


KIND = Kind(
    name=NAME,
    addresses=below("/api/v1/endpoints/statuses?page=1&pageSize=1", "/api/v1/config"),
    read=read,
)
