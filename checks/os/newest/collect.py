"""Asking the SOFA feed, at most once a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec
from msgspec import Struct

from checks.os.end_of_life import table
from checks.os.macos.release import read_release
from checks.os.newest import sofa
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, Fact, Failed, Public

HAND_IN_S = 0.3
FRESH = timedelta(days=1)
TOOL_TIMEOUT_S = 1.0


class NewestFact(Fact, frozen=True, kw_only=True):
    """As `sofa.Standing`, of this Mac. model: Apple's identifier (`Mac14,2`), empty if unknown.
    newest: empty for a macOS that has ended and is not listed any more.

    goes_to: the newest macOS that this model can run and that still gets updates; stuck: there is
    none; both None if the model is not listed.
    asked_at: when the feed was asked; an answer of the last day is not asked for again.
    """

    installed: Public
    model: Public
    newest: Public
    released: date | None = None
    since: date | None = None
    missed: int = 0
    exploited: int = 0
    extra_installed: Public = ""
    extra: Public = ""
    goes_to: int | None = None
    stuck: bool | None = None
    asked_at: datetime


class Remembered(Struct, frozen=True, kw_only=True):
    """What one answer of the feed came to, in little."""

    asked_at: datetime
    standing: sofa.Standing


def collect(host: Host, ctx: Context) -> NewestFact:
    """Raises Failed: not_configured on other systems, whose own updates tell; else as the network
    and the feed make it.
    """
    if host.family != "macos":
        raise Failed("not_configured", "ask for the newest release")
    release = read_release(host)
    model = _model(host)
    key = f"sofa {release.version} {release.extra} {model}"
    now = host.now()
    known = _remembered(ctx, key, now)
    if known is None:
        body = _fetch(host, ctx, ctx.deadline.sooner(HAND_IN_S))
        ended = not _served(release.major, now.date())
        known = Remembered(asked_at=now, standing=sofa.standing(body, release, model, ended=ended))
        ctx.memory.keep(key, msgspec.json.encode(known).decode())
    found = known.standing
    goes_to = next((each for each in found.runs if _served(str(each), now.date())), None)
    return NewestFact(
        installed=release.version,
        model=model,
        newest=found.newest,
        released=found.released,
        since=found.since,
        missed=found.missed,
        exploited=found.exploited,
        extra_installed=release.extra,
        extra=found.extra,
        goes_to=goes_to,
        stuck=goes_to is None if found.runs else None,
        asked_at=known.asked_at,
    )


def _served(system: str, today: date) -> bool:
    """A macOS that the shipped table does not list is newer than the table."""
    life = table().find("macos", system)
    return life is None or life.ends is None or life.ends >= today


def _model(host: Host) -> str:
    """Apple's identifier of the model; empty if it cannot be told."""
    try:
        done = host.run("sysctl", "-n", "hw.model", timeout_s=TOOL_TIMEOUT_S)
    except Failed:
        return ""
    model = done.text().strip()
    return model if model.isascii() and len(model) <= 40 else ""


def _remembered(ctx: Context, key: str, now: datetime) -> Remembered | None:
    """An answer of the last day; not one from the future, by a clock that was wrong."""
    try:
        known = msgspec.json.decode(ctx.memory.recall(key) or "", type=Remembered)
        return known if timedelta(0) <= now - known.asked_at < FRESH else None
    except (msgspec.MsgspecError, TypeError):
        return None


def _fetch(host: Host, ctx: Context, deadline: Deadline) -> bytes:
    from checks.proxy import proxy_for
    from diag.net import documents

    proxy = proxy_for(host, ctx, sofa.URL)
    through = proxy.url if proxy is not None else None
    document = documents.get(host, sofa.URL, deadline, proxy=through)
    if document.status != 200 or not document.complete:
        raise Failed("unparsable", "ask for Apple's releases", f"HTTP {document.status}")
    return document.body
