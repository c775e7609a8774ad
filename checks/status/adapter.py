"""What a kind of status page is to the rest of the check."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from msgspec import Struct

from checks.status.normal import Reading

JSON = "application/json"
HTML = "text/html"
FEED = "application/rss+xml, application/atom+xml, application/xml"


class Kind(Struct, frozen=True, kw_only=True):
    """How one kind of page is asked and read.

    addresses: of the page's address, and of its HTML if `from_page`, the documents to fetch; at
    most four. Raises ValueError if the HTML does not say.
    read: of these documents (an optional one that is not there is empty) and now, what the page
    says. Raises ValueError for anything that is not such documents.
    """

    name: str
    addresses: Callable[[str, str], tuple[str, ...]]
    read: Callable[[Sequence[bytes], datetime], Reading]
    needed: int = 1
    """How many of the documents have to be there."""
    from_page: bool = False
    accept: str = JSON


def below(*paths: str) -> Callable[[str, str], tuple[str, ...]]:
    """Documents that stand below the page's address."""

    def addresses(url: str, _: str) -> tuple[str, ...]:
        return tuple(url.rstrip("/") + path for path in paths)

    return addresses


def text_of(body: bytes) -> str:
    """The page's characters, by the encoding that it names, else UTF-8."""
    named = re.search(rb"""charset\s*=\s*["']?([\w-]{1,40})""", body[:2048], re.IGNORECASE)
    encoding = named[1].decode("ascii") if named else "utf-8"
    try:
        return body.decode(encoding, errors="replace")
    except (LookupError, ValueError):
        return body.decode("utf-8", errors="replace")


def origin(url: str) -> str:
    """`https://host[:port]` of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
