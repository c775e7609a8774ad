"""UptimeRobot's public pages: a list of monitors whose address stands in the page.

A page of one monitor has `monitor` instead of a list, newer ones have `data`. A long list comes in
pages of 30: what is not on the first is not known. Source: the page's own script, and
https://uptimerobot.com/status-page/
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from checks.status.adapter import Kind, origin
from checks.status.normal import Part, Reading, State, decode, state_of

NAME = "uptime_robot"
HOST = "stats.uptimerobot.com"

_CLASS: dict[str, State] = {"success": "ok", "warning": "degraded", "danger": "major"}
_PAUSED = ("black", "paused")
_IN_PAGE = re.compile(r"""pspApiPath\s*=\s*["']([^"'\s]{1,300})["']""")
_KEY = re.compile(r"/([A-Za-z0-9]{5,20})/?")


class _Monitor(Struct):
    name: str
    statusClass: str
    monitorId: int | str = ""


class _Psp(Struct):
    monitors: list[_Monitor]
    totalMonitors: int | None = None


class _Counts(Struct):
    total: int | None = None


class _Statistics(Struct):
    counts: _Counts | None = None


class _Document(Struct):
    status: Literal["ok"]
    psp: _Psp | None = None
    monitor: _Monitor | None = None
    data: list[_Monitor] | None = None
    statistics: _Statistics | None = None


def addresses(url: str, page: str) -> tuple[str, ...]:
    found = _IN_PAGE.search(page)
    if found:
        address = urljoin(url, found[1].replace("\\/", "/"))
        if urlsplit(address).scheme in ("http", "https"):
            return (address,)
    key = _KEY.fullmatch(urlsplit(url).path)
    if urlsplit(url).hostname == HOST and key:
        return (f"{origin(url)}/api/getMonitorList/{key[1]}",)
    raise ValueError("the page does not say where its monitors are listed")


def read(bodies: Sequence[bytes], _: datetime) -> Reading:
    document = decode(bodies[0], _Document)
    monitors: list[_Monitor] | None = document.data
    total: int | None = None
    if document.psp is not None:
        monitors, total = document.psp.monitors, document.psp.totalMonitors
    elif document.monitor is not None:
        monitors = [document.monitor]
    if monitors is None:
        raise ValueError("no monitors")
    watched = [each for each in monitors if each.statusClass not in _PAUSED]
    return Reading(
        adapter=NAME,
        overall="unknown" if total is not None and total > len(monitors) else None,
        parts=tuple(
            Part(id=str(each.monitorId), name=each.name, state=state_of(each.statusClass, _CLASS))
            for each in watched
        ),
    )


KIND = Kind(name=NAME, addresses=addresses, read=read, from_page=True)
