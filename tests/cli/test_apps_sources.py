"""`diag apps check` asks each source of a profile once and shows what it understood."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest
from pytest_httpserver import HTTPServer

from diag.catalog import Catalog
from diag.model import Args, FailureCode, Language
from tests.checks.app.stores.shop import recorded
from tests.checks.status.kinds.documents import instatus
from tests.checks.status.pages import summary
from tests.cli.diag_process import diag
from tests.support import NOW

PROFILE = """schema = 1
[app]
id = "mine"
name = {{ en = "Mine", ja = "私のアプリ" }}
[[endpoint]]
id = "login"
url = "{login}"
role = "login"
expect_body = "ログイン"
[status_page]
url = "{status}"
components = ["LOGIN"]
[store]
json = {{ url = "{store}", pointer = "/version" }}
google_play = {{ package = "com.youngkiu.stock_knee_shoulder", base_url = "{play}" }}
"""


@pytest.fixture
def profile(httpserver: HTTPServer, tmp_path: Path) -> Path:
    httpserver.no_handler_status_code = 404
    path = tmp_path / "mine.toml"
    path.write_text(
        PROFILE.format(
            login=httpserver.url_for("/login"),
            status=httpserver.url_for("/status"),
            store=httpserver.url_for("/version.json"),
            play=httpserver.url_for(""),
        ),
        "utf-8",
    )
    return path


def answer(server: HTTPServer) -> None:
    server.expect_request("/login").respond_with_data(
        "<title>Sign in</title><h1>ログイン</h1>", content_type="text/html; charset=utf-8"
    )
    server.expect_request("/version.json").respond_with_json({"version": "2.4.0"})
    server.expect_request("/store/apps/details").respond_with_data(
        recorded("google-play-korean.html"), content_type="text/html; charset=utf-8"
    )
    server.expect_request("/status/api/v2/summary.json").respond_with_data(
        json.dumps(summary("none")), content_type="application/json"
    )


def asked(server: HTTPServer, path: str) -> int:
    return Counter(request.path for request, _ in server.log)[path]


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "en",
            [
                'login: the right page (HTTP 200, "Sign in")',
                "Status page: read as statuspage, 2 parts: all is well",
                "Parts that matter, as found there: Login",
                "newest version 2.4.0",
                "Google Play (store.google_play): newest version 1.5.1",
            ],
        ),
        (
            "ja",
            [
                "login: 正しいページです（HTTP 200、「Sign in」）",
                "statuspage として読めました（2 項目）: 正常",
                "対象の項目（ページ上の名前）: Login",
                "最新版は 2.4.0",
                "Google Play（store.google_play）: 最新版は 1.5.1",
            ],
        ),
    ],
)
def test_what_was_understood(
    httpserver: HTTPServer, tmp_path: Path, profile: Path, lang: str, expected: list[str]
) -> None:
    answer(httpserver)
    done = diag(tmp_path, "apps", "check", str(profile), "--lang", lang, network=True)
    text = done.stdout.decode()
    for line in expected:
        assert line in text, text
    assert done.returncode == 0, done.stderr
    assert asked(httpserver, "/version.json") == 1
    assert asked(httpserver, "/status/api/v2/summary.json") == 1


def test_what_was_not_understood_is_said_with_what_was_seen(
    httpserver: HTTPServer, tmp_path: Path, profile: Path
) -> None:
    httpserver.expect_request("/status").respond_with_data("<!doctype html><h1>Fine</h1>")
    httpserver.expect_request("/login").respond_with_data("<h1>Welcome</h1>")
    done = diag(tmp_path, "apps", "check", str(profile), network=True)
    text = done.stdout.decode()
    assert "not understood. What was seen: no format that is known" in text
    assert "a web page" in text
    assert "login: another answer than the profile expects (HTTP 200)" in text
    assert "does not have this app" in text
    assert done.returncode == 3


def test_another_kind_of_page_is_told_by_its_name(
    httpserver: HTTPServer, tmp_path: Path, profile: Path
) -> None:
    whole, parts = instatus("HASISSUES", "MAJOROUTAGE")
    httpserver.expect_request("/status/summary.json").respond_with_json(whole)
    httpserver.expect_request("/status/v3/components.json").respond_with_json(parts)
    done = diag(tmp_path, "apps", "check", str(profile), network=True)
    assert "read as instatus, 1 parts: outage" in done.stdout.decode()


def test_offline_asks_nobody(httpserver: HTTPServer, tmp_path: Path, profile: Path) -> None:
    done = diag(tmp_path, "apps", "check", str(profile), "--offline", network=True)
    assert done.returncode == 0
    assert httpserver.log == []


def test_a_profile_without_sources_says_so(tmp_path: Path) -> None:
    bare = tmp_path / "bare.toml"
    bare.write_text('schema = 1\n[app]\nid = "x"\nname = { en = "X" }\n', "utf-8")
    done = diag(tmp_path, "apps", "check", str(bare))
    assert "names no source" in done.stdout.decode()
    assert done.returncode == 0


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("code", get_args(FailureCode))
@pytest.mark.parametrize(
    ("check", "key"), [("app", "unseen"), ("app", "failed"), ("status", "unreadable")]
)
def test_why_not_is_said_in_words(language: Language, code: str, check: str, key: str) -> None:
    catalog = Catalog.load(language, ("checks",))
    args: Args = {"source": "flatpak", "reason": code, "seen": None}
    text = catalog.format(catalog.understood(check, key), args, now=NOW, zone="UTC")
    assert catalog.word("reason", code) in text
    assert not re.search(rf"\(({code})\)|（({code})）", text)
