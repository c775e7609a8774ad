"""Apple's and Google's stores: the countries, the devices, and pages made for people."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from diag.app_profile import AppStore, GooglePlay
from diag.model import OsFamily
from tests.checks.app.stores.shop import Shop, only, recorded

MAC = json.loads(recorded("app-store-mac.json"))["results"][0]
IPHONE = json.loads(recorded("app-store-ios.json"))["results"][0]


def look_up(
    shop: Shop,
    answers: dict[str, list[dict[str, Any]]],
    os: OsFamily,
    phone: bool | None = None,
    **section: Any,
) -> tuple[Any, list[str]]:
    """What becomes of results by country and entity, and what was asked: `us` or `us/entity`."""
    asked = []

    def answer(request: Any) -> Any:
        from werkzeug import Response

        entity = request.args.get("entity")
        place = request.args["country"] + (f"/{entity}" if entity else "")
        asked.append(place)
        results = answers.get(place, [])
        body = "\n\n\n" + json.dumps({"resultCount": len(results), "results": results})
        return Response(body, content_type="text/javascript; charset=utf-8")

    shop.server.expect_request("/lookup").respond_with_handler(answer)
    store = AppStore(base_url=shop.base, **section)
    on_phone = os != "macos" if phone is None else phone
    return only(shop.ask({"app_store": store}, os=os, phone=on_phone)), asked


def test_a_mac_app(shop: Shop) -> None:
    answer, asked = look_up(
        shop, {"jp/desktopSoftware": [MAC]}, "macos", id=MAC["trackId"], country="jp"
    )
    found = answer.found
    assert found is not None
    assert (found.version, found.platform, found.minimum_os) == ("3.3.3", "macos", "10.9")
    assert found.released == datetime(2018, 10, 2, 23, 28, 5, tzinfo=UTC)
    assert found.url == "https://apps.apple.com/us/app/slack-for-desktop/id803453959?mt=12"
    assert found.notes is not None and found.notes.startswith("All updates are important")
    assert asked == ["jp/desktopSoftware"]


def test_an_iphones_app_on_a_mac_says_so(shop: Shop) -> None:
    answers = {"us": [IPHONE]}
    answer, asked = look_up(shop, answers, "macos", id=IPHONE["trackId"])
    assert answer.found is not None and answer.found.platform == "ios"
    assert asked == ["us/desktopSoftware", "us"]


def test_the_phones_version_is_asked_for_from_a_mac_too(shop: Shop) -> None:
    answer, asked = look_up(shop, {"us": [IPHONE]}, "macos", phone=True, id=IPHONE["trackId"])
    assert answer.found is not None and answer.found.platform == "ios"
    assert asked == ["us"]


def test_a_phone_is_not_offered_the_macs_version(shop: Shop) -> None:
    answer, _ = look_up(shop, {"us": [MAC]}, "linux", id=MAC["trackId"])
    assert (answer.found, answer.failure, answer.seen) == (None, None, "other_device")


@pytest.mark.parametrize(
    ("country", "sold_in", "seen", "asked"),
    [
        ("us", "jp", "other_country", ["us", "jp"]),
        ("jp", "us", "other_country", ["jp", "us"]),
        ("jp", "de", "gone", ["jp", "us"]),
    ],
)
def test_the_wrong_country(
    shop: Shop, country: str, sold_in: str, seen: str, asked: list[str]
) -> None:
    answers = {sold_in: [IPHONE]}
    answer, really = look_up(shop, answers, "linux", id=IPHONE["trackId"], country=country)
    assert (answer.found, answer.failure, answer.seen) == (None, None, seen)
    assert really == asked


def test_another_app_is_not_taken_for_it(shop: Shop) -> None:
    answer, _ = look_up(shop, {"us": [{**IPHONE, "trackId": 1}]}, "linux", id=2)
    assert answer.seen == "gone"


def test_the_id_of_a_song(shop: Shop) -> None:
    song = {"wrapperType": "track", "kind": "song", "trackId": 7, "trackName": "歌"}
    answer, _ = look_up(shop, {"us": [song]}, "linux", id=7)
    assert answer.failure is not None and answer.seen == "other_form"


def test_a_link_that_is_no_web_page_is_not_offered(shop: Shop) -> None:
    for url in ("javascript:alert(1)", "http://a.test/", "https://a@b.test/", "https://[", 5):
        results = {"us": [{**IPHONE, "trackViewUrl": url}]}
        answer, _ = look_up(shop, results, "linux", id=IPHONE["trackId"])
        assert answer.found is not None and answer.found.url is None
        shop.server.clear()


def test_notes_hold_no_controls(shop: Shop) -> None:
    results = {"us": [{**IPHONE, "releaseNotes": "・軽微な修正\n\x1b[31mred\u202e"}]}
    answer, _ = look_up(shop, results, "linux", id=IPHONE["trackId"])
    assert answer.found is not None and answer.found.notes == "・軽微な修正 [31mred"


PLAY = {
    "list": "com.moonwink.treasury",
    "korean": "com.youngkiu.stock_knee_shoulder",
    "varies": "com.raiseright.edumarketapp",
}


def play(shop: Shop, page: bytes, package: str) -> Any:
    shop.serve("/store/apps/details", page, content_type="text/html")
    store = GooglePlay(package=package, base_url=shop.base)
    return only(shop.ask({"google_play": store}, phone=True))


def test_a_page_of_google_play(shop: Shop) -> None:
    found = play(shop, recorded("google-play-korean.html"), PLAY["korean"]).found
    assert found is not None
    assert (found.version, found.platform, found.minimum_os) == ("1.5.1", "android", "7.0")
    assert found.released == datetime(2025, 10, 20, 15, 25, 38, tzinfo=UTC)
    assert found.url == f"https://play.google.com/store/apps/details?id={PLAY['korean']}"
    assert found.notes is not None and found.notes.startswith("[신규 기능] • 주식 가격")


def test_fields_at_their_place_in_the_array(shop: Shop) -> None:
    found = play(shop, recorded("google-play-list.html"), PLAY["list"]).found
    assert found is not None
    assert (found.version, found.minimum_os) == ("2.3.0", "6.0")
    assert found.released == datetime(2022, 2, 21, 21, 5, 11, tzinfo=UTC)
    assert found.notes == "Minor updates and improvements."


def test_a_version_that_varies_with_the_device(shop: Shop) -> None:
    answer = play(shop, recorded("google-play-varies.html"), PLAY["varies"])
    assert answer.found is None and answer.seen == "no_version"


def test_a_page_of_another_app(shop: Shop) -> None:
    """Pages hold the data of similar apps too."""
    answer = play(shop, recorded("google-play-korean.html"), "com.other.app")
    assert answer.found is None and answer.seen == "other_form"


@pytest.mark.parametrize(
    "block",
    [
        '[1, "com.a"',
        '["com.a"]',
        '[null,"com.a"]',
        '[null,[null,null,["com.a",{"78":[["com.a"]]}]]]',
        '[null,[null,null,{"78":["com.a"]}]]',
    ],
)
def test_a_page_whose_data_changed(shop: Shop, block: str) -> None:
    data = f"data:{block}, sideChannel: {{}}}});</script>"
    page = f"<!doctype html><script>AF_initDataCallback({{key: 'ds:5', hash: '1', {data}"
    answer = play(shop, page.encode(), "com.a")
    assert answer.found is None and answer.seen == "other_form"
