"""What an answer's page is: the right one, a busy one, one that refuses."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from checks.endpoint.facts import KEPT_HEADERS, HttpExchange, Says
from diag.app_profile import Endpoint
from diag.net.http import HttpAnswer

MATCH_S = 0.3
"""Longest that one of the profile's patterns may search."""

TITLE_LIMIT = 200
HEADER_LIMIT = 200
TEXT_LIMIT = 256 << 10
"""Characters of a page that are looked at."""

_TITLE = re.compile(r"<title[^>]*>(.{0,2000}?)</title", re.IGNORECASE | re.DOTALL)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]{1,40})""", re.IGNORECASE)

_SAYS: tuple[tuple[Says, re.Pattern[str]], ...] = (
    (
        "blocked",
        re.compile(
            r"access denied|request (?:was )?(?:blocked|rejected)|attention required|"
            r"アクセスが(?:拒否|制限)|ご利用の地域",
            re.IGNORECASE,
        ),
    ),
    (
        "maintenance",
        re.compile(
            r"(?:under|scheduled|system) maintenance|down for maintenance|"
            r"メンテナンス(?:中|のため)|システム(?:停止|休止)中",
            re.IGNORECASE,
        ),
    ),
    (
        "busy",
        re.compile(
            r"too many (?:visitors|users)|high (?:traffic|demand)|waiting room|over capacity|"
            r"アクセスが集中|混み合って|混雑して",
            re.IGNORECASE,
        ),
    ),
)
"""Read only from answers that are no success: a page that works may speak of such things too."""


def exchange_of(answer: HttpAnswer, endpoint: Endpoint) -> HttpExchange:
    """The answer as a fact, held against what the profile says of this endpoint."""
    if answer.outcome != "ok":
        return HttpExchange(outcome=answer.outcome, took_s=answer.took_s)
    text = _text(answer)
    expected = _expected(answer.status, endpoint)
    return HttpExchange(
        outcome="ok",
        took_s=answer.took_s,
        status=answer.status,
        title=_title(text),
        headers={
            name: answer.headers[name][:HEADER_LIMIT]
            for name in KEPT_HEADERS
            if name in answer.headers
        },
        location=urlsplit(answer.headers.get("location", "")).hostname,
        expected=expected,
        recognised=_matches(endpoint.expect_body, text),
        sorry=_matches(endpoint.sorry_body, text) or False,
        says=None if expected else _says(text),
        date_offset_s=answer.date_offset_s,
        retry_after_s=_seconds(answer.headers.get("retry-after")),
    )


def _expected(status: int, endpoint: Endpoint) -> bool:
    if endpoint.expect_status:
        return status in endpoint.expect_status
    return 200 <= status < 400 or status in (401, 405)


def _text(answer: HttpAnswer) -> str:
    declared = _CHARSET.search(answer.headers.get("content-type", "").encode()) or _CHARSET.search(
        answer.body[:2048]
    )
    encoding = declared[1].decode("ascii", "replace") if declared else "utf-8"
    try:
        return answer.body.decode(encoding, errors="replace")[:TEXT_LIMIT]
    except LookupError:
        return answer.body.decode("utf-8", errors="replace")[:TEXT_LIMIT]


def _title(text: str) -> str:
    from html import unescape

    found = _TITLE.search(text)
    return " ".join(unescape(found[1]).split())[:TITLE_LIMIT] if found else ""


def _matches(pattern: str | None, text: str) -> bool | None:
    """None without a pattern, or if its search took too long: then nothing was learnt."""
    if pattern is None:
        return None
    import regex

    try:
        return regex.search(pattern, text, timeout=MATCH_S) is not None
    except (TimeoutError, regex.error):
        return None


def _says(text: str) -> Says | None:
    return next((says for says, pattern in _SAYS if pattern.search(text)), None)


def _seconds(retry_after: str | None) -> float | None:
    """`Retry-After` in its form of seconds (RFC 9110, 10.2.3); a date is left to the reader."""
    return float(retry_after) if retry_after and retry_after.isdecimal() else None
