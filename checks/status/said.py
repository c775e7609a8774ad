"""What a page's own words mean for somebody who needs some parts of the service. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from checks.names import folded
from checks.status.normal import (
    COMPONENTS_KEPT,
    EVENTS_KEPT,
    WORST_FIRST,
    Component,
    Event,
    Incident,
    Maintenance,
    PageStatus,
    Part,
    Reading,
    State,
    Window,
    language_of,
    line,
    worst,
)

T = TypeVar("T")

TROUBLED: tuple[State, ...] = ("degraded", "partial", "major")


def said(reading: Reading, names: Sequence[str], now: datetime) -> PageStatus:
    """What the page says about the parts named (all of them if none are).

    A page that has no word for the whole and lists no part at all is *unknown*: nothing is fine
    because nothing is there.
    """
    wanted = {folded(name) for name in names}
    relevant = [part for part in reading.parts if wanted & _spellings(part)]
    named = bool(relevant)
    matters = _matcher(relevant, wanted)
    incidents = [_incident(each, matters) for each in reading.events]
    maintenances = [_maintenance(each, matters, now) for each in reading.windows]
    empty: tuple[State, ...] = () if reading.overall or reading.parts else ("unknown",)
    own = (*empty, *((reading.overall,) if reading.overall else ()))
    shown = relevant if named else [part for part in reading.parts if part.state != "ok"]
    troubled = [part for part in reading.parts if part.state in TROUBLED]
    kept = {id(part) for part in shown}
    return PageStatus(
        adapter=reading.adapter,
        overall=worst(
            [
                *own,
                *(part.state for part in reading.parts),
                *(each.state for each in incidents),
                *_running(maintenances),
            ]
        ),
        state=worst(
            [
                *(() if named else own),
                *(part.state for part in shown),
                *(each.state for each in incidents if each.relevant),
                *_running(each for each in maintenances if each.relevant),
            ]
        ),
        word=reading.overall,
        named=named,
        vague=reading.vague,
        listed=len(reading.parts),
        troubled=len(troubled),
        components=_components(shown),
        elsewhere=_components([part for part in troubled if id(part) not in kept and named]),
        incidents=_first(incidents, lambda each: (not each.relevant, _rank(each.state))),
        maintenances=_first(maintenances, lambda each: (not each.relevant, not each.running)),
        updated=reading.updated,
        zone=line(reading.zone) or None,
        language=language_of(
            [*(each.name for each in incidents), *(each.name for each in maintenances)]
        )
        or language_of(part.name for part in reading.parts),
    )


def _rank(state: State) -> int:
    return WORST_FIRST.index(state)


def _first(rows: list[T], order: Callable[[T], tuple[int, ...]]) -> tuple[T, ...]:
    return tuple(sorted(rows, key=order)[:EVENTS_KEPT])


def _components(parts: Iterable[Part]) -> tuple[Component, ...]:
    worst_first = sorted(parts, key=lambda part: _rank(part.state))
    return tuple(
        Component(
            id=line(part.id),
            name=line(part.name),
            group=line(" / ".join(part.groups)),
            state=part.state,
        )
        for part in worst_first[:COMPONENTS_KEPT]
    )


def _running(maintenances: Iterable[Maintenance]) -> list[State]:
    return ["maintenance" for each in maintenances if each.running]


def _spellings(part: Part) -> frozenset[str]:
    """The folded names that mean this part: its own, its id, its groups', or both together."""
    name = folded(part.name)
    spellings = {name, folded(part.id), *map(folded, part.groups)}
    for group in map(folded, part.groups):
        spellings |= {f"{group} - {name}", f"{group} / {name}"}
    return frozenset(spellings - {""})


def _matcher(relevant: list[Part], wanted: set[str]) -> Callable[[Sequence[str]], bool]:
    """Whether an event touches a part that matters; one that names no part touches all."""
    words = set(wanted).union(*map(_spellings, relevant))

    def matters(touches: Sequence[str]) -> bool:
        touched = {folded(each) for each in touches} - {""}
        return not relevant or not touched or bool(touched & words)

    return matters


def _incident(event: Event, matters: Callable[[Sequence[str]], bool]) -> Incident:
    return Incident(
        name=line(event.name),
        status=line(event.status),
        state=event.state,
        since=event.since,
        updated=event.updated,
        relevant=matters(event.touches),
    )


def _maintenance(
    window: Window, matters: Callable[[Sequence[str]], bool], now: datetime
) -> Maintenance:
    """Announced ones that nobody has marked as begun run when their time has come."""
    start, end = window.start, window.end
    due = start is not None and end is not None and start <= now < end
    return Maintenance(
        name=line(window.name),
        running=due if window.running is None else window.running,
        start=start,
        end=end,
        relevant=matters(window.touches),
    )
