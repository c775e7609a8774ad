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

Seen = Literal[
    "gone",
    "other_country",
    "other_device",
    "prerelease_only",
    "rate_limited",
    "http_error",
    "html",
    "too_large",
    "other_form",
    "no_version",
]
"""What a store said instead of a version.

gone: it does not have the app, or no longer. other_country: another country's store has it.
other_device: it has the app, though not for this kind of device or architecture. prerelease_only:
it has only versions for testers. rate_limited: too many have asked from this address. http_error:
another HTTP status. html: a page for people where data should be. too_large: more than is read.
other_form: not in the form that it is known to have. no_version: something that is no version,
such as `latest` or `Varies with device`.
"""

TEXT_LIMIT = 200
NOTES_LIMIT = 500
VERSION_LIMIT = 64
"""Characters: no maker's version is longer, and `checks.app.versions` compares no longer ones."""
OLDER_LIMIT = 10
"""Most versions that are kept for older systems."""


class OlderVersion(Struct, frozen=True, kw_only=True):
    """A version that the store still offers to systems on which the newest does not run."""

    version: Public
    build: Public | None = None
    minimum_os: Public | None = None
    maximum_os: Public | None = None


class StoreVersion(Struct, frozen=True, kw_only=True):
    """The newest version that a store offers to everybody.

    build: the number by which the maker's own updater compares (CFBundleVersion and its like).
    platform: the devices it is for; `any` if the store does not tell. minimum_os, maximum_os: as
    the system names its version to people (13.5; 10.0.19041.0 on Windows), both inclusive.
    older: for systems that the newest does not run on, newest first. channel: as the store calls
    the one this is from. prerelease: the newest on its channels for testers, if newer.
    staged_percent: how many of the users are offered it so far; staged_until: when all will be.
    url: the store's page.
    """

    version: Public
    build: Public | None = None
    platform: Platform
    released: datetime | None = None
    minimum_os: Public | None = None
    maximum_os: Public | None = None
    older: tuple[OlderVersion, ...] = ()
    channel: Public | None = None
    prerelease: Public | None = None
    staged_percent: float | None = None
    staged_until: datetime | None = None
    url: Public | None = None
    notes: FreeText | None = None


class StoreAnswer(Struct, frozen=True, kw_only=True):
    """One store of the profile: what it offers, or why that could not be told.

    Neither found nor failure is set if the store answered that it does not have the app (for this
    device). seen: what it said instead of a version. age_s: how long the answer had lain in a cache
    on the way (RFC 9111, 5.1); None if nobody said.
    """

    source: Public
    found: StoreVersion | None = None
    failure: Failure | None = None
    seen: Seen | None = None
    age_s: float | None = None


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
