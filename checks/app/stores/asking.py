"""Asking a store: over the line, bounded, and with a closed answer whatever comes back."""

from __future__ import annotations

import platform
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from msgspec import Struct

from checks.app.stores.normal import Absence, StoreVersion
from checks.app.stores.reading import NotTold
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, OsFamily
from diag.net.body import LIMIT

if TYPE_CHECKING:
    from diag.net.documents import Document

JSON = "application/json"

HTML = re.compile(
    rb"\s*+(?><\?xml[^>]*>\s*)?+(?><!--.*?-->\s*)*+<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
"""How a page for people begins, whatever its Content-Type says. Nothing is tried twice: comments
are easily many."""
BEGINNING = 2000

ARCHITECTURES = {
    "amd64": "x64",
    "x86_64": "x64",
    "arm64": "arm64",
    "aarch64": "arm64",
    "armv7l": "arm",
    "armv6l": "arm",
    "x86": "x86",
    "i386": "x86",
    "i686": "x86",
}
"""What systems call a processor's architecture, and what is said here; others as they are."""

APPLE_ONLY = "27"
"""The first macOS that does not run on Intel's processors."""


class Device(Struct, frozen=True, kw_only=True):
    """Whom a store is asked for: this PC, and whether the trouble is on the user's phone."""

    family: OsFamily
    arch: str
    phone: bool


class Fetch(Protocol):
    """The body of the document at a URL; None for 404 and 410.

    html: whether a page for people is what is asked for. Raises Failed as `documents.get` does,
    NotTold for another answer than a document.
    """

    def __call__(
        self,
        url: str,
        /,
        *,
        accept: str = JSON,
        headers: Mapping[str, str] | None = None,
        limit: int = LIMIT,
        html: bool = False,
    ) -> bytes | None: ...


Ask = Callable[[Fetch, Any, Device], StoreVersion | Absence]
"""Asks a store by its section of the profile. Raises Failed."""


def device_of(host: Host, ctx: Context) -> Device:
    machine = platform.machine().lower()
    return Device(
        family=host.family,
        arch=ARCHITECTURES.get(machine, machine),
        phone=ctx.answers.device == "phone",
    )


class Line:
    """A `Fetch` over the line, through the proxy that programs use.

    age_s: how long the oldest of the answers had lain in a cache.
    """

    def __init__(self, host: Host, ctx: Context, deadline: Deadline) -> None:
        self._host = host
        self._ctx = ctx
        self._deadline = deadline
        self.age_s: float | None = None

    def __call__(
        self,
        url: str,
        /,
        *,
        accept: str = JSON,
        headers: Mapping[str, str] | None = None,
        limit: int = LIMIT,
        html: bool = False,
    ) -> bytes | None:
        from checks.proxy import proxy_for
        from diag.net import documents

        proxy = proxy_for(self._host, self._ctx, url)
        document = documents.get(
            self._host,
            url,
            self._deadline,
            proxy=proxy.url if proxy is not None else None,
            headers=headers,
            limit=limit,
            accept=accept,
        )
        if document.status in (404, 410):
            return None
        if document.status != 200:
            raise NotTold("rate_limited" if _limited(document) else "http_error", _said(document))
        self._note_age(document.headers.get("age", ""))
        if not html and HTML.match(document.body[:BEGINNING]):
            raise NotTold("html", document.content_type)
        if not document.complete:
            raise NotTold("too_large")
        return document.body

    def _note_age(self, age: str) -> None:
        if age.isdecimal() and len(age) < 10:
            self.age_s = max(self.age_s or 0.0, float(age))


def _limited(document: Document) -> bool:
    """RFC 6585, 4; GitHub and others say 403, with what is left in a header."""
    headers = document.headers
    return document.status == 429 or (
        document.status in (403, 503)
        and (headers.get("x-ratelimit-remaining") == "0" or "retry-after" in headers)
    )


def _said(document: Document) -> str:
    return f"HTTP {document.status}"


def elsewhere(url: str, base_url: str | None) -> str:
    """The same document below another base."""
    if base_url is None:
        return url
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{base_url.rstrip('/')}{parts.path}{query}"
