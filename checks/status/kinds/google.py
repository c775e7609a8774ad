"""Google Workspace and Google Cloud: the list of their incidents, open ones among them.

There is no word that all is well: it is, for the products that the list knows, when none of its
incidents is open. Source: https://www.google.com/appsstatus/dashboard/summary, and the schema at
https://status.cloud.google.com/incidents.schema.json
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from checks.status.adapter import Kind, origin
from checks.status.normal import Event, Part, Reading, State, decode, instant, state_of, worst

NAME = "google"

_IMPACT: dict[str, State] = {
    "SERVICE_INFORMATION": "degraded",
    "SERVICE_DISRUPTION": "partial",
    "SERVICE_OUTAGE": "major",
}
_ALL_CLEAR = "AVAILABLE"
_HEADING = re.compile(r"\s*\*\*Title:?\*\*:?\s*")
"""What Workspace begins its descriptions with, in Markdown."""


class _Product(Struct):
    title: str
    id: str = ""


class _Update(Struct):
    when: str | None = None
    status: str | None = None


class _Incident(Struct):
    id: str
    begin: str
    status_impact: str
    external_desc: str = ""
    end: str | None = None
    modified: str | None = None
    affected_products: list[_Product] | None = None
    most_recent_update: _Update | None = None

    @property
    def is_open(self) -> bool:
        last = self.most_recent_update
        return not self.end and (last is None or last.status != _ALL_CLEAR)


def addresses(url: str, _: str) -> tuple[str, ...]:
    path = "/appsstatus/dashboard" if "/appsstatus" in url else ""
    return (f"{origin(url)}{path}/incidents.json",)


def read(bodies: Sequence[bytes], _: datetime) -> Reading:
    incidents = decode(bodies[0], list[_Incident])
    if not incidents:
        raise ValueError("an empty list of incidents")
    return Reading(
        adapter=NAME,
        parts=tuple(_parts(incidents)),
        events=tuple(_event(each) for each in incidents if each.is_open),
    )


def _parts(incidents: Sequence[_Incident]) -> Iterator[Part]:
    products = {
        (product.title, product.id)
        for each in incidents
        for product in each.affected_products or []
    }
    for title, product_id in sorted(products):
        states = [
            state_of(each.status_impact, _IMPACT)
            for each in incidents
            if each.is_open
            and any(product.title == title for product in each.affected_products or [])
        ]
        yield Part(id=product_id, name=title, state=worst(states))


def _event(incident: _Incident) -> Event:
    products = incident.affected_products or []
    return Event(
        name=_title(incident.external_desc),
        state=state_of(incident.status_impact, _IMPACT),
        since=instant(incident.begin),
        updated=instant(incident.modified),
        touches=tuple(word for each in products for word in (each.title, each.id)),
    )


def _title(description: str) -> str:
    """A description's first line, without what is only a heading."""
    return _HEADING.sub("", description, count=1).strip().partition("\n")[0].replace("**", "")


KIND = Kind(name=NAME, addresses=addresses, read=read)
