"""What the stores of a profile were taken to say, for its author."""

from __future__ import annotations

from collections.abc import Iterator

from checks.app.facts import AppFact
from diag.model import Args, Understood


def describe(fact: AppFact) -> Iterator[Understood]:
    for each in fact.stores:
        if each.found is not None:
            found: Args = {"source": each.source, "version": each.found.version}
            yield Understood(key="found", args=found)
        elif each.failure is None:
            yield Understood(key="missing", args={"source": each.source}, well=False)
        else:
            failed: Args = {"source": each.source, "reason": each.failure.code}
            yield Understood(key="failed", args=failed, well=False)
