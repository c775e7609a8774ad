"""What the probes mean: from a real server's behaviour to the finding, and the rules one by one."""

from __future__ import annotations

from typing import Any

import pytest

from checks.endpoint.facts import (
    EndpointProbe,
)
from diag.model import Crossed, Failure, Finding, Layer, Unmeasured
from tests.checks.endpoint.devices import (
    API,
    LOGIN,
    LOGIN_2,
    LOGIN_PAGE,
    ONLINE,
    WWW,
    codes,
    collect,
    device,
    endpoints,
    judge,
)
from tests.checks.endpoint.probed import HOST, SILENT, fact, family, found, good, kinds, one
from tests.net.servers import (
    answer,
    web_server,
)

# --- a page that is not the right one -----------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "code", "confidence"),
    [
        (answer(status="500 Internal Server Error"), "service.error", "certain"),
        (answer(b"<h1>Oops</h1>", "503 Service Unavailable"), "service.error", "certain"),
        (answer(status="404 Not Found"), "service.error", "possible"),
        (answer(status="403 Forbidden"), "service.rejects_client", "possible"),
        (answer(status="451 Unavailable For Legal Reasons"), "service.rejects_client", "possible"),
        (
            answer(b"Just a moment", "503 Service", headers={"cf-mitigated": "challenge"}),
            "service.rejects_client",
            "possible",
        ),
        (answer(status="429 Too Many Requests"), "service.rate_limited", "certain"),
        (answer("ただいま混み合っております".encode(), "503 Busy"), "service.busy", "likely"),
        (
            answer("システムメンテナンス中です".encode(), "503 Service Unavailable"),
            "service.maintenance",
            "likely",
        ),
    ],
)
def test_what_a_page_says(page: bytes, code: str, confidence: str) -> None:
    (finding,) = found(page)
    assert (finding.code, finding.confidence) == (code, confidence)
    assert finding.subject == "endpoint:login"
    assert finding.args["host"] == HOST
    assert finding.args["support_phone"] == "0120-000-000"


@pytest.mark.parametrize(
    ("text", "code", "confidence"),
    [
        ("アクセスが集中しています。", "service.busy", "certain"),
        ("メンテナンス中。アクセスが集中しています。", "service.maintenance", "likely"),
    ],
)
def test_a_page_that_says_sorry_with_200(text: str, code: str, confidence: str) -> None:
    (finding,) = found(answer(text.encode()), expect_body="会員番号", sorry_body="アクセスが集中")
    assert (finding.code, finding.confidence) == (code, confidence)


def test_a_page_that_works_may_speak_of_maintenance() -> None:
    news = LOGIN_PAGE + "<p>日曜にメンテナンスを行います。混雑しています。</p>"
    assert found(answer(news.encode()), expect_body="会員番号", sorry_body="アクセスが集中") == []


@pytest.mark.parametrize("status", ["200 OK", "204 No Content", "301 Moved", "401 Unauthorized"])
def test_what_is_expected_without_a_word_in_the_profile(status: str) -> None:
    assert found(answer(status=status)) == []


def test_only_the_expected_status_if_the_profile_names_one() -> None:
    assert found(answer(status="404 Not Found"), expect_status=[404]) == []
    assert codes(found(answer(), expect_status=[404])) == ["service.error"]


def test_an_unknown_page_is_unknown() -> None:
    page = fact(one("login", family("ipv4", LOGIN, **good(recognised=False))))
    judged = kinds(page, ONLINE)
    assert not [each for each in judged if isinstance(each, Finding)]
    assert Unmeasured(code="service.error", subject="endpoint:login", reason="unparsable") in judged


def test_the_number_of_the_request_is_for_the_support() -> None:
    (finding,) = found(answer(status="500 Oops", headers={"CF-Ray": "8a1b2c-NRT"}))
    assert finding.args["request_id"] == "8a1b2c-NRT"
    assert finding.args["times"] == 2


def test_a_pause_asked_for_is_passed_on() -> None:
    (finding,) = found(answer(status="429 Slow Down", headers={"Retry-After": "600"}))
    assert finding.args["retry_after_s"] == 600


# --- it works, but ------------------------------------------------------------------------------


def test_a_slow_answer() -> None:
    probed = fact(one("login", family("ipv4", LOGIN, **good(took_s=6.2))))
    (finding,) = judge(probed, endpoints())
    assert (finding.code, finding.severity) == ("service.degraded", "warning")
    assert finding.args["took_s"] == 6.2


def test_one_of_two_addresses_fails() -> None:
    with web_server(answer(b"fine")) as web:
        host = device({(LOGIN_2, 80): web.port}, names={HOST: (LOGIN, LOGIN_2)})
        profile = endpoints(url=f"http://{HOST}/")
        (finding,) = judge(collect(host, profile), profile)
    assert (finding.code, finding.severity) == ("service.degraded", "warning")
    assert (finding.args["failing"], finding.args["tried"]) == (1, 2)


# --- what the user came for ---------------------------------------------------------------------

DOWN = good(status=503, expected=False)


@pytest.mark.parametrize(
    ("ids", "severities"),
    [
        (("login", "www"), [None, "warning"]),
        (("www",), [None]),
        (("reset", "www"), [None, "warning"]),
    ],
)
def test_a_plain_page_is_grave_only_where_it_is_all(
    ids: tuple[str, ...], severities: list[str | None]
) -> None:
    probed = fact(*(one(each, family("ipv4", WWW, **DOWN)) for each in ids))
    assert [each.severity for each in judge(probed, endpoints(*ids))] == severities


# --- how far one came, and what stays open ------------------------------------------------------


@pytest.mark.parametrize(
    ("probe", "layer"),
    [
        (good(), Layer.TLS),
        (good(status=503, expected=False), Layer.TLS),
        ({"tcp": "ok", "tcp_s": 0.1}, Layer.GATEWAY),
        (SILENT, None),
    ],
)
def test_what_a_probe_got_past(probe: dict[str, Any], layer: Layer | None) -> None:
    judged = kinds(fact(one("login", family("ipv4", LOGIN, **probe))))
    crossed = [each for each in judged if isinstance(each, Crossed)]
    expected = [Crossed(layer=layer, subject="endpoint:login/ipv4")] if layer else []
    assert crossed == expected


def test_a_device_without_addresses_measures_nothing() -> None:
    nothing = fact(
        one("login", family("ipv4", usable=False), family("ipv6", usable=False)),
    )
    (judged,) = kinds(nothing)
    assert judged == Unmeasured(
        code="endpoint.unreachable", subject="endpoint:login", reason="unreachable"
    )


def test_what_did_not_come_in_is_open() -> None:
    (judged,) = kinds(fact(EndpointProbe(id="login", host=HOST, port=443, tls=True)))
    assert isinstance(judged, Unmeasured)
    assert judged.reason == "timeout"


def test_a_proxy_of_a_kind_that_is_not_spoken() -> None:
    failure = Failure(code="unsupported", operation="proxy")
    (judged,) = kinds(
        fact(
            EndpointProbe(id="login", host=HOST, port=443, tls=True, proxied=True, failure=failure)
        )
    )
    assert isinstance(judged, Unmeasured)
    assert judged.reason == "unsupported"


def test_an_endpoint_that_the_profile_no_longer_has_is_passed_over() -> None:
    """A replay may come with another profile's facts."""
    assert judge(fact(one("gone", family("ipv4", WWW, **DOWN))), endpoints()) == []


def test_what_a_person_can_open_is_the_login_page() -> None:
    """An API's own address shows them nothing."""
    probed = fact(one("api", family("ipv4", API, **DOWN)))
    for ids, page in ((("login", "api"), "https://login.app.test/"), (("api",), None)):
        (finding,) = judge(probed, endpoints(*ids))
        assert finding.args["page_url"] == page
