"""Network operators and the public pages on which they report faults (通信障害).

Such a page helps only on another line: this one is down. So nothing is fetched; the remedy names
the pages. Which operator the line belongs to is not asked for: the address that would tell is the
one that the line lacks, and names of Wi-Fi networks tell the router's maker, not the operator.
Hence all of the country's main ones, by the device's time zone.

An operator is listed only if its page is known from public sources of others; `source` names one.
"""

from __future__ import annotations

from msgspec import Struct

from diag.app_profile import LocalText


class Operator(Struct, frozen=True, kw_only=True):
    """Who runs lines in this time zone, and where it reports faults."""

    zone: str
    name: LocalText
    page: str
    source: str


_JAPAN = "Asia/Tokyo"

OPERATORS = (
    Operator(
        zone=_JAPAN,
        name={"en": "NTT docomo", "ja": "NTT ドコモ"},
        page="https://www.docomo.ne.jp/info/status/",
        source="linked as the place for mobile faults by the help of NTT's SDPF network service",
    ),
    Operator(
        zone=_JAPAN,
        name={"en": "au, UQ mobile", "ja": "au・UQ mobile"},
        page="https://www.au.com/information/",
        source="public lists of Japanese services' status pages; the notices of KDDI stand below",
    ),
    Operator(
        zone=_JAPAN,
        name={"en": "SoftBank, Y!mobile", "ja": "ソフトバンク・ワイモバイル"},
        page="https://www.softbank.jp/mobile/info/personal/important/",
        source="the notice of the outage of 6 December 2018 stood below, as the press linked it",
    ),
    Operator(
        zone=_JAPAN,
        name={"en": "Rakuten Mobile", "ja": "楽天モバイル"},
        page="https://network.mobile.rakuten.co.jp/information/",
        source="public lists of Japanese services' status pages; linked by many",
    ),
    Operator(
        zone=_JAPAN,
        name={"en": "NTT East (FLET'S)", "ja": "NTT 東日本（フレッツ光、光コラボ）"},
        page="https://flets.com/customer/const2/",
        source="linked as the place for line faults by the help of NTT's SDPF network service",
    ),
    Operator(
        zone=_JAPAN,
        name={"en": "OCN, NTT Communications", "ja": "OCN・NTT ドコモビジネス"},
        page="https://support.ntt.com/maintenance/",
        source="https://support.ntt.com/en/guide/maintenance/",
    ),
    Operator(
        zone=_JAPAN,
        name={"en": "IIJmio", "ja": "IIJmio"},
        page="https://www.iijmio.jp/info/trouble/",
        source="read by public monitoring scripts for its 障害発生報告",
    ),
)


def fault_pages(zone: str) -> list[str | LocalText] | None:
    """What to look at on another device, a line for each operator of this zone, if any is known."""
    pages: list[str | LocalText] = [
        {language: f"{name}: {each.page}" for language, name in each.name.items()}
        for each in OPERATORS
        if each.zone == zone
    ]
    return pages or None
