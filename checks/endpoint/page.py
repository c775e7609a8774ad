"""What an answer's page is: the right one, a busy one, one that refuses."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from checks.endpoint.facts import KEPT_HEADERS, HttpExchange, Says
from checks.names import folded
from checks.notices import notice_of
from checks.web_page import text_of, title_of
from diag.app_profile import Endpoint
from diag.net.http import HttpAnswer

HEADER_LIMIT = 200

_SAYS: tuple[tuple[Says, re.Pattern[str]], ...] = (
    (
        "maintenance",
        re.compile(
            r"(?:under|scheduled|system) maintenance|down for maintenance|maintenance mode|"
            r"メンテナンス|システム(?:停止|休止)中",
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
    (
        "blocked",
        re.compile(
            r"access denied|request (?:was )?(?:blocked|rejected)|attention required|"
            r"アクセスが?(?:拒否|制限|許可されて)|ご利用の地域",
            re.IGNORECASE,
        ),
    ),
)
"""Read only from pages that are no success: one that works may speak of such things too."""


def exchange_of(answer: HttpAnswer, endpoint: Endpoint, redirects: int = 0) -> HttpExchange:
    """The answer as a fact, held against what the profile says of this endpoint."""
    if answer.outcome != "ok":
        return HttpExchange(outcome=answer.outcome, took_s=answer.took_s)
    text = text_of(answer)
    expected = is_expected(answer.status, endpoint)
    sorry = _shows(text, endpoint.sorry_body) or False
    elsewhere = 300 <= answer.status < 400
    recognised = None if elsewhere or answer.late else _shows(text, endpoint.expect_body)
    right = expected and not sorry and recognised is not False
    notice = None if right else notice_of(answer)
    return HttpExchange(
        outcome="ok",
        took_s=answer.took_s,
        status=answer.status,
        title=title_of(text),
        headers={
            name: answer.headers[name][:HEADER_LIMIT]
            for name in KEPT_HEADERS
            if name in answer.headers
        },
        location=_host(answer.headers.get("location", "")) if elsewhere else None,
        redirects=redirects,
        late=answer.late,
        expected=expected,
        recognised=recognised,
        sorry=sorry,
        says=None if expected and not sorry else _says(answer, text),
        notice=notice.what if notice else None,
        filter=notice.filter if notice else "",
        date_offset_s=answer.date_offset_s,
        retry_after_s=_seconds(answer.headers.get("retry-after")),
    )


def is_expected(status: int, endpoint: Endpoint) -> bool:
    if endpoint.expect_status:
        return status in endpoint.expect_status
    return 200 <= status < 400 or status in (401, 405)


def _shows(text: str, wanted: str | None) -> bool | None:
    """Whether a text stands on the page, however its case, width and spaces are written there."""
    return folded(wanted) in folded(text) if wanted else None


def _says(answer: HttpAnswer, text: str) -> Says | None:
    if "cf-mitigated" in answer.headers:  # Cloudflare: a challenge in place of the page
        return "blocked"
    return next((says for says, pattern in _SAYS if pattern.search(text)), None)


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _seconds(retry_after: str | None) -> float | None:
    """`Retry-After` in its form of seconds (RFC 9110, 10.2.3); a date is left to the reader."""
    return float(retry_after) if retry_after and retry_after.isdecimal() else None
