"""What every status page says, in one form, whoever runs it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

from diag.model import Public

State = Literal["ok", "maintenance", "degraded", "partial", "major", "unknown"]

WORST_FIRST: tuple[State, ...] = ("major", "partial", "degraded", "maintenance", "unknown", "ok")
"""What is known to be wrong outweighs what is not known, and that outweighs what is right."""

NAME_LIMIT = 200
"""Characters kept of a name that a page gives."""


class Component(Struct, frozen=True, kw_only=True):
    """A part of the service as the page lists it, with the group it stands in."""

    id: Public
    name: Public
    group: Public = ""
    state: State


class Incident(Struct, frozen=True, kw_only=True):
    """An incident that is open. `status` is the page's own word for how far they are."""

    name: Public
    status: Public
    state: State
    since: datetime | None = None
    updated: datetime | None = None
    relevant: bool
    """Whether it names a part that matters, or names none."""


class Maintenance(Struct, frozen=True, kw_only=True):
    """A maintenance that runs or is announced."""

    name: Public
    running: bool
    start: datetime | None = None
    end: datetime | None = None
    relevant: bool


class PageStatus(Struct, frozen=True, kw_only=True):
    """What a page says. `state` is that of the parts that matter, `overall` that of the whole."""

    adapter: Public
    overall: State
    state: State
    named: bool
    """Whether the page lists parts that the profile names; else all of it counts."""
    components: tuple[Component, ...] = ()
    """The parts that matter; all that are not fine, if the page lists none by name."""
    incidents: tuple[Incident, ...] = ()
    maintenances: tuple[Maintenance, ...] = ()
    updated: datetime | None = None


def worst(states: Iterable[State]) -> State:
    """The worst of these; `ok` of none."""
    return min(states, key=WORST_FIRST.index, default="ok")


def line(text: str | None) -> str:
    """A name from outside as one line of bounded length."""
    return " ".join((text or "").split())[:NAME_LIMIT]


def instant(text: str | None) -> datetime | None:
    """An ISO 8601 instant in UTC; None for one without an offset, which could be any."""
    try:
        read = datetime.fromisoformat(text or "")
        return None if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
