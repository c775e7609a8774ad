"""Pages that say why they came. Their wording follows pages that are public: vendors' manuals, and
the fingerprints of the OONI and Citizen Lab projects.
"""

from __future__ import annotations

import pytest

from checks.notices import Notice, filter_of, notice_of
from diag.net.http import HttpAnswer


def page(words: str, status: int = 200, **headers: str) -> HttpAnswer:
    body = f"<html><head><title>x</title></head><body><p>{words}</p></body></html>"
    fields = {"content-type": "text/html; charset=utf-8", **headers}
    return HttpAnswer("ok", 0.1, status=status, headers=fields, body=body.encode())


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("料金のお支払いが確認できないため、インターネットのご利用を停止しております。", "unpaid"),
        ("ご利用料金が未納です。お支払いください。", "unpaid"),
        ("Your internet service has been suspended due to non-payment.", "unpaid"),
        ("We could not restore your service: your bill is past due.", "unpaid"),
        ("Your payment was not received.", "unpaid"),
        ("今月のデータ容量を使い切りました。", "used_up"),
        ("データ通信量が上限に達しました。", "used_up"),
        ("残高が不足しています。チャージしてください。", "used_up"),
        ("ご利用時間が終了しました。", "used_up"),
        ("You have run out of data. Buy more to continue.", "used_up"),
        ("Your data allowance has been used up.", "used_up"),
        ("You've reached your limit: your monthly data limit was reached.", "used_up"),
        ("この回線は現在、ご利用を停止しています。", "suspended"),
        ("ご利用停止中", "suspended"),
        ("通信を中断いたしております。", "suspended"),
        ("Internet access has been suspended.", "suspended"),
        ("Account suspended", "suspended"),
        ("フィルタリングによりブロックされました。", "blocked"),
        ("このサイトの閲覧は管理者により制限されています。", "blocked"),
        ("アクセスが規制されています", "blocked"),
        ("このページは閲覧できません: 規制対象のカテゴリです", "blocked"),
        ("This site has been blocked by your network administrator.", "blocked"),
        ("This site is blocked due to content filtering.", "blocked"),
        ("Access to the web page has been blocked in accordance with company policy.", "blocked"),
        ("This website is blocked by your network operator.", "blocked"),
        ("This web page is blocked because it violates network policy.", "blocked"),
        ("ACCESS BLOCKED", "blocked"),
    ],
)
def test_what_a_page_says(words: str, what: str) -> None:
    notice = notice_of(page(words))
    assert notice is not None
    assert (notice.what, notice.sure) == (what, True)


@pytest.mark.parametrize(
    "words",
    [
        "ようこそ。利用規約に同意して接続してください。",
        "規約に違反した場合、ご利用を停止することがあります。",
        "禁止行為があった場合、利用が停止される場合があります。",
        "Access may be suspended if you violate these terms.",
        "Your service will be suspended if you do not agree.",
        "This network uses content filtering. Please sign in.",
        "フィルタリングを利用しています。同意して接続",
        "Your session has expired. Please log in again.",
        "ログイン ID パスワードを入力してください",
        "Success",
        "404 Not Found",
        "403 Forbidden",
        "Sorry, you have been blocked. You are unable to access example.com",
        "Request blocked. We can't connect to the server for this app at this time.",
        "ただいまアクセスが集中しています。",
        "",
    ],
)
def test_pages_that_say_nothing_of_the_kind(words: str) -> None:
    assert notice_of(page(words)) is None


def test_scripts_and_comments_do_not_speak() -> None:
    assert notice_of(page("<script>say('Access blocked')</script><!-- ご利用停止中 -->")) is None


@pytest.mark.parametrize(
    ("location", "what"),
    [
        ("http://notice.isp.test/suspended?id=1", "suspended"),
        ("https://pay.isp.test/overdue", "suspended"),
        ("http://my.carrier.test/top-up?msisdn=1", "used_up"),
        ("http://block.opendns.com/?url=login.app.test", "blocked"),
        ("http://gw.corp.test/php/urlblock.php?args=AAA", "blocked"),
        ("http://192.168.1.1:15871/cgi-bin/blockpage.cgi?ws-session=1", "blocked"),
        ("http://portal.cafe.test/welcome", None),
        ("http://blockbuster.example/", None),
        ("https://login.app.test/", None),
    ],
)
def test_an_address_alone_is_less_sure(location: str, what: str | None) -> None:
    notice = notice_of(page("", 302, location=location))
    assert (notice and (notice.what, notice.sure)) == (what and (what, False))


def test_an_address_counts_for_redirects_alone() -> None:
    assert notice_of(page("Hello", 200, location="http://block.opendns.com/")) is None


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("FortiGuard Intrusion Prevention - Access Blocked", "FortiGuard"),
        ("Access to this site is blocked because of a Cisco Umbrella policy", "Cisco Umbrella"),
        ("Web page blocked. Zscaler protects your company.", "Zscaler"),
        ("このページは閲覧できません。i-FILTER デジタルアーツ 規制対象", "i-FILTER"),
        ("InterSafe WebFilter: このサイトの閲覧が規制されています", "InterSafe"),
        ("あんしんフィルターにより閲覧が制限されています", "あんしんフィルター"),
        ("This web page is blocked by your administrator", ""),
    ],
)
def test_the_filter_by_its_name(words: str, name: str) -> None:
    assert notice_of(page(words)) == Notice("blocked", name)


def test_a_filter_that_only_its_source_names() -> None:
    marked = page('Access blocked<img src="http://cfssupport.sonicwall.com/logo.png">')
    assert notice_of(marked) == Notice("blocked", "SonicWall")


def test_a_name_alone_is_no_block_page() -> None:
    assert notice_of(page("Powered by Fortinet. Sign in to the Wi-Fi.")) is None
    assert filter_of("nothing of the sort") == ""
