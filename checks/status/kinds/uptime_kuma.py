"""Uptime Kuma: what a page shows (`/api/status-page/<slug>`) and its monitors' last beats.

Since 2.1.0 `incidents` is a list; before, `incident` is an object or null. Times are UTC without
saying so, those of maintenance windows have their own offset.
Source: https://github.com/louislam/uptime-kuma (server/routers/status-page-router.js, server/model)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from msgspec import Struct

from checks.status.adapter import Kind, origin
from checks.status.normal import Event, Part, Reading, State, Window, decode, instant, state_of

NAME = "uptime_kuma"

_BEAT: dict[int, State] = {0: "major", 1: "ok", 2: "degraded", 3: "maintenance"}
_STYLE: dict[str, State] = {"danger": "partial", "warning": "degraded"}
_NEWS = ("info", "primary", "light", "dark")
_OVER = ("inactive", "ended")
"""Maintenance of another status runs, or may: a word that is not known is not taken for none."""
_SLUG = re.compile(r"/status/([a-z0-9][a-z0-9-]{0,80})/?", re.IGNORECASE)
_PRELOADED = re.compile(
    r"""["']?slug["']?\s*:\s*["']([a-z0-9][a-z0-9-]{0,80})["']""", re.IGNORECASE
)


class _Monitor(Struct):
    id: int
    name: str


class _Group(Struct):
    name: str
    monitorList: list[_Monitor]


class _Incident(Struct):
    title: str = ""
    style: str | None = None
    active: bool | int | None = None
    createdDate: str | None = None
    lastUpdatedDate: str | None = None


class _Slot(Struct):
    startDate: str | None = None
    endDate: str | None = None


class _Maintenance(Struct):
    title: str
    status: str
    timeslotList: list[_Slot] | None = None
    timezoneOffset: str | None = None


class _Page(Struct):
    publicGroupList: list[_Group]
    incident: _Incident | None = None
    incidents: list[_Incident] | None = None
    maintenanceList: list[_Maintenance] | None = None


class _Beat(Struct):
    status: int


class _Beats(Struct):
    heartbeatList: dict[str, list[_Beat]]


def slug_of(url: str, page: str) -> str:
    """The page's slug, from its address or its HTML. Raises ValueError."""
    found = _SLUG.fullmatch(urlsplit(url).path)
    if not found and "preloadData" in page:
        found = _PRELOADED.search(page)
    if not found:
        raise ValueError("neither the address nor the page says which Uptime Kuma page it is")
    return found[1]


def addresses(url: str, page: str) -> tuple[str, ...]:
    slug, base = slug_of(url, page), origin(url)
    return f"{base}/api/status-page/{slug}", f"{base}/api/status-page/heartbeat/{slug}"


def read(bodies: Sequence[bytes], _: datetime) -> Reading:
    page, beats = decode(bodies[0], _Page), decode(bodies[1], _Beats)
    posted = page.incidents if page.incidents is not None else [page.incident]
    return Reading(
        adapter=NAME,
        parts=tuple(_parts(page.publicGroupList, beats.heartbeatList)),
        events=tuple(_events(posted)),
        windows=tuple(_windows(page.maintenanceList or [])),
    )


def _parts(groups: Sequence[_Group], beats: dict[str, list[_Beat]]) -> Iterator[Part]:
    for group in groups:
        for monitor in group.monitorList:
            known = beats.get(str(monitor.id))
            yield Part(
                id=str(monitor.id),
                name=monitor.name,
                groups=(group.name,),
                state=state_of(known[-1].status, _BEAT) if known else "unknown",
            )


def _events(posted: Sequence[_Incident | None]) -> Iterator[Event]:
    for each in posted:
        if each is not None and each.active not in (False, 0) and each.style not in _NEWS:
            yield Event(
                name=each.title,
                state=state_of(each.style, _STYLE),
                since=instant(each.createdDate, "UTC"),
                updated=instant(each.lastUpdatedDate, "UTC"),
            )


def _windows(maintenances: Sequence[_Maintenance]) -> Iterator[Window]:
    for each in maintenances:
        if each.status in _OVER:
            continue
        slot = next(iter(each.timeslotList or []), _Slot())
        offset = each.timezoneOffset or ""
        yield Window(
            name=each.title,
            running=each.status != "scheduled",
            start=_with_offset(slot.startDate, offset),
            end=_with_offset(slot.endDate, offset),
        )


def _with_offset(text: str | None, offset: str) -> datetime | None:
    return instant(text) or (instant(f"{text}{offset}") if text and offset else None)


KIND = Kind(name=NAME, addresses=addresses, read=read, needed=2, from_page=True)
