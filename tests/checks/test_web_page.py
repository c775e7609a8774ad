"""Pages as text."""

from __future__ import annotations

import time

import pytest

from checks.web_page import TEXT_LIMIT, Elsewhere, elsewhere, redirected, text_of, title_of, visible
from diag.net.http import HttpAnswer


def page(body: bytes, **headers: str) -> HttpAnswer:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpAnswer("ok", 0.1, status=200, headers=fields, body=body)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("ログイン".encode("cp932"), {"content_type": "text/html; charset=Shift_JIS"}),
        (b'<meta charset="euc-jp">' + "ログイン".encode("euc-jp"), {}),
        ("ログイン".encode(), {}),
        ("ログイン".encode(), {"content_type": "text/html; charset=no-such-thing"}),
    ],
)
def test_text_by_what_it_declares(body: bytes, headers: dict[str, str]) -> None:
    assert "ログイン" in text_of(page(body, **headers))


def test_title() -> None:
    assert title_of("<TITLE lang=en>\n Bob &amp; \n Co </TITLE>") == "Bob & Co"
    assert title_of("<p>none</p>") == ""


def test_what_a_reader_sees() -> None:
    text = (
        "<html><head><style>p {content: 'blocked'}</style></head><!-- suspended -->"
        "<script>var t = 'blocked by your administrator';</script>"
        "<p>Hello&nbsp;<b>you</b></p>bye"
    )
    assert visible(text) == "Hello you bye"


@pytest.mark.parametrize(
    "rest", ["<script>blocked", "<!-- blocked", "<p blocked", "<style>blocked"]
)
def test_what_does_not_end_is_not_seen(rest: str) -> None:
    assert visible(f"Hello {rest}") == "Hello"


@pytest.mark.parametrize("piece", ["<", "<script>", "<!--", "<script></script", "a<b ", "&lt;"])
def test_no_page_keeps_one_busy(piece: str) -> None:
    text = piece * (TEXT_LIMIT // len(piece))
    started = time.process_time()
    visible(text)
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("http://portal.cafe.test/welcome?mac=02-00", ("http", "portal.cafe.test", "/welcome")),
        ("//portal.cafe.test", ("http", "portal.cafe.test", "")),
        (
            "https://portal.cafe.test:8443/" + "x" * 200,
            ("https", "portal.cafe.test", "/" + "x" * 79),
        ),
        ("/elsewhere", None),
        ("https://www.example.com/", None),
        ("ftp://other.example/", None),
        ("http://[::1", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_where_a_redirect_leads(target: str, found: tuple[str, str, str] | None) -> None:
    expected = Elsewhere(*found) if found else None  # type: ignore[arg-type]
    assert elsewhere("http://www.example.com/a", target) == expected
    answer = HttpAnswer("ok", 0.1, status=302, headers={"location": target})
    assert redirected("http://www.example.com/a", answer) == expected


def test_a_page_that_has_a_location_is_no_redirect() -> None:
    answer = HttpAnswer("ok", 0.1, status=201, headers={"location": "http://portal.cafe.test/"})
    assert redirected("http://www.example.com/", answer) is None
