"""A web page as text: decoded, its title, and what a reader gets to see of it."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from diag.net.http import HttpAnswer

TITLE_LIMIT = 200
PATH_LIMIT = 80
TEXT_LIMIT = 256 << 10
"""Characters of a page that are looked at."""

_TITLE = re.compile(r"<title[^>]*>(.{0,2000}?)</title", re.IGNORECASE | re.DOTALL)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]{1,40})""", re.IGNORECASE)
_UNSEEN = (("<!--", "-->"), ("<script", "</script"), ("<style", "</style"))


def text_of(answer: HttpAnswer) -> str:
    """The body by the character set that its header or its first lines declare, else UTF-8."""
    declared = _CHARSET.search(answer.headers.get("content-type", "").encode()) or _CHARSET.search(
        answer.body[:2048]
    )
    encoding = declared[1].decode("ascii", "replace") if declared else "utf-8"
    try:
        return answer.body.decode(encoding, errors="replace")[:TEXT_LIMIT]
    except (LookupError, UnicodeError):
        return answer.body.decode("utf-8", errors="replace")[:TEXT_LIMIT]


def title_of(text: str) -> str:
    from html import unescape

    found = _TITLE.search(text)
    return " ".join(unescape(found[1]).split())[:TITLE_LIMIT] if found else ""


def visible(text: str) -> str:
    """The words between the tags, without scripts, styles and comments; what does not end is cut.

    Looks at each sign once or twice, whatever the page is made of.
    """
    from html import unescape

    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters have no single small one
        lowered = text
    words: list[str] = []
    at = 0
    while (start := lowered.find("<", at)) >= 0:
        words.append(text[at:start])
        unseen = (pair for pair in _UNSEEN if lowered.startswith(pair[0], start))
        opening, closing = next(unseen, ("<", ">"))
        end = lowered.find(closing, start + len(opening))
        end = lowered.find(">", end) if end >= 0 else end
        if end < 0:
            at = len(text)
            break
        at = end + 1
    words.append(text[at:])
    return " ".join(unescape(" ".join(words)).split())


class Elsewhere(Struct, frozen=True):
    """A page on another host. Its query is cut off: it may hold what the network knows of the user,
    such as this device's addresses.
    """

    scheme: Literal["http", "https"]
    host: str
    path: str


def elsewhere(asked: str, target: str | None) -> Elsewhere | None:
    """Where a redirect or a link leads from the page that was asked for, if to another host."""
    try:
        parts = urlsplit(urljoin(asked, target or ""))
        host = parts.hostname
        if not host or host == urlsplit(asked).hostname or parts.scheme not in ("http", "https"):
            return None
    except ValueError:
        return None
    return Elsewhere("https" if parts.scheme == "https" else "http", host, parts.path[:PATH_LIMIT])


def redirected(asked: str, answer: HttpAnswer) -> Elsewhere | None:
    """The page on another host that an answer redirects to."""
    moved = 300 <= answer.status < 400
    return elsewhere(asked, answer.headers.get("location")) if moved else None
