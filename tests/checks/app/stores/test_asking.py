"""Which stores are asked, all at once, and what their answers are held to."""

from __future__ import annotations

import socket
import threading

import msgspec
import pytest
from werkzeug import Request, Response

from checks.app.stores import ask_all
from checks.app.stores.asking import elsewhere
from checks.proxy import ProxyEntry, ProxyFact, Settings
from diag.app_profile import (
    AppStore,
    Chocolatey,
    Electron,
    Flathub,
    Github,
    GooglePlay,
    HomebrewCask,
    JsonSource,
    MicrosoftStore,
    Snapcraft,
    Source,
    Sparkle,
    Store,
    Winget,
)
from diag.deadline import Deadline
from diag.model import OsFamily
from tests.checks.app.stores.shop import Shop, only
from tests.net.servers import answer, proxy_server
from tests.support import context, profile_from, replay

SOURCES = [
    "app_store",
    "google_play",
    "microsoft_store",
    "homebrew_cask",
    "flathub",
    "snapcraft",
    "winget",
    "chocolatey",
    "sparkle",
    "electron",
    "github",
    "json",
]

PHONES = ["app_store", "google_play"]


def every_section(base: str) -> dict[str, Source]:
    return {
        "app_store": AppStore(id=1, base_url=base),
        "google_play": GooglePlay(package="test.app.example", base_url=base),
        "microsoft_store": MicrosoftStore(product_id="9NBLGGH4NNS1", base_url=base),
        "homebrew_cask": HomebrewCask(token="example", base_url=base),
        "flathub": Flathub(id="test.app.Example", base_url=base),
        "snapcraft": Snapcraft(name="example", base_url=base),
        "winget": Winget(id="Vendor.Example", base_url=base),
        "chocolatey": Chocolatey(id="example", base_url=base),
        "sparkle": Sparkle(url=f"{base}/appcast.xml"),
        "electron": Electron(url=f"{base}/latest.yml"),
        "github": Github(repo="vendor/example", base_url=base),
        "json": JsonSource(url=f"{base}/v.json", pointer="/version"),
    }


def chosen(shop: Shop, *names: str) -> dict[str, Source]:
    sections = every_section(shop.base)
    return {name: sections[name] for name in names}


@pytest.mark.parametrize(
    ("os", "phone", "asked"),
    [
        ("linux", False, ["flathub", "snapcraft", "sparkle", "electron", "github", "json"]),
        ("macos", False, ["app_store", "homebrew_cask", "sparkle", "electron", "github", "json"]),
        (
            "windows",
            False,
            ["microsoft_store", "winget", "chocolatey", "sparkle", "electron", "github", "json"],
        ),
        ("other", False, ["github", "json"]),
        ("other", True, [*PHONES, "github", "json"]),
        (
            "linux",
            True,
            [*PHONES, "flathub", "snapcraft", "sparkle", "electron", "github", "json"],
        ),
    ],
)
def test_only_what_matters_is_asked(
    shop: Shop, os: OsFamily, phone: bool, asked: list[str]
) -> None:
    shop.server.expect_request("").respond_with_data("", status=404)
    answers = shop.ask(every_section(shop.base), os=os, phone=phone)
    assert [answer.source for answer in answers] == sorted(asked, key=SOURCES.index)


def test_they_are_asked_at_the_same_time(shop: Shop) -> None:
    """None is answered before all have come."""
    together = threading.Barrier(3)

    def wait(_: Request) -> Response:
        together.wait(timeout=5)
        return Response("", status=404)

    shop.server.expect_request("").respond_with_handler(wait)
    answers = shop.ask(chosen(shop, "json", "electron", "sparkle"))
    assert [answer.seen for answer in answers] == ["gone", "gone", "gone"]


def test_one_slow_store_does_not_silence_the_others(shop: Shop) -> None:
    shop.serve("/v.json", {"version": "1"})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        slow, quick = shop.ask(
            {
                "app_store": AppStore(id=1, base_url=f"http://127.0.0.1:{silent.getsockname()[1]}"),
                "json": section_of(shop),
            },
            os="macos",
            seconds=1.0,
        )
    assert [slow.source, quick.source] == ["app_store", "json"]
    assert slow.failure is not None and slow.failure.code == "timeout"
    assert quick.found is not None


def test_stores_that_disagree_are_all_there(shop: Shop) -> None:
    shop.serve("/v.json", {"version": "2.1"})
    shop.serve("/latest-linux.yml", "version: 2.0.9\n")
    shop.server.expect_request("/appcast.xml").respond_with_data("", status=404)
    answers = shop.ask(chosen(shop, "json", "electron", "sparkle"))
    assert {answer.source: answer.found and answer.found.version for answer in answers} == {
        "electron": "2.0.9",
        "json": "2.1",
        "sparkle": None,
    }


def section_of(shop: Shop) -> JsonSource:
    return JsonSource(url=f"{shop.base}/v.json", pointer="/version")


@pytest.mark.parametrize(
    ("status", "headers", "seen"),
    [
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "60"}, "rate_limited"),
        (403, {"X-RateLimit-Remaining": "12"}, "http_error"),
        (403, {"Retry-After": "60"}, "rate_limited"),
        (503, {"Retry-After": "60"}, "rate_limited"),
        (429, {}, "rate_limited"),
        (400, {}, "http_error"),
        (204, {}, "http_error"),
    ],
)
def test_limits_are_told_from_refusals(
    shop: Shop, status: int, headers: dict[str, str], seen: str
) -> None:
    shop.serve("/v.json", "", status=status, headers=headers)
    answer = only(shop.ask({"json": section_of(shop)}))
    assert answer.failure is not None and answer.failure.code == "refused"
    assert answer.seen == seen


@pytest.mark.parametrize(
    ("age", "age_s"), [("86400", 86400.0), ("0", 0.0), ("-5", None), ("１２", None), ("x", None)]
)
def test_how_stale_an_answer_is(shop: Shop, age: str, age_s: float | None) -> None:
    headers = {"Age": age} if age.isascii() else {"Age": "12 hours"}
    shop.serve("/v.json", {"version": "1"}, headers=headers)
    assert only(shop.ask({"json": section_of(shop)})).age_s == age_s


def test_a_redirect_within_the_web_is_followed(shop: Shop) -> None:
    shop.serve("/v.json", "", status=302, headers={"Location": "/new"})
    shop.serve("/new", {"version": "2"})
    answer = only(shop.ask({"json": section_of(shop)}))
    assert answer.found is not None and answer.found.version == "2"


def test_a_store_that_redirects_for_ever(shop: Shop) -> None:
    shop.serve("/v.json", "", status=302, headers={"Location": "/v.json"})
    answer = only(shop.ask({"json": section_of(shop)}))
    assert answer.failure is not None and answer.failure.code == "refused"


def test_a_name_in_a_profile_stays_a_name(shop: Shop) -> None:
    """What a profile names is a part of the path, whatever is in it."""
    shop.server.expect_request("").respond_with_data("", status=404)
    on_linux: dict[str, Source] = {
        "flathub": Flathub(id="../../admin?x=1#", base_url=shop.base),
        "snapcraft": Snapcraft(name="a/b c", base_url=shop.base),
    }
    shop.ask(on_linux)
    shop.ask({"homebrew_cask": HomebrewCask(token="../x", base_url=shop.base)}, os="macos")
    asked = {request.environ["RAW_URI"] for request, _ in shop.server.log}
    assert asked == {
        "/api/v2/appstream/..%2F..%2Fadmin%3Fx%3D1%23?locale=en",
        "/v2/snaps/info/a%2Fb%20c",
        "/api/cask/..%2Fx.json",
    }


def test_another_base() -> None:
    url = "https://store.app.test/a/v.json?x=1"
    assert elsewhere(url, None) == url
    assert elsewhere(url, "http://127.0.0.1:8/") == "http://127.0.0.1:8/a/v.json?x=1"


def test_through_the_proxy_that_programs_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of the store is never looked up on this device."""
    monkeypatch.setattr("checks.proxy.settings.from_desktop", lambda _: Settings())
    store = Store(json=JsonSource(url="http://store.app.test/v.json", pointer="/version"))
    profile = msgspec.structs.replace(profile_from({}), store=store)
    with proxy_server({}, plain=answer(b'{"version": "4.2"}')) as proxy:
        port = proxy.server.port
        entry = ProxyEntry(
            scheme="http",
            host="127.0.0.1",
            port=port,
            has_credentials=True,
            loopback=True,
            local=True,
        )
        host = replay(env={"http_proxy": f"http://user:pass@127.0.0.1:{port}"}, network=True)
        ctx = context(profile, ProxyFact(source="env", http=entry))
        found = only(ask_all(host, ctx, Deadline.after(5))).found
    assert found is not None and found.version == "4.2"
    assert proxy.asked == ["http://store.app.test/v.json"]
    assert proxy.credentials
