"""What a page says that came in place of the one that was asked for.

Read by words in English and Japanese, and by what the filters' own pages bear. Phrases that terms
of use contain as well ("may be suspended") do not count. The filters' marks are those that
measurement projects have collected (OONI and Citizen Lab, blocking-fingerprints).
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from checks.web_page import text_of, visible
from diag.net.http import HttpAnswer

What = Literal["unpaid", "used_up", "suspended", "blocked"]
"""unpaid, used_up, suspended: why this line is shut off. blocked: a filter refuses the page."""

WORDS_LIMIT = 20_000
MARKS_LIMIT = 64 << 10
"""Characters that are looked at, of a page's words and of its source: such pages are short."""


class Notice(Struct, frozen=True):
    """`filter`: the filter's name, where the page gives it away. sure: said in words, not only
    by the address of a page that was not fetched.
    """

    what: What
    filter: str = ""
    sure: bool = True


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


_SUSPENDED = _words(
    r"\b(?:service|access|account|line|internet|connection|subscription)\b[^.]{0,40}"
    r"\b(?:is|are|has been|have been|was)(?: \w+)? (?:suspended|disconnected|deactivated|barred)",
    r"\b(?:service|access|account|line) suspended\b",
    r"(?:利用|通信|回線|サービス|契約|接続)[^。]{0,16}(?:停止|中断|休止)"
    r"(?:いたして|して(?:い|お)|され(?:て|まし)|(?:いた)?しまし|中|のお知らせ|のご案内)",
)
_UNPAID = _words(
    r"\b(?:non-?payment|unpaid|overdue|past due|outstanding (?:balance|bill|invoice))\b",
    r"\bpayment (?:has |was )?not (?:been )?received",
    r"未納|滞納|お?支払い?[^。]{0,12}(?:確認(?:でき|が(?:でき|とれ))|いただけて)",
)
_USED_UP = _words(
    r"\b(?:data|traffic|volume|quota|allowance|credit|balance|package|plan|minutes|time)\b"
    r"[^.]{0,40}\b(?:used up|exhausted|exceeded|depleted|run out|ran out|is over)\b",
    r"\b(?:data|traffic|usage|quota) (?:limit|cap|allowance)\b[^.]{0,20}\b(?:reached|exceeded)\b",
    r"\b(?:run|ran) out of (?:data|credit|time)\b|\bused up (?:all )?(?:of )?your\b",
    r"(?:データ|通信(?:容)?量|容量|ギガ|残高|残量|利用時間|利用可能時間)[^。]{0,24}"
    r"(?:使い切|使い果た|上限に達|超過|超えま|不足して|なくなりま|終了しま)",
)
_BLOCKED = _words(
    r"\b(?:web ?site|site|web ?page|page|access|content|url|domain|category|file)\b[^.]{0,60}"
    r"\b(?:blocked|restricted|denied|prohibited)\b[^.]{0,60}"
    r"\b(?:administrator|polic(?:y|ies)|categor|filter|network operator|your (?:company|employer|"
    r"organi[sz]ation|school|network|parents?))",
    r"\b(?:web ?page|web ?site|site|domain) (?:is |was |has been )?blocked\b|\baccess blocked\b",
    r"\bin violation of your internet usage policy\b",
    r"フィルタ(?:リング|ー)[^。]{0,30}(?:ブロック|制限|規制|遮断|表示でき|閲覧でき|アクセスでき)",
    r"(?:閲覧|アクセス|接続|表示)(?:が|を|は)?(?:制限|禁止|規制|遮断|ブロック)され",
    r"(?:サイト|ページ)[^。]{0,20}(?:ブロックされ|規制対象|閲覧でき(?:ません|ない設定))",
    r"(?:管理者|保護者)[^。]{0,20}(?:制限|禁止|ブロック|許可され)",
)
_SHUT_OFF_ADDRESS = _words(r"suspend(?:ed)?\b", r"\bunpaid\b|overdue|nonpayment", r"riyou-?teishi")
_USED_UP_ADDRESS = _words(r"\bquota|data-?limit|top-?up|recharge|used-?up")
_BLOCKED_ADDRESS = _words(
    r"\bblock(?:ed|page|_?message)?\b", r"\burlblock\b|\bwebfilter\b|\burlfilter\b|/usercheck/"
)

_FILTERS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(marks, re.IGNORECASE))
    for name, marks in (
        ("FortiGuard", r"forti(?:guard|net|gate)"),
        ("Cisco Umbrella", r"umbrella\.com|cisco umbrella|opendns"),
        ("Cisco Meraki", r"meraki"),
        ("Zscaler", r"zscaler"),
        ("Palo Alto Networks", r"palo ?alto ?networks|/php/urlblock\.php"),
        ("SonicWall", r"sonicwall"),
        ("Sophos", r"\bsophos"),
        ("Barracuda", r"\bbarracuda"),
        ("Forcepoint", r"forcepoint|websense|:15871/cgi-bin/block"),
        ("Symantec", r"blue ?coat|web security service"),
        ("Check Point", r"check point usercheck|/usercheck/"),
        ("WatchGuard", r"watchguard"),
        ("Netskope", r"netskope"),
        ("Cloudflare Gateway", r"cloudflare gateway|cloudflare zero trust"),
        ("Skyhigh", r"skyhigh|mcafee web gateway"),
        ("iboss", r"\biboss\b|/ibreports/"),
        ("Lightspeed", r"lightspeed ?system"),
        ("Securly", r"securly"),
        ("GoGuardian", r"goguardian"),
        ("Smoothwall", r"smoothwall"),
        ("ContentKeeper", r"contentkeeper"),
        ("Netsweeper", r"netsweeper|/webadmin/deny/"),
        ("Untangle", r"untangle"),
        ("Kerio Control", r"kerio control"),
        ("Juniper", r"juniper web filtering"),
        ("squidGuard", r"squidguard"),
        ("E2guardian", r"e2guardian|dansguardian"),
        ("Squid", r"stylesheet for squid error pages|\bsquid/\d"),
        ("CleanBrowsing", r"cleanbrowsing"),
        ("AdGuard", r"\badguard"),
        ("NextDNS", r"nextdns"),
        ("Pi-hole", r"\bpi-hole\b"),
        ("Norton", r"\bnorton (?:family|safe)"),
        ("Qustodio", r"qustodio"),
        ("Net Nanny", r"net ?nanny"),
        ("i-FILTER", r"\bi-filter\b|i-フィルター|デジタルアーツ|digital ?arts"),
        ("InterSafe", r"intersafe"),
        ("NetSTAR", r"\bnet-?star\b|ネットスター"),
        ("あんしんフィルター", r"あんしんフィルター"),
        ("あんしんネット", r"あんしんねっと|あんしんネット"),
        ("Trend Micro", r"trend ?micro|トレンドマイクロ|ウイルスバスター"),
        ("ESET", r"\beset\b"),
        ("Kaspersky", r"kaspersky|カスペルスキー"),
    )
)


def notice_of(answer: HttpAnswer) -> Notice | None:
    """What an answer says by its words, or by the address that it leads to; None: nothing known."""
    text = text_of(answer)
    words = visible(text)[:WORDS_LIMIT]
    location = answer.headers.get("location", "") if 300 <= answer.status < 400 else ""
    marks = f"{location}\n{text[:MARKS_LIMIT]}\n{answer.headers.get('server', '')}"
    what = _said(words)
    if what is not None:
        return Notice(what, filter_of(marks) if what == "blocked" else "")
    led = _led(location) if location else None
    return Notice(led, filter_of(marks) if led == "blocked" else "", sure=False) if led else None


def filter_of(text: str) -> str:
    """The filter that a page, an address or a certificate names; empty: none that is known."""
    return next((name for name, marks in _FILTERS if marks.search(text)), "")


def _said(words: str) -> What | None:
    """A line that is shut off comes before a filter: nothing gets through there at all."""
    suspended = _SUSPENDED.search(words) is not None
    if _UNPAID.search(words):
        return "unpaid"
    if _USED_UP.search(words):
        return "used_up"
    if suspended:
        return "suspended"
    return "blocked" if _BLOCKED.search(words) else None


def _led(location: str) -> What | None:
    address = location[:2000]
    if _SHUT_OFF_ADDRESS.search(address):
        return "suspended"
    if _USED_UP_ADDRESS.search(address):
        return "used_up"
    return "blocked" if _BLOCKED_ADDRESS.search(address) else None
