"""Statuspal: `https://statuspal.io/api/v2/status_pages/<subdomain>/summary` (EU pages: .eu).

The subdomain of a page under its owner's domain stands in the page only. Times have no offset, so
they tell nothing; what runs and what is to come stand in lists of their own.
Source: https://docs.statuspal.io/platform/public-status-api
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from msgspec import Struct

from checks.status.adapter import Kind
from checks.status.normal import Event, Part, Reading, State, Window, decode, instant, state_of

NAME = "statuspal"

_STATE: dict[str | None, State] = {
    None: "ok",
    "minor": "degraded",
    "major": "major",
    "scheduled": "maintenance",
}
_IN_PAGE = re.compile(
    r"""statuspal\.(io|eu)/(?:api/v[12]/)?status_pages/([a-z0-9][a-z0-9.-]{0,80})""", re.IGNORECASE
)
_HOST = re.compile(r"([a-z0-9-]{1,63})\.statuspal\.(io|eu)")
_PATH = re.compile(r"/(?:status_pages/)?([a-z0-9][a-z0-9.-]{0,80})/?")


class _Page(Struct):
    name: str
    current_incident_type: str | None
    time_zone: str | None = None


class _Service(Struct):
    """An empty one stands for the end of a list."""

    id: int | str = ""
    name: str = ""
    current_incident_type: str | None = None
    children: list[_Service] | None = None


class _Incident(Struct):
    title: str
    type: str | None = None
    starts_at: str | None = None
    ends_at: str | None = None
    service_ids: list[int | str] | None = None


class _Summary(Struct):
    status_page: _Page
    services: list[_Service] | None = None
    incidents: list[_Incident] | None = None
    maintenances: list[_Incident] | None = None
    upcoming_maintenances: list[_Incident] | None = None


def addresses(url: str, page: str) -> tuple[str, ...]:
    host, path = urlsplit(url).hostname or "", urlsplit(url).path
    own = _HOST.fullmatch(host)
    found = _IN_PAGE.search(page)
    if host in ("statuspal.io", "statuspal.eu") and (named := _PATH.fullmatch(path)):
        end, subdomain = host.rpartition(".")[2], named[1]
    elif own:
        end, subdomain = own[2], own[1]
    elif found:
        end, subdomain = found[1].lower(), found[2]
    else:
        raise ValueError("the page does not name its Statuspal subdomain")
    return (f"https://statuspal.{end}/api/v2/status_pages/{subdomain}/summary",)


def read(bodies: Sequence[bytes], _: datetime) -> Reading:
    summary = decode(bodies[0], _Summary)
    return Reading(
        adapter=NAME,
        overall=state_of(summary.status_page.current_incident_type, _STATE),
        parts=tuple(_parts(summary.services or [], ())),
        zone=summary.status_page.time_zone,
        events=tuple(
            Event(
                name=each.title,
                state=state_of(each.type or "minor", _STATE),
                since=instant(each.starts_at),
                touches=_touches(each),
            )
            for each in summary.incidents or []
            if each.ends_at is None
        ),
        windows=(
            *(_window(each, running=True) for each in summary.maintenances or []),
            *(_window(each, running=False) for each in summary.upcoming_maintenances or []),
        ),
    )


def _window(each: _Incident, *, running: bool) -> Window:
    return Window(
        name=each.title,
        running=running,
        start=instant(each.starts_at),
        end=instant(each.ends_at),
        touches=_touches(each),
    )


def _touches(incident: _Incident) -> tuple[str, ...]:
    return tuple(map(str, incident.service_ids or []))


def _parts(services: Sequence[_Service], groups: tuple[str, ...]) -> Iterator[Part]:
    for each in services:
        if not each.name:
            continue
        yield Part(
            id=str(each.id),
            name=each.name,
            groups=groups,
            state=state_of(each.current_incident_type, _STATE),
        )
        yield from _parts(each.children or [], (*groups, each.name))


KIND = Kind(name=NAME, addresses=addresses, read=read, from_page=True)
