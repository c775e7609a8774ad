"""RSS 2.0 and Atom (RFC 4287): the page's history, which is no word on now.

An item of the last day whose text does not say that it is over is a possible incident; a feed
without one says nothing: it is *unknown*, never *ok*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from checks.status.adapter import FEED, Kind
from checks.status.normal import Event, Reading, instant

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAME = "feed"
FRESH = timedelta(hours=24)
ITEMS_READ = 50
TEXT_LIMIT = 20_000

_ATOM = "{http://www.w3.org/2005/Atom}"
_TAGS = re.compile("<[^>]{0,2000}>")
_OVER = re.compile(
    r"\b(?:resolved|completed?|restored|recovered|operational|closed|cancell?ed)\b"
    r"|復旧(?:済|し|いたし|致し)|解消|終了|完了",
    re.IGNORECASE,
)
_PLANNED = re.compile(r"\b(?:scheduled|maintenance|planned)\b|メンテナンス|予定", re.IGNORECASE)
_LINK = re.compile(r"<link\b[^>]{0,1000}>", re.IGNORECASE)
_LINK_TYPE = re.compile(r"""type\s*=\s*["']?application/(?:rss|atom)\+xml""", re.IGNORECASE)
_HREF = re.compile(r"""href\s*=\s*(?:"([^"]{1,1000})"|'([^']{1,1000})'|([^\s>"']{1,1000}))""", re.I)


def addresses(url: str, page: str) -> tuple[str, ...]:
    """The feed that the page names, or the page's own address if that is the feed."""
    for link in _LINK.findall(page):
        href = _HREF.search(link)
        if href and _LINK_TYPE.search(link):
            address = urljoin(url, next(filter(None, href.groups())).replace("&amp;", "&"))
            if urlsplit(address).scheme in ("http", "https"):
                return (address,)
    if re.search(r"(?:rss|atom|feed|\.xml)[^/]*/?$", urlsplit(url).path, re.IGNORECASE):
        return (url,)
    raise ValueError("the page names no feed")


def root_of(body: bytes) -> Element:
    """The feed's root; entities and DTDs are refused. Raises ValueError."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, RecursionError) as error:
        raise ValueError(f"no feed: {type(error).__name__}") from error
    return root


def items_of(root: Element) -> list[tuple[str, str, datetime | None]]:
    """Title, text and time of the newest items. Raises ValueError if this is no feed."""
    if root.tag == f"{_ATOM}feed":
        found = root.findall(f"{_ATOM}entry")
        return [
            (
                _text(each, f"{_ATOM}title"),
                _text(each, f"{_ATOM}content") or _text(each, f"{_ATOM}summary"),
                instant(_text(each, f"{_ATOM}updated") or _text(each, f"{_ATOM}published")),
            )
            for each in found[:ITEMS_READ]
        ]
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        raise ValueError("neither RSS 2.0 nor Atom")
    return [
        (_text(each, "title"), _text(each, "description"), _mail_date(_text(each, "pubDate")))
        for each in channel.findall("item")[:ITEMS_READ]
    ]


def _text(element: Element, tag: str) -> str:
    found = element.find(tag)
    if found is None:
        return ""
    text = "".join(found.itertext())
    return " ".join(_TAGS.sub(" ", text[:TEXT_LIMIT]).split())


def _mail_date(text: str) -> datetime | None:
    """RFC 5322 as RSS wants it; ISO 8601 as some give it."""
    from email.utils import parsedate_to_datetime

    try:
        read = parsedate_to_datetime(text)
        return read.astimezone(UTC) if read.tzinfo is not None else None
    except (TypeError, ValueError, IndexError, OverflowError):
        return instant(text)


def read(bodies: Sequence[bytes], now: datetime) -> Reading:
    items = items_of(root_of(bodies[0]))
    return Reading(
        adapter=NAME,
        overall="unknown",
        events=tuple(_events(items, now)),
        updated=max((when for _, _, when in items if when is not None), default=None),
        vague=True,
    )


def _events(items: Sequence[tuple[str, str, datetime | None]], now: datetime) -> Iterator[Event]:
    for title, text, when in items:
        if when is None or not now - FRESH <= when <= now + timedelta(minutes=10):
            continue
        if not _OVER.search(f"{title} {text}") and not _PLANNED.search(f"{title} {text}"):
            yield Event(name=title, state="degraded", since=None, updated=when)


KIND = Kind(name=NAME, addresses=addresses, read=read, from_page=True, accept=FEED)
