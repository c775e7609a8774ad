"""Upptime: `history/summary.json` of the repository that the page is made from.

Source: https://github.com/upptime/upptime (history/summary.json)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from msgspec import Struct

from checks.status.adapter import Kind
from checks.status.normal import Part, Reading, State, decode, state_of

NAME = "upptime"

_STATE: dict[str, State] = {"up": "ok", "degraded": "degraded", "down": "major"}
_NAMES = r"([A-Za-z0-9][A-Za-z0-9-]{0,38})/([A-Za-z0-9._-]{1,100}?)"
_RAW = re.compile(
    rf"raw\.githubusercontent\.com/{_NAMES}/(?:[\w.-]{{1,60}})/(?:history|graphs|api)/"
)
_REPOSITORY = re.compile(rf"/{_NAMES}(?:\.git)?/?")


class _Site(Struct):
    name: str
    status: str
    slug: str
    uptime: str


def addresses(url: str, page: str) -> tuple[str, ...]:
    parts = urlsplit(url)
    found = _REPOSITORY.fullmatch(parts.path) if parts.hostname == "github.com" else None
    found = found or _RAW.search(page)
    if not found:
        raise ValueError("the page does not name the repository that it is made from")
    raw = f"https://raw.githubusercontent.com/{found[1]}/{found[2]}"
    return (f"{raw}/HEAD/history/summary.json",)


def read(bodies: Sequence[bytes], _: datetime) -> Reading:
    return Reading(
        adapter=NAME,
        parts=tuple(
            Part(id=each.slug, name=each.name, state=state_of(each.status, _STATE))
            for each in decode(bodies[0], list[_Site])
        ),
    )


KIND = Kind(name=NAME, addresses=addresses, read=read, from_page=True)
