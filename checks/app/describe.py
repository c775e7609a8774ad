"""Where a profile's app was found here, and what its stores were taken to say: for its author."""

from __future__ import annotations

from collections.abc import Iterator

from checks.app.facts import AppFact
from checks.app.installed import Looked
from checks.app.stores import Seen, StoreAnswer
from diag.model import Args, Understood

TOLD_WITH_DETAIL: tuple[Seen, ...] = ("http_error", "no_version")
"""Of these it helps to know which status, and what stood in the version's place."""


def describe(fact: AppFact) -> Iterator[Understood]:
    for place in fact.installed:
        yield from _place(place)
    for answer in fact.stores:
        yield _store(answer)


def _place(place: Looked) -> Iterator[Understood]:
    """That it is nowhere here says nothing about the profile."""
    for copy in place.copies:
        yield Understood(
            key="installed", args={"source": place.source, "version": copy.maker_version or "?"}
        )
    if place.failure is not None:
        unseen: Args = {"source": place.source, "reason": place.failure.code}
        yield Understood(key="unseen", args=unseen, well=False)


def _store(answer: StoreAnswer) -> Understood:
    if answer.found is not None:
        found: Args = {"source": answer.source, "version": answer.found.version}
        return Understood(key="found", args=found)
    said: Args = {"source": answer.source, "seen": answer.seen}
    if answer.failure is None:
        # That it is for other devices than this one is no fault of the profile.
        return Understood(key="missing", args=said, well=answer.seen == "other_device")
    detail = answer.failure.detail if answer.seen in TOLD_WITH_DETAIL else ""
    failed: Args = {**said, "reason": answer.failure.code, "detail": detail or None}
    return Understood(key="failed", args=failed, well=False)
