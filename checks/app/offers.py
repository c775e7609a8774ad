"""What the stores offer to one copy: which of them count for it, and what runs on this system."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from checks.app.installed import InstalledCopy
from checks.app.stores import StoreAnswer
from checks.app.stores.normal import OlderVersion, StoreVersion
from checks.app.versions import compare, without_package_fix
from diag.model import OsFamily

CHANNELS = ("app_store", "microsoft_store", "homebrew_cask", "flathub", "snapcraft", "chocolatey")
"""Stores that install what they offer themselves: a copy shows whether it came from there."""

PACKAGERS = ("homebrew_cask", "flathub", "snapcraft", "winget", "chocolatey")
"""Stores in which others than the app's maker may publish it."""


class Offer(Struct, frozen=True, kw_only=True):
    """A version that a store offers. runs: on this system, as far as the store says what it needs;
    staged: not every user is offered it yet."""

    source: str
    version: str
    build: str | None
    runs: bool
    minimum_os: str | None
    staged: bool = False
    newest: bool = True
    store: StoreVersion


def offers_for(
    copy: InstalledCopy,
    answers: Sequence[StoreAnswer],
    family: OsFamily,
    os_version: str | None,
    at: datetime,
) -> list[Offer]:
    """By the stores that count for this copy, as far as it can be compared with what they name: the
    one that it came from, since what another has cannot be got by it; else those in which its maker
    publishes; else all, of which packagers may number their packages in their own way."""
    served = [answer for answer in answers if serves(answer, copy, family)]
    own = [answer for answer in served if answer.source == copy.channel]
    makers = [answer for answer in served if answer.source not in PACKAGERS]
    offers: list[Offer] = []
    for counted in (own, makers, served):
        offers = [
            offer
            for answer in counted
            if answer.found is not None
            for offer in _offers(
                answer.source, answer.found, _system(copy, answer.found, os_version), at
            )
        ]
        if any(order(copy, each.version, each.build) is not None for each in offers):
            break
    return offers


def serves(answer: StoreAnswer, copy: InstalledCopy, family: OsFamily) -> bool:
    found = answer.found
    if found is None or _is_another_channel(answer.source, found, copy):
        return False
    return found.platform in ("any", "ios" if copy.ios else family)


def _is_another_channel(source: str, store: StoreVersion, copy: InstalledCopy) -> bool:
    """What is new in one channel does not reach a copy that follows another one."""
    told = source == copy.channel and copy.follows is not None and store.channel is not None
    return told and copy.follows != store.channel


def _system(copy: InstalledCopy, store: StoreVersion, os_version: str | None) -> str | None:
    """An iPhone's app names the iPhone's system, which tells nothing about a Mac."""
    return None if copy.ios or store.platform == "any" else os_version


def _offers(source: str, store: StoreVersion, os_version: str | None, at: datetime) -> list[Offer]:
    newest = Offer(
        source=source,
        version=without_package_fix(store.version) if source == "chocolatey" else store.version,
        build=store.build,
        runs=_runs(store, os_version),
        minimum_os=store.minimum_os,
        staged=_staged(store, at),
        store=store,
    )
    if newest.runs:
        return [newest]
    older = [
        Offer(
            source=source,
            version=each.version,
            build=each.build,
            runs=True,
            minimum_os=each.minimum_os,
            newest=False,
            store=store,
        )
        for each in store.older
        if _runs(each, os_version)
    ]
    return [newest, *older]


def _runs(version: StoreVersion | OlderVersion, os_version: str | None) -> bool:
    """Unless the store names a system that this one is older or newer than."""
    if os_version is None:
        return True
    too_old = version.minimum_os is not None and compare(os_version, version.minimum_os) == -1
    too_new = version.maximum_os is not None and _beyond(os_version, version.maximum_os)
    return not too_old and not too_new


def _beyond(os_version: str, maximum: str) -> bool:
    """14.5 is not beyond 14: a maximum counts as precisely as it is given."""
    parts = maximum.split(".")
    return compare(".".join(os_version.split(".")[: len(parts)]), maximum) == 1


def _staged(store: StoreVersion, at: datetime) -> bool:
    if store.staged_until is not None:
        return store.staged_until > at
    return store.staged_percent is not None and store.staged_percent < 100


def order(copy: InstalledCopy, version: str | None, build: str | None = None) -> int | None:
    """How the copy stands to a version, and by the builds where the versions do not differ; None if
    that cannot be told."""
    if copy.maker_version is None or version is None:
        return None
    by_version = compare(copy.maker_version, version)
    if by_version in (-1, 1) or copy.build is None or build is None:
        return by_version
    by_build = compare(copy.build, build)
    return by_version if by_build is None else by_build


def newest(offers: Sequence[Offer]) -> Offer | None:
    """The newest; of two that cannot be compared, the first."""
    best: Offer | None = None
    for each in offers:
        if best is None or compare(best.version, each.version) == -1:
            best = each
    return best


def disagreeing(
    copy: InstalledCopy, answers: Sequence[StoreAnswer], family: OsFamily
) -> dict[str, str]:
    """By store, what each names as the newest, if they do not all name the same."""
    said = {
        answer.source: answer.found.version
        for answer in answers
        if answer.found is not None and serves(answer, copy, family)
    }
    first = next(iter(said.values()), "")
    return said if any(compare(first, version) != 0 for version in said.values()) else {}
