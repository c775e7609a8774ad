"""What every status page says, in one form, whoever runs it.

An adapter gives a `Reading`: the page's own words, each turned into a `State`. `checks.status.said`
makes a `PageStatus` of it, which knows what matters to the user.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct

from diag.model import Language, Public

State = Literal["ok", "maintenance", "degraded", "partial", "major", "unknown"]

WORST_FIRST: tuple[State, ...] = ("major", "partial", "degraded", "maintenance", "unknown", "ok")
"""What is known to be wrong outweighs what is not known, and that outweighs what is right."""

NAME_LIMIT = 200
"""Characters kept of a name that a page gives."""

EVENTS_KEPT = 20
"""Incidents, and maintenances, kept of a page: the ones that matter come first."""

COMPONENTS_KEPT = 50

_JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff\uff66-\uff9f]")

T = TypeVar("T")


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
    word: State | None = None
    """The page's own word for the whole; None where it has none."""
    named: bool
    """Whether the page lists parts that the profile names; else all of it counts."""
    vague: bool = False
    """Whether it is a list of notices, which never shows for certain what is so now."""
    listed: int = 0
    """How many parts the page lists."""
    troubled: int = 0
    """How many of them are neither fine nor in maintenance."""
    components: tuple[Component, ...] = ()
    """The parts that matter; all that are not fine, if the page lists none by name."""
    elsewhere: tuple[Component, ...] = ()
    """Parts in trouble that do not matter here."""
    incidents: tuple[Incident, ...] = ()
    maintenances: tuple[Maintenance, ...] = ()
    updated: datetime | None = None
    zone: Public | None = None
    """The time zone that the page keeps, as it names it."""
    language: Language | None = None
    """Of the names that it gives; None where there are none."""


# --- what an adapter gives ----------------------------------------------------------------------


class Part(Struct, frozen=True, kw_only=True):
    """A row of the page. `groups`: names of what it stands in, the nearest last."""

    name: str
    state: State
    id: str = ""
    groups: tuple[str, ...] = ()


class Event(Struct, frozen=True, kw_only=True):
    """An incident that is not over. `touches`: names or ids of parts; none: not said."""

    name: str
    state: State
    status: str = ""
    since: datetime | None = None
    updated: datetime | None = None
    touches: tuple[str, ...] = ()


class Window(Struct, frozen=True, kw_only=True):
    """A maintenance that is not over. `running`: as the page says; None: its times decide."""

    name: str
    running: bool | None = None
    start: datetime | None = None
    end: datetime | None = None
    touches: tuple[str, ...] = ()


class Reading(Struct, frozen=True, kw_only=True):
    """A page's own words. `overall` is None for a page without a word for the whole."""

    adapter: str
    overall: State | None = None
    parts: tuple[Part, ...] = ()
    events: tuple[Event, ...] = ()
    windows: tuple[Window, ...] = ()
    updated: datetime | None = None
    zone: str | None = None
    vague: bool = False


# --- tools of the adapters ----------------------------------------------------------------------


def decode(body: bytes, kind: type[T]) -> T:
    """JSON in UTF-8 (RFC 8259, 8.1) of this shape. Raises ValueError with what is wrong."""
    try:
        return msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"), type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def state_of(word: object, words: Mapping[Any, State]) -> State:
    """What a page's word means; a word that is not in its vocabulary is unknown."""
    try:
        return words.get(word, "unknown")
    except TypeError:
        return "unknown"


def worst(states: Iterable[State]) -> State:
    """The worst of these; `ok` of none."""
    return min(states, key=WORST_FIRST.index, default="ok")


def line(text: str | None) -> str:
    """A name from outside as one line of bounded length."""
    return " ".join((text or "").split())[:NAME_LIMIT]


def instant(text: str | None, zone: Literal["UTC"] | None = None) -> datetime | None:
    """An ISO 8601 instant in UTC. One without an offset could be any, unless the page is known to
    mean UTC: None.
    """
    try:
        read = datetime.fromisoformat((text or "").strip())
        if read.tzinfo is None:
            if zone is None:
                return None
            read = read.replace(tzinfo=UTC)
        return read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def language_of(texts: Iterable[str]) -> Language | None:
    """The language of what the page says, by its signs."""
    text = "".join(texts)
    if _JAPANESE.search(text):
        return "ja"
    return "en" if text.strip() else None
