"""Asking the maker of the default browser, at most once a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.browser.facts import BrowserFact
from checks.browser.known import Brand
from checks.browser.newest.makers import SERVED, newest
from checks.browser.version import parts
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, Fact, Failed, Public

HAND_IN_S = 0.3
FRESH = timedelta(days=1)


class NewestFact(Fact, frozen=True, kw_only=True):
    """version: of the same channel as the installed one; None: the maker serves it no longer.

    asked_at: when the maker said so; an answer of the last day is not asked for again.
    """

    brand: Brand
    version: Public | None
    asked_at: datetime


def collect(host: Host, ctx: Context) -> NewestFact:
    """Raises Failed: not_configured where the operating system or the distribution brings the
    browser's updates (the check `os` looks at those), unsupported for other makers."""
    browser = ctx.find(BrowserFact)
    if browser is None or browser.origin != "vendor":
        raise Failed("not_configured", "browser")
    installed = parts(browser.version or "")
    if browser.brand not in SERVED:
        raise Failed("unsupported", "ask the browser's maker")
    if installed is None:
        raise Failed("needs_missing", "the browser's version")
    esr_major = installed[0] if browser.esr else None
    key = f"browser {browser.brand} {esr_major or ''} {host.family}"
    return _remembered(ctx, key, browser.brand, host.now()) or _asked(
        host, ctx, key, browser.brand, esr_major
    )


def _asked(host: Host, ctx: Context, key: str, brand: Brand, esr_major: int | None) -> NewestFact:
    deadline = ctx.deadline.sooner(HAND_IN_S)

    def fetch(url: str) -> bytes:
        return _fetch(host, ctx, deadline, url)

    found = newest(fetch, brand, host.family, esr_major)
    now = host.now()
    ctx.memory.keep(key, f"{now.isoformat()} {found or ''}")
    return NewestFact(brand=brand, version=found, asked_at=now)


def _remembered(ctx: Context, key: str, brand: Brand, now: datetime) -> NewestFact | None:
    """An answer of the last day; not one from the future, by a clock that was wrong."""
    when, _, version = (ctx.memory.recall(key) or "").partition(" ")
    try:
        asked_at = datetime.fromisoformat(when)
        fresh = timedelta(0) <= now - asked_at < FRESH
    except (ValueError, TypeError):
        return None
    if not fresh or (version and parts(version) is None):
        return None
    return NewestFact(brand=brand, version=version or None, asked_at=asked_at)


def _fetch(host: Host, ctx: Context, deadline: Deadline, url: str) -> bytes:
    from checks.proxy import proxy_for
    from diag.net import documents

    proxy = proxy_for(host, ctx, url)
    document = documents.get(host, url, deadline, proxy=proxy.url if proxy is not None else None)
    if document.status != 200:
        raise Failed("unparsable", "ask the browser's maker", f"HTTP {document.status}")
    return document.body
