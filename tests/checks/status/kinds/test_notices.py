"""Feeds and pages of notices: what is said to be so now, what is planned, and nothing more."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.status.kinds import feed, notices, statusiq
from checks.status.kinds.times import Span, spans_of
from checks.status.normal import PageStatus
from checks.status.said import said
from tests.checks.status.kinds.documents import atom, rss
from tests.support import NOW

# NOW is Sunday 2026-11-22, 12:00 UTC: 21:00 in Japan.


def japan(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=9)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026年11月22日(日) 23:00~翌6:00", japan(22, 23), japan(23, 6)),
        ("11月22日（日）23:00 ～ 翌日 6:00", japan(22, 23), japan(23, 6)),
        ("11月22日 21時から24時まで", japan(22, 21), japan(23, 0)),
        ("11/22(日) 0:00〜24:00", japan(22, 0), japan(23, 0)),
        ("2026/11/22 20:00 - 2026/11/23 02:30", japan(22, 20), japan(23, 2, 30)),
        ("２０２６年１１月２２日　２２：００～２６：００", japan(22, 22), japan(23, 2)),
        ("11月22日(日・祝) 午後11時30分~11月23日(月) 午前5時", japan(22, 23, 30), japan(23, 5)),
        ("2026-11-22 20:00から2026-11-22 22:00まで実施", japan(22, 20), japan(22, 22)),
        ("11月30日 23時半より翌1時", japan(30, 23, 30), japan(1, 1, month=12)),
        ("11月22日 23:00~1:00 の間", japan(22, 23), japan(23, 1)),
        ("11月22日 19:40頃", japan(22, 19, 40), None),
        ("Nov 22, 2026 20:00 - 22:00 UTC", NOW.replace(hour=20), NOW.replace(hour=22)),
        ("22 November 2026, 23:00 to 23 November 2026, 05:00 JST", japan(22, 23), japan(23, 5)),
        ("Sunday, November 22nd, 2026 10:00 PM – 11:30 PM (JST)", japan(22, 22), japan(22, 23, 30)),
    ],
)  # fmt: skip
def test_times_as_notices_write_them(text: str, start: datetime, end: datetime | None) -> None:
    found = list(spans_of(unicodedata.normalize("NFKC", f"メンテナンス {text}"), NOW))
    assert Span(start, end) in found, found


@pytest.mark.parametrize(
    "text",
    [
        "22 November 2026, 23:00 to 23:30",
        "11月32日 23:00~24:00",
        "営業時間 9:00~17:00",
        "version 11.22 から 3 に",
        "2026/11/22 20:00 - 2026/12/31 02:30 の日程",
    ],
)
def test_what_names_no_zone_no_day_or_cannot_be_is_no_time(text: str) -> None:
    assert [each for each in spans_of(text, NOW) if each.end is not None] == []


def test_a_date_without_its_year_is_the_nearest_one() -> None:
    new_year = datetime(2026, 12, 31, 12, tzinfo=UTC)
    (found,) = spans_of("1月1日 0:00~6:00 メンテナンス", new_year)
    assert found.start == datetime(2026, 12, 31, 15, tzinfo=UTC)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789年月日時分半:/~〜翌午前後から-() 24JSTNov,", max_size=60))
def test_any_text_gives_times_in_order_or_none(text: str) -> None:
    for each in spans_of(text, NOW):
        assert each.end is None or each.start < each.end


# --- pages of notices ---


def page(*lines: str, title: str = "お知らせ") -> PageStatus:
    body = "".join(f"<p>{each}</p>" for each in lines)
    html = f"<!doctype html><html lang=ja><title>障害情報</title><h1>{title}</h1>{body}</html>"
    return said(notices.read([html.encode()], NOW), (), NOW)


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        (("現在、ログインできない障害が発生しています。", "発生日時: 11月22日 19:40頃"), "partial"),
        (("【調査中】アプリにつながりにくい状態となっております",), "partial"),
        (("<b>We are currently investigating</b> an outage of sign-in.",), "partial"),
        (("システムメンテナンスのお知らせ", "11月22日(日) 20:00～翌6:00"), "maintenance"),
        (("ただいまメンテナンス中です。終了までお待ちください。",), "maintenance"),
        (("現在、障害は発生しておりません。",), "ok"),
        (("すべてのサービスは正常に稼働しています",), "ok"),
        (("There are no known issues.",), "ok"),
    ],
)
def test_what_a_page_says_is_so_now(lines: tuple[str, ...], state: str) -> None:
    found = page(*lines)
    assert (found.state, found.vague) == (state, True)


@pytest.mark.parametrize(
    "lines",
    [
        ("【復旧済み】ログインできない障害が発生しておりました", "11月22日 19:40頃"),
        ("障害が発生しています。", "11月22日 18:00頃", "20:30 に復旧しました。"),
        ("障害が発生しています。", "11月10日 18:00頃"),
        ("【終了】システムメンテナンスのお知らせ", "11月22日(日) 20:00～翌6:00"),
        ("システムメンテナンスのお知らせ", "11月22日(日) 0:00～6:00"),
        ("メンテナンス情報", "障害情報"),
        ("過去の障害一覧はこちら",),
        ("いつもご利用ありがとうございます。",),
        ("<script>障害が発生しています</script>",),
        ("メンテナンスは中止となりました", "11月22日(日) 20:00～翌6:00"),
    ],
)
def test_what_is_over_or_says_nothing_is_unknown_never_fine(lines: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="no known format"):
        page(*lines)


def test_a_trouble_that_is_not_over_yet_speaks_of_its_end() -> None:
    found = page("障害が発生しています。", "復旧次第、このページでお知らせします。")
    assert found.state == "partial"


def test_a_maintenance_to_come_is_told_with_its_times() -> None:
    found = page("現在、障害は発生しておりません。", "メンテナンス予定", "11月23日(月) 1:00～5:00")
    (window,) = found.maintenances
    assert (found.state, window.running) == ("ok", False)
    assert (window.start, window.end) == (japan(23, 1), japan(23, 5))
    assert found.language == "ja"


@pytest.mark.parametrize("encoding", ["shift_jis", "euc-jp", "utf-8"])
def test_pages_in_the_encodings_that_japan_has(encoding: str) -> None:
    html = (
        f'<html><head><meta charset="{encoding}"></head><body><p>現在、障害が発生しています。</p>'
    )
    found = said(notices.read([html.encode(encoding)], NOW), (), NOW)
    assert found.state == "partial"
    assert found.incidents[0].name == "現在、障害が発生しています。"


@settings(max_examples=200, deadline=None)
@given(
    st.text(
        alphabet="障害発生中メンテナンス復旧しました<p>div/\"'=&#;11月22日 20:0~ ", max_size=120
    )
)
def test_any_page_is_a_state_or_refused(text: str) -> None:
    try:
        found = page(text)
    except ValueError:
        return
    assert found.state in ("ok", "unknown", "partial", "maintenance")


# --- feeds ---


def fed(body: bytes) -> PageStatus:
    return said(feed.read([body], NOW), (), NOW)


FRESH = "Sun, 22 Nov 2026 11:40:00 +0000"
OLD = "Fri, 20 Nov 2026 11:40:00 +0000"


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (rss(("Login fails", "<p>Investigating</p>", FRESH)), "degraded"),
        (rss(("ログイン障害", "調査中です", FRESH)), "degraded"),
        (atom("Login fails", "Investigating", "2026-11-22T11:40:00Z"), "degraded"),
        (rss(("Login fails", "Resolved - fixed", FRESH)), "unknown"),
        (rss(("ログイン障害", "復旧しました", FRESH)), "unknown"),
        (rss(("Scheduled maintenance", "next week", FRESH)), "unknown"),
        (rss(("Login fails", "Investigating", OLD)), "unknown"),
        (rss(("Login fails", "Investigating", "yesterday")), "unknown"),
        (rss(("Login fails", "Investigating", "Sun, 22 Nov 2026 11:40:00")), "unknown"),
        (rss(), "unknown"),
    ],
)
def test_a_feed_shows_what_is_new_and_is_never_all_clear(body: bytes, state: str) -> None:
    found = fed(body)
    assert (found.state, found.vague) == (state, True)


BILLION = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;">]><rss version="2.0"><channel><item><title>&c;</title>'
    b"</item></channel></rss>"
)
EXTERNAL = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b'<rss version="2.0"><channel><item><title>&a;</title></item></channel></rss>'
)


@pytest.mark.parametrize("kind", [feed, statusiq])
@pytest.mark.parametrize(
    "body", [BILLION, EXTERNAL, b"<rss>", b"", b"<feed/>", b"{}", rss()[:-20], b"<html></html>"]
)
def test_entities_and_what_is_no_feed_are_refused(kind: object, body: bytes) -> None:
    read = feed.read if kind is feed else statusiq.read
    with pytest.raises(ValueError, match=r"."):
        read([body], NOW)


@pytest.mark.parametrize(
    ("title", "state"),
    [
        ("Login - Operational", "ok"),
        ("Login - Degraded Performance", "degraded"),
        ("Log - in - Partial Outage", "partial"),
        ("Login - Major Outage", "major"),
        ("Login - Under Maintenance", "maintenance"),
    ],
)
def test_a_feed_of_parts_and_states(title: str, state: str) -> None:
    body = rss((title, "", FRESH), ("Mail - Operational", "", FRESH))
    found = said(statusiq.read([body], NOW), (), NOW)
    assert (found.adapter, found.state) == ("statusiq", state)


def test_a_state_that_is_not_known_makes_it_no_such_feed() -> None:
    with pytest.raises(ValueError, match="not a feed of parts"):
        statusiq.read([rss(("Login - Wobbly", "", FRESH), ("Mail - Operational", "", FRESH))], NOW)


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/history.rss">', "/history.rss"),
        ("<LINK href='feed.atom' type=application/atom+xml>", "/feed.atom"),
        ('<link rel="alternate" type="application/rss+xml" href="javascript:x">', None),
        ('<link rel="stylesheet" href="/x.css">', None),
    ],
)
def test_the_feed_that_a_page_names(link: str, found: str | None) -> None:
    if found is None:
        with pytest.raises(ValueError, match="no feed"):
            feed.addresses("https://status.app.test", link)
    else:
        assert feed.addresses("https://status.app.test", link) == (
            f"https://status.app.test{found}",
        )
