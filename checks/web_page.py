"""A web page as text: decoded, its title, and what a reader gets to see of it."""

from __future__ import annotations

import re

from diag.net.http import HttpAnswer

TITLE_LIMIT = 200
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

    lowered = text.lower() if len(text.lower()) == len(text) else text
    words: list[str] = []
    at = 0
    while (start := lowered.find("<", at)) >= 0:
        words.append(text[at:start])
        opening, closing = next((pair for pair in _UNSEEN if lowered.startswith(pair[0], start)),
                                ("<", ">"))  # fmt: skip
        end = lowered.find(closing, start + len(opening))
        if end < 0:
            at = len(text)
            break
        at = end + len(closing)
    words.append(text[at:])
    return " ".join(unescape(" ".join(words)).split())
