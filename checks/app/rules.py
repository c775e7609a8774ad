"""Is the copy that starts new enough? Compared is what can be: a store counts for the devices it
serves, and for what runs on this system."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from checks.app.facts import AppFact
from checks.app.installed import InstalledCopy
from checks.app.offers import CHANNELS, Offer, disagreeing, newest, offers_for, order, serves
from checks.app.os_version import os_name
from checks.app.problems import HALF_INSTALLED, MISSING, OS_TOO_OLD, OUTDATED, STORE_UNAVAILABLE
from checks.app.stores import StoreAnswer
from checks.app.update import FINISH_COMMAND, install_link, store_link, update_command
from checks.app.versions import compare
from checks.os.facts import OsFact
from diag.app_profile import Store
from diag.model import (
    DEVICE,
    Args,
    Confidence,
    FailureCode,
    Finding,
    Judgement,
    Severity,
    Unmeasured,
    View,
)

SYSTEM_STORES = ("app_store", "microsoft_store")
"""Stores that the system has on board: they show what can be updated, without a link too."""

OF_ANY_ORIGIN = ("command", "desktop")
"""Places where a copy does not show how it got there."""

NOT_REACHED: tuple[FailureCode, ...] = ("timeout", "refused", "unreachable", "denied")


STORE = "store"


class Found(Struct, frozen=True, kw_only=True):
    """A copy and the place that it was found in."""

    source: str
    copy: InstalledCopy

    @property
    def subject(self) -> str:
        return f"app:{self.source}"


def judge(fact: AppFact, view: View) -> Iterator[Judgement]:
    yield from _stores(fact.stores)
    if not fact.installed:
        yield Unmeasured(code=OUTDATED.code, subject=DEVICE, reason="not_configured")
        return
    yield from _missing(fact, view)
    copies = [
        Found(source=place.source, copy=copy) for place in fact.installed for copy in place.copies
    ]
    starting = [each for each in copies if each.copy.starts]
    if not starting:
        for place in fact.installed:
            if place.failure is not None:
                subject = f"app:{place.source}"
                yield Unmeasured(code=OUTDATED.code, subject=subject, reason=place.failure.code)
    opened = starting or [each for each in copies if each.copy.starts is None]
    yield from _together(opened, [_copy(each, copies, fact, view) for each in opened])


def _stores(answers: Sequence[StoreAnswer]) -> Iterator[Judgement]:
    """One that does not answer is worth a word only if no other has told the version."""
    if any(answer.found is not None for answer in answers):
        return
    silent = [
        answer
        for answer in answers
        if answer.failure is not None and answer.failure.code in NOT_REACHED
    ]
    if silent:
        yield Finding(
            code=STORE_UNAVAILABLE.code,
            subject=STORE,
            args={
                "store": [answer.source for answer in silent],
                "seen": list(dict.fromkeys(answer.seen for answer in silent if answer.seen))
                or None,
            },
        )


def _missing(fact: AppFact, view: View) -> Iterator[Judgement]:
    """Only where the user needs the app on this device: many use a phone or the browser."""
    if view.answers.device == "phone" or view.answers.client == "browser":
        return
    if any(place.copies for place in fact.installed):
        return
    failures = (place.failure for place in fact.installed if place.failure is not None)
    failure = next(failures, None)
    if failure is not None:
        yield Unmeasured(code=MISSING.code, subject=DEVICE, reason=failure.code)
        return
    platforms = {answer.found.platform for answer in fact.stores if answer.found is not None}
    args: Args = {
        "app": view.profile.app.name,
        "store_link": install_link(view.profile.store, view.os.family, "macos" in platforms),
    }
    yield Finding(code=MISSING.code, subject=DEVICE, args=args)


def _together(
    opened: Sequence[Found], judged: Sequence[Finding | Unmeasured | None]
) -> Iterator[Judgement]:
    """Which of several copies is opened may not be known: as long as one of them is well, another
    that is not is no more than worth knowing."""
    well = [each for each, judgement in zip(opened, judged, strict=True) if judgement is None]
    for judgement in judged:
        if judgement is None:
            continue
        if well and isinstance(judgement, Finding):
            better = well[0].copy.version
            args: Args = {**judgement.args, "better": better, "in_store": None}
            args |= {"staged": None, "share": None}
            yield replace(judgement, severity="info", confidence="possible", args=args)
        elif not well or isinstance(judgement, Finding):
            yield judgement


def _copy(
    found: Found, copies: Sequence[Found], fact: AppFact, view: View
) -> Finding | Unmeasured | None:
    """What is wrong with one copy; None: nothing."""
    copy = found.copy
    if not copy.whole:
        args: Args = {
            "app": view.profile.app.name,
            "installed": copy.version,
            "source": found.source,
            "command": FINISH_COMMAND if found.source == "dpkg" else None,
        }
        return Finding(code=HALF_INSTALLED.code, subject=found.subject, args=args)
    minimum = view.profile.app.minimum_version
    accepted = order(copy, minimum)
    offers = offers_for(copy, fact.stores, view.os.family, fact.os_version, view.taken_at)
    newer = [each for each in offers if _is_newer(each, copy)]
    if accepted == -1 or newer:
        return _older(found, copies, offers, newer, fact, view)
    if minimum is not None and accepted is None:
        return Unmeasured(code=OUTDATED.code, subject=found.subject, reason="unparsable")
    if all(order(copy, each.version, each.build) is None for each in offers):
        reason = _why_not_compared(copy, fact.stores, view)
        if reason is not None:
            return Unmeasured(code=OUTDATED.code, subject=found.subject, reason=reason)
    return None


def _older(
    found: Found,
    copies: Sequence[Found],
    offers: Sequence[Offer],
    newer: Sequence[Offer],
    fact: AppFact,
    view: View,
) -> Finding:
    """The copy is older than the service accepts, or than what a store has for this system or for
    newer ones."""
    minimum = view.profile.app.minimum_version
    refused = order(found.copy, minimum) == -1
    within_reach = [each for each in newer if each.runs and not _too_old(each, minimum, refused)]
    out_of_reach = [each for each in newer if not each.runs]
    severity: Severity | None = "problem" if refused else None
    if out_of_reach and not within_reach:
        return Finding(
            code=OS_TOO_OLD.code,
            subject=found.subject,
            args=_args_of_system(found, offers, out_of_reach, fact, view),
            severity=severity,
        )
    settled = [each for each in within_reach if not each.staged]
    if within_reach and not settled and not refused:
        severity = "info"  # it will come by itself
    best = newest(settled or within_reach or newer or offers)
    args = _args(found, copies, best, fact, view)
    if best is not None and severity == "info":
        share = best.store.staged_percent
        args |= {"staged": best.version, "in_store": None, "share": round(share or 0) or None}
    return Finding(
        code=OUTDATED.code,
        subject=found.subject,
        args=args,
        severity=severity,
        confidence=_confidence(found, best, refused),
    )


def _too_old(offer: Offer, minimum: str | None, refused: bool) -> bool:
    """A newer version that the service refuses as well is no way out."""
    return refused and minimum is not None and compare(offer.version, minimum) == -1


def _confidence(found: Found, best: Offer | None, refused: bool) -> Confidence:
    """Another store's version may be numbered otherwise than this copy."""
    return "likely" if not refused and _is_elsewhere(found, best) else "certain"


def _is_elsewhere(found: Found, best: Offer | None) -> bool:
    """Whether the copy came from another place than the store that has the newest version."""
    if best is None or best.source not in CHANNELS or found.source in OF_ANY_ORIGIN:
        return False
    return found.copy.channel != best.source


def _why_not_compared(
    copy: InstalledCopy, answers: Sequence[StoreAnswer], view: View
) -> FailureCode | None:
    """None without any store: then `minimum_version` is all there is to hold a copy against."""
    if any(serves(answer, copy, view.os.family) for answer in answers):
        return "unparsable"
    if not answers:
        return None
    failure = next((answer.failure for answer in answers if answer.failure is not None), None)
    return failure.code if failure is not None else "needs_missing"


def _args(
    found: Found,
    copies: Sequence[Found],
    best: Offer | None,
    fact: AppFact,
    view: View,
) -> Args:
    copy, profile = found.copy, view.profile
    minimum = profile.app.minimum_version
    elsewhere = _is_elsewhere(found, best)
    link = store_link(profile.store, copy.channel)
    store = best.store if best is not None else None
    released = store.released if best is not None and best.newest and store is not None else None
    return {
        "app": profile.app.name,
        "installed": copy.maker_version,
        "source": found.source,
        "newest": best.version if best is not None else None,
        "newest_store": best.source if best is not None else None,
        "released": released.isoformat() if released is not None else None,
        "minimum": minimum if order(copy, minimum) == -1 else None,
        "elsewhere": best.source if best is not None and elsewhere else None,
        "in_store": copy.channel if link is not None or copy.channel in SYSTEM_STORES else None,
        "link_opens": copy.channel if link is not None else None,
        "store_link": link,
        "staged": None,
        "share": None,
        "better": None,
        "store_url": store.url if store is not None and not elsewhere else None,
        "command": update_command(
            found.source, copy, profile.install, profile.store, _manager(view)
        ),
        **_disagreement(copy, fact, view),
        **_others(found, copies),
    }


def _manager(view: View) -> str:
    """The system's package manager, where that is known."""
    os = view.find(OsFact)
    return os.patches.manager if os is not None and os.patches is not None else "dnf"


def _args_of_system(
    found: Found,
    offers: Sequence[Offer],
    out_of_reach: Sequence[Offer],
    fact: AppFact,
    view: View,
) -> Args:
    best = newest(out_of_reach)
    last = newest([each for each in offers if each.runs])
    minimum = view.profile.app.minimum_version
    return {
        "app": view.profile.app.name,
        "installed": found.copy.maker_version,
        "source": found.source,
        "newest": best.version if best is not None else None,
        "needs_os": os_name(view.os.family, best.minimum_os if best is not None else None),
        "os": os_name(view.os.family, fact.os_version),
        "last": last.version if last is not None and _is_newer(last, found.copy) else None,
        "minimum": minimum if order(found.copy, minimum) == -1 else None,
    }


def _is_newer(offer: Offer, copy: InstalledCopy) -> bool:
    return order(copy, offer.version, offer.build) == -1


def _disagreement(copy: InstalledCopy, fact: AppFact, view: View) -> Args:
    """`in_flathub = "1.2"` and the like for each store, if they name different versions."""
    said = disagreeing(copy, fact.stores, view.os.family)
    return {f"in_{source}": said.get(source) for source in Store.__struct_fields__}


def _others(found: Found, copies: Sequence[Found]) -> Args:
    """`also_snap = ["1.2"]` and the like: the other copies by where they are."""
    args: Args = {}
    for source in dict.fromkeys(each.source for each in copies):
        versions = [
            each.copy.version or "?"
            for each in copies
            if each.source == source and each is not found
        ]
        args[f"also_{source}"] = versions or None
    return args
