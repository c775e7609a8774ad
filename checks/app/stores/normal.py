"""What every store says, in one form, and what asking one needs."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

from msgspec import Struct

from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, Failed, Failure, FreeText, Public

Platform = Literal["any", "linux", "macos", "windows", "android", "ios"]

TEXT_LIMIT = 200
NOTES_LIMIT = 500


class StoreVersion(Struct, frozen=True, kw_only=True):
    """The newest version that a store offers.

    platform: the devices it is for; `any` if the store does not tell. url: the store's page.
    """

    version: Public
    platform: Platform
    released: datetime | None = None
    minimum_os: Public | None = None
    url: Public | None = None
    notes: FreeText | None = None


class StoreAnswer(Struct, frozen=True, kw_only=True):
    """One store of the profile: what it offers, or why that could not be told.

    Neither is set if the store answered that it does not have the app.
    """

    source: Public
    found: StoreVersion | None = None
    failure: Failure | None = None


Fetch = Callable[[str], bytes | None]
"""The body of the document at a URL; None for 404 and 410. Raises Failed as documents.get does,
refused for another answer than a document."""

Ask = Callable[[Fetch, Any], StoreVersion | None]
"""Asks a store by its section of the profile; None: it does not have the app. Raises Failed."""


def fetch(host: Host, ctx: Context, deadline: Deadline, url: str) -> bytes | None:
    """A `Fetch` over the line, through the proxy that programs use."""
    from checks.proxy import proxy_for
    from diag.net import documents

    proxy = proxy_for(host, ctx, url)
    document = documents.get(host, url, deadline, proxy=proxy.url if proxy is not None else None)
    if document.status in (404, 410):
        return None
    if document.status != 200:
        raise Failed("refused", "ask the store", f"HTTP {document.status}")
    return document.body


def text(value: object, limit: int = TEXT_LIMIT) -> str | None:
    """A text from outside without control characters, cut to size; None if it is none."""
    if not isinstance(value, str):
        return None
    shown = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in value)
    return " ".join(shown.split())[:limit] or None


def page(value: object) -> str | None:
    """The address of a page that may be offered as a link."""
    url = text(value, 2000)
    return url if url and url.startswith("https://") and " " not in url else None


def instant(value: object) -> datetime | None:
    """An ISO 8601 instant; without a zone it is taken as UTC."""
    try:
        parsed = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
