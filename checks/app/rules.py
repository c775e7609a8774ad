"""Is each copy new enough? Compared is what can be: a store counts for the devices it serves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.app.facts import AppFact
from checks.app.installed import InstalledCopy, Looked
from checks.app.problems import MISSING, OUTDATED, STORE_UNAVAILABLE
from checks.app.stores import StoreAnswer, StoreVersion
from checks.app.versions import compare
from diag.model import (
    DEVICE,
    Args,
    FailureCode,
    Finding,
    Judgement,
    Severity,
    Unmeasured,
    View,
)

NOT_REACHED: tuple[FailureCode, ...] = ("timeout", "refused", "unreachable", "denied")


def judge(fact: AppFact, view: View) -> Iterator[Judgement]:
    yield from _stores(fact.stores)
    if not fact.installed:
        yield Unmeasured(code=OUTDATED.code, subject=DEVICE, reason="not_configured")
        return
    yield from _missing(fact.installed, view)
    for place in fact.installed:
        if place.failure is not None:
            subject = f"app:{place.source}"
            yield Unmeasured(code=OUTDATED.code, subject=subject, reason=place.failure.code)
        for copy in place.copies:
            yield from _copy(copy, place.source, fact.stores, view)


def _stores(answers: Sequence[StoreAnswer]) -> Iterator[Judgement]:
    for answer in answers:
        if answer.failure is not None and answer.failure.code in NOT_REACHED:
            yield Finding(
                code=STORE_UNAVAILABLE.code,
                subject=f"store:{answer.source}",
                args={"store": answer.source},
            )


def _missing(places: Sequence[Looked], view: View) -> Iterator[Judgement]:
    """Only where the user needs the app on this device: many use a phone or the browser."""
    if view.answers.device == "phone" or view.answers.client == "browser":
        return
    if any(place.copies for place in places):
        return
    failure = next((place.failure for place in places if place.failure is not None), None)
    if failure is not None:
        yield Unmeasured(code=MISSING.code, subject=DEVICE, reason=failure.code)
        return
    yield Finding(code=MISSING.code, subject=DEVICE, args={"app": view.profile.app.name})


def _copy(
    copy: InstalledCopy, source: str, answers: Sequence[StoreAnswer], view: View
) -> Iterator[Judgement]:
    subject = f"app:{source}"
    minimum = view.profile.app.minimum_version
    accepted = _order(copy, minimum)
    served = [
        answer.found
        for answer in answers
        if answer.found is not None and answer.found.platform in ("any", view.os.family)
    ]
    newer = [store for store in served if _order(copy, store.version) == -1]
    if accepted == -1 or newer:
        severity: Severity | None = "problem" if accepted == -1 else None
        args = _args(copy, source, _newest(newer or served), minimum, view)
        yield Finding(code=OUTDATED.code, subject=subject, args=args, severity=severity)
        return
    if minimum is not None and accepted is None:
        yield Unmeasured(code=OUTDATED.code, subject=subject, reason="unparsable")
    elif not any(_order(copy, store.version) is not None for store in served):
        reason = _why_not_compared(served, answers)
        if reason is not None:
            yield Unmeasured(code=OUTDATED.code, subject=subject, reason=reason)


def _order(copy: InstalledCopy, version: str | None) -> int | None:
    """How the copy stands to a version; None if that cannot be told."""
    if copy.maker_version is None or version is None:
        return None
    return compare(copy.maker_version, version)


def _why_not_compared(
    served: Sequence[StoreVersion], answers: Sequence[StoreAnswer]
) -> FailureCode | None:
    """None without any store: then `minimum_version` is all there is to hold a copy against."""
    if served:
        return "unparsable"
    if not answers:
        return None
    failure = next((answer.failure for answer in answers if answer.failure is not None), None)
    return failure.code if failure is not None else "needs_missing"


def _newest(stores: Sequence[StoreVersion]) -> StoreVersion | None:
    """The newest of what stores offer; of two that cannot be compared, the first."""
    best: StoreVersion | None = None
    for store in stores:
        if best is None or compare(best.version, store.version) == -1:
            best = store
    return best


def _args(
    copy: InstalledCopy,
    source: str,
    newest: StoreVersion | None,
    minimum: str | None,
    view: View,
) -> Args:
    return {
        "app": view.profile.app.name,
        "installed": copy.maker_version,
        "source": source,
        "newest": newest.version if newest else None,
        "released": newest.released.isoformat() if newest and newest.released else None,
        "minimum": minimum if _order(copy, minimum) == -1 else None,
        "store_url": newest.url if newest else None,
    }
