"""Stores on a local server, through the way that documents really come."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from checks.app.stores import StoreAnswer, ask_all
from checks.app.stores.json_pointer import elsewhere, read, resolve
from diag.app_profile import AppStore, Github, JsonSource, Store
from diag.deadline import Deadline
from diag.host import real_host
from diag.model import Failed
from tests.support import context, profile_from

RESULT: dict[str, Any] = {
    "wrapperType": "software",
    "kind": "software",
    "trackId": 123456789,
    "trackName": "例のアプリ",
    "version": "5.12.0",
    "currentVersionReleaseDate": "2026-11-10T08:15:00Z",
    "minimumOsVersion": "16.0",
    "trackViewUrl": "https://apps.apple.com/jp/app/id123456789?uo=4",
    "releaseNotes": "・軽微な修正\n\x1b[31mred",
}


def ask(store: Store, seconds: float = 5.0) -> tuple[StoreAnswer, ...]:
    ctx = context(msgspec.structs.replace(profile_from({}), store=store))
    return ask_all(real_host(), ctx, Deadline.after(seconds))


def app_store(server: HTTPServer, results: list[dict[str, Any]]) -> StoreAnswer:
    """As the service answers: named JavaScript, blank lines first."""
    body = "\n\n\n" + json.dumps({"resultCount": len(results), "results": results})
    server.expect_request(
        "/lookup", query_string={"id": "123456789", "country": "jp"}
    ).respond_with_data(body, content_type="text/javascript; charset=utf-8")
    section = AppStore(id=123456789, country="jp", base_url=server.url_for("/"))
    (answer,) = ask(Store(app_store=section))
    return answer


def test_app_store(httpserver: HTTPServer) -> None:
    found = app_store(httpserver, [RESULT]).found
    assert found is not None
    assert (found.version, found.platform, found.minimum_os) == ("5.12.0", "ios", "16.0")
    assert found.released == datetime(2026, 11, 10, 8, 15, tzinfo=UTC)
    assert found.url == RESULT["trackViewUrl"]
    assert found.notes is not None and "\x1b" not in found.notes and "\n" not in found.notes


def test_app_store_for_the_mac(httpserver: HTTPServer) -> None:
    found = app_store(httpserver, [{**RESULT, "kind": "mac-software"}]).found
    assert found is not None and found.platform == "macos"


def test_an_app_that_is_not_in_this_countrys_store(httpserver: HTTPServer) -> None:
    answer = app_store(httpserver, [])
    assert (answer.found, answer.failure) == (None, None)


def test_another_app_is_not_taken_for_it(httpserver: HTTPServer) -> None:
    answer = app_store(httpserver, [{**RESULT, "trackId": 1}])
    assert (answer.found, answer.failure) == (None, None)


def test_a_link_that_is_no_web_page_is_not_offered(httpserver: HTTPServer) -> None:
    found = app_store(httpserver, [{**RESULT, "trackViewUrl": "javascript:alert(1)"}]).found
    assert found is not None and found.url is None


@pytest.mark.parametrize(
    "body",
    ["<html>maintenance</html>", "[]", '{"results": 5}', '{"results": [5]}', "", "[" * 100_000],
)
def test_app_store_answers_in_an_unknown_form(httpserver: HTTPServer, body: str) -> None:
    httpserver.expect_request("/lookup").respond_with_data(body)
    (answer,) = ask(Store(app_store=AppStore(id=1, base_url=httpserver.url_for(""))))
    assert answer.failure is not None and answer.failure.code == "unparsable"


def test_a_version_that_is_none(httpserver: HTTPServer) -> None:
    answer = app_store(httpserver, [{**RESULT, "version": None}])
    assert answer.failure is not None and answer.failure.code == "unparsable"


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_store_that_refuses(httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request("/v.json").respond_with_data("{}", status=status)
    section = JsonSource(url=httpserver.url_for("/v.json"), pointer="/version")
    (answer,) = ask(Store(json=section))
    assert answer.failure is not None and answer.failure.code == "refused"


def test_a_document_that_is_not_there(httpserver: HTTPServer) -> None:
    section = JsonSource(url=httpserver.url_for("/v.json"), pointer="/version")
    httpserver.expect_request("/v.json").respond_with_data("no", status=404)
    (answer,) = ask(Store(json=section))
    assert (answer.found, answer.failure) == (None, None)


def test_json(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v.json").respond_with_json({"linux": [{"version": "3.4.5"}]})
    section = JsonSource(url=httpserver.url_for("/v.json"), pointer="/linux/0/version")
    (answer,) = ask(Store(json=section))
    assert answer.found is not None
    assert (answer.found.version, answer.found.platform) == ("3.4.5", "any")


def test_nobody_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    section = JsonSource(url=f"http://127.0.0.1:{port}/v.json", pointer="/version")
    (answer,) = ask(Store(json=section))
    assert answer.failure is not None
    assert answer.failure.code in ("refused", "unreachable")


def test_one_slow_store_does_not_silence_the_others(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v.json").respond_with_json({"version": "1"})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = Store(
            app_store=AppStore(id=1, base_url=f"http://127.0.0.1:{silent.getsockname()[1]}"),
            json=JsonSource(url=httpserver.url_for("/v.json"), pointer="/version"),
            github=Github(repo="vendor/example"),
        )
        slow, unserved, quick = ask(store, seconds=1.0)
    assert [slow.source, unserved.source, quick.source] == ["app_store", "github", "json"]
    assert slow.failure is not None and slow.failure.code == "timeout"
    assert unserved.failure is not None and unserved.failure.code == "unsupported"
    assert quick.found is not None


def test_a_redirect_within_the_web_is_followed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/old").respond_with_response(
        Response(status=302, headers={"Location": httpserver.url_for("/new")})
    )
    httpserver.expect_request("/new").respond_with_json({"version": "2"})
    section = JsonSource(url=httpserver.url_for("/old"), pointer="/version")
    (answer,) = ask(Store(json=section))
    assert answer.found is not None and answer.found.version == "2"


DOCUMENT = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "m~n": 8, " ": 7, "~1": 9}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", DOCUMENT),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/m~0n", 8),
        ("/ ", 7),
        ("/~01", 9),
    ],
)
def test_pointers_of_rfc_6901(pointer: str, value: object) -> None:
    assert resolve(DOCUMENT, pointer) == value


@pytest.mark.parametrize("pointer", ["foo", "/foo/01", "/foo/-", "/foo/2", "/nope", "/foo/0/1"])
def test_pointers_to_nothing(pointer: str) -> None:
    with pytest.raises(Failed) as caught:
        read(json.dumps(DOCUMENT).encode(), pointer)
    assert caught.value.failure.code == "unparsable"


@pytest.mark.parametrize(
    ("body", "version"),
    [(b'{"v": 1.10}', "1.10"), (b'{"v": 12}', "12"), (b'\xef\xbb\xbf{"v": "2"}', "2")],
)
def test_numbers_are_read_as_they_are_written(body: bytes, version: str) -> None:
    assert read(body, "/v").version == version


@pytest.mark.parametrize("body", [b'{"v": null}', b'{"v": true}', b'{"v": {}}', b'{"v": ""}'])
def test_what_is_no_version(body: bytes) -> None:
    with pytest.raises(Failed):
        read(body, "/v")


def test_another_base() -> None:
    url = "https://store.app.test/a/v.json?x=1"
    assert elsewhere(url, None) == url
    assert elsewhere(url, "http://127.0.0.1:8/") == "http://127.0.0.1:8/a/v.json?x=1"
