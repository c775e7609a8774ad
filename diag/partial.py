"""What the user had left out of a run, where login needs it: then not all is well that is silent.

Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from diag.model import Diagnosis, Result, Snapshot

PartialKind = Literal["only", "offline", "skipped"]

OPTIONS = {"not_chosen": "--only", "offline": "--offline", "skipped": "--skip"}
"""Why a check is left out on request, and the option that asked for it."""
MOST_NAMED = 3


class Partial(Struct, frozen=True, kw_only=True):
    """kind: how much was left out. names: the checks to name for it, none if they are too many.
    options: what was asked for.
    """

    kind: PartialKind
    names: tuple[str, ...]
    options: tuple[str, ...]


def partial_of(snapshot: Snapshot, diagnosis: Diagnosis) -> Partial | None:
    """None: the user had nothing left out that could hide why login does not work."""
    missed = [each for each in diagnosis.results if each.reason in OPTIONS and each.matters]
    reasons = {each.reason for each in missed}
    options = tuple(option for reason, option in OPTIONS.items() if reason in reasons)
    if "not_chosen" in reasons:
        return Partial(kind="only", names=_few(snapshot.chosen), options=options)
    if "offline" in reasons:
        return Partial(kind="offline", names=(), options=options)
    if "skipped" in reasons:
        return Partial(kind="skipped", names=_few(_names(missed)), options=options)
    return None


def _names(results: Sequence[Result]) -> tuple[str, ...]:
    return tuple(each.check for each in results)


def _few(names: tuple[str, ...]) -> tuple[str, ...]:
    return names if len(names) <= MOST_NAMED else ()
