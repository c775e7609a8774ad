"""StatusIQ (Site24x7): a feed whose items are not news but the parts and their states.

A title reads `<part> - <state>`. Source: public captures of such feeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from checks.status.adapter import FEED, Kind
from checks.status.kinds.feed import addresses, items_of, root_of
from checks.status.normal import Part, Reading, State

NAME = "statusiq"

_STATE: dict[str, State] = {
    "operational": "ok",
    "degraded performance": "degraded",
    "partial outage": "partial",
    "major outage": "major",
    "under maintenance": "maintenance",
    "maintenance": "maintenance",
    "informational": "ok",
}


def read(bodies: Sequence[bytes], _: datetime) -> Reading:
    items = items_of(root_of(bodies[0]))
    parts = [_part(title) for title, _, _ in items]
    known = [each for each in parts if each is not None]
    if not known or len(known) != len(items):
        raise ValueError("not a feed of parts and their states")
    times = [when for _, _, when in items if when is not None]
    return Reading(adapter=NAME, parts=tuple(known), updated=max(times, default=None))


def _part(title: str) -> Part | None:
    name, dash, word = title.rpartition(" - ")
    state = _STATE.get(word.strip().casefold())
    return Part(name=name.strip(), state=state) if dash and state is not None else None


KIND = Kind(name=NAME, addresses=addresses, read=read, from_page=True, accept=FEED)
