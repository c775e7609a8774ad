"""Asking endoflife.date (API v1), at most once a week, and only if the answer could matter.

It is told which operating system is asked about, not which release, and nothing else.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec
from msgspec import Struct

from checks.os.end_of_life import OLD, Life, Table, find_release, table
from checks.os.facts import OsFact
from checks.os.support.facts import SupportFact, Today
from diag.host import Host
from diag.model import Context, Failed

API = "https://endoflife.date/api/v1/products"
HAND_IN_S = 0.3
FRESH = timedelta(days=7)


class Release(Struct, frozen=True, rename="camel"):
    name: str
    eol_from: date | None = None
    eoes_from: date | None = None


class Product(Struct, frozen=True):
    releases: list[Release]


class Answer(Struct, frozen=True):
    """https://endoflife.date/docs/api/v1/: the fields that matter here."""

    last_modified: datetime
    result: Product


def collect(host: Host, ctx: Context) -> SupportFact:
    """Raises Failed as the network makes it, for a release that the shipped table does not list:
    what that table says of another stands as well, with its date.
    """
    system = ctx.need(OsFact)
    shipped = table()
    product = shipped.products.get(system.id)
    now = host.now()
    if product is None or not could_matter(system, shipped, now.date()):
        return SupportFact()
    key = f"os.support {system.id} {system.release or system.version}"
    known = _remembered(ctx.memory.recall(key), now)
    if known is None:
        try:
            answer = parse(_fetch(host, ctx, f"{API}/{product}"))
        except Failed as error:
            if system.life is None:
                raise
            return SupportFact(unanswered=error.failure)
        releases = {each.name.lower(): life(each, system.id) for each in answer.result.releases}
        name = find_release(releases, system.release or system.version)
        known = Today(
            life=releases[name] if name else None,
            as_of=answer.last_modified.date(),
            asked_at=now,
        )
        ctx.memory.keep(key, msgspec.json.encode(known).decode())
    return SupportFact(today=known)


def could_matter(system: OsFact, shipped: Table, today: date) -> bool:
    """Whether the shipped table is old, does not list this release, or says that it has ended."""
    if system.rolling or system.extended_on:
        return False
    if system.life is None or today - shipped.date > OLD:
        return True
    return system.life.ends is not None and today > system.life.ends


def parse(body: bytes) -> Answer:
    """Raises Failed(unparsable) if that is no answer of the API."""
    try:
        return msgspec.json.decode(body, type=Answer)
    except (msgspec.MsgspecError, ValueError) as error:
        raise Failed("unparsable", "read endoflife.date", str(error)) from None


def life(release: Release, system: str) -> Life:
    """As `scripts/end_of_life.py` makes it: Debian's LTS comes to everyone."""
    ends, extended = release.eol_from, release.eoes_from
    if ends is None or extended is None or extended <= ends:
        return Life(ends=ends)
    if system == "debian":
        return Life(ends=extended, regular=ends)
    return Life(ends=ends, extended=extended)


def _remembered(text: str | None, now: datetime) -> Today | None:
    """An answer of the last week; not one from the future, by a clock that was wrong."""
    try:
        known = msgspec.json.decode(text or "", type=Today)
    except (msgspec.MsgspecError, ValueError):
        return None
    return known if timedelta(0) <= now - known.asked_at < FRESH else None


def _fetch(host: Host, ctx: Context, url: str) -> bytes:
    from checks.proxy import proxy_for
    from diag.net import documents

    proxy = proxy_for(host, ctx, url)
    through = proxy.url if proxy is not None else None
    deadline = ctx.deadline.sooner(HAND_IN_S)
    document = documents.get(host, url, deadline, proxy=through)
    if document.status != 200 or not document.complete:
        raise Failed("unparsable", "ask endoflife.date", f"HTTP {document.status}")
    return document.body
