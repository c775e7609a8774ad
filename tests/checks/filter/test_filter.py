"""Who answers in place of the app's hosts: real web servers on loopback stand in for filters and
portals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from checks.endpoint import EndpointFact
from checks.endpoint.facts import (
    AddressProbe,
    EndpointProbe,
    FamilyProbe,
    HttpExchange,
    TlsExchange,
)
from checks.endpoint.page import exchange_of
from checks.filter import CHECK, FilterFact, PlainAnswer
from checks.forgery import ForgeryFact, HostNames
from checks.internet import InternetFact, ProbeAnswer
from diag.model import Fact, Failed, Finding
from diag.net.certificates import Certificate
from diag.net.http import HttpAnswer
from diag.net.tls import TlsOutcome
from tests.checks.endpoint.devices import API, LOGIN, ONLINE, endpoints
from tests.net.servers import SignpostHost, answer, redirect, reset_at_once, tcp_server, web_server
from tests.support import context, view

BLOCKED = answer(
    b"<title>Blocked</title>This site is blocked by your administrator. FortiGuard",
    "403 Forbidden",
)
TO_PORTAL = redirect("http://portal.cafe.test/welcome?mac=02-00-5e-00-53-01")
TO_BLOCK_PAGE = redirect("http://blocked.isp.test/block.html?ip=192.0.2.77")
PROFILE = endpoints("login", "api")


def certificate(*names: str, sha256: str = "aa") -> Certificate:
    day = datetime(2026, 11, 22, tzinfo=UTC)
    return Certificate(
        subject=names[0],
        names=names,
        issuer="X",
        issuer_organisation="X",
        not_before=day,
        not_after=day,
        sha256=sha256,
    )


def probed(
    host: str,
    address: str,
    tls: TlsOutcome | None = "reset",
    shown: Certificate | None = None,
    page: HttpExchange | None = None,
    added_root: bool | None = None,
    **rest: Any,
) -> EndpointProbe:
    exchange = None
    if tls is not None:
        exchange = TlsExchange(outcome=tls, took_s=0.1, certificate=shown, added_root=added_root)
    probe = AddressProbe(
        address=address,
        scope="global",
        tcp="ok",
        tcp_s=0.1,
        tls=exchange,
        http=page,
    )
    family = FamilyProbe(family="ipv4", usable=True, resolve="ok", resolve_s=0.0, probes=(probe,))
    return EndpointProbe(
        id=host.partition(".")[0],
        host=host,
        port=443,
        tls=tls is not None,
        families=(family,),
        **rest,
    )


def failing(**both: Any) -> EndpointFact:
    return EndpointFact(
        endpoints=(
            probed("login.app.test", LOGIN, **both),
            probed("api.app.test", API, **both),
        )
    )


def looked(
    fact: EndpointFact, port: int, internet: InternetFact = ONLINE
) -> tuple[FilterFact, SignpostHost]:
    host = SignpostHost(routes={(LOGIN, 80): port, (API, 80): port}, elsewhere=1)
    return CHECK.collect(host, context(PROFILE, fact, internet)), host


def found(*facts: Fact) -> list[tuple[str, str, str]]:
    own = next(fact for fact in facts if isinstance(fact, FilterFact))
    judged = CHECK.judge(own, view(*facts, profile=PROFILE))
    return [
        (each.code, each.subject, each.confidence) for each in judged if isinstance(each, Finding)
    ]


@contextmanager
def serving(reply: bytes) -> Iterator[int]:
    with web_server(reply) as server:
        yield server.port


# --- whether to look ---


def test_hosts_that_proved_themselves_are_left_alone() -> None:
    fact, host = looked(failing(tls="ok"), 1)
    assert (fact.answers, host.dialled) == ((), [])


def test_nor_hosts_behind_a_proxy_or_without_tls_or_without_an_address() -> None:
    unresolved = EndpointProbe(
        id="login",
        host="login.app.test",
        port=443,
        tls=True,
        families=(FamilyProbe(family="ipv4", usable=True, resolve="no_name", resolve_s=0.0),),
    )
    for each in (
        probed("login.app.test", LOGIN, proxied=True),
        probed("login.app.test", LOGIN, tls=None),
        unresolved,
    ):
        fact, host = looked(EndpointFact(endpoints=(each,)), 1)
        assert (fact.answers, host.dialled) == ((), [])


def test_nor_any_once_a_portal_is_known() -> None:
    portal = ProbeAnswer(
        vendor="apple", family="ipv4", outcome="redirected", portal_host="portal", took_s=0.1
    )
    fact, host = looked(failing(), 1, InternetFact(probes=(portal,), connects=()))
    assert (fact.answers, host.dialled) == ((), [])


def test_without_endpoints_there_is_nothing_to_look_at() -> None:
    with pytest.raises(Failed) as raised:
        looked(EndpointFact(endpoints=()), 1)
    assert raised.value.failure.code == "not_configured"


def test_what_is_asked() -> None:
    with web_server(BLOCKED) as server:
        _, host = looked(failing(), server.port)
        assert sorted(host.dialled) == sorted([(LOGIN, 80), (API, 80)])
        assert sorted(head.split(b"\r\n")[0] for head in server.heads) == [b"GET / HTTP/1.1"] * 2
        hosts = {line for head in server.heads for line in head.split(b"\r\n") if b"Host:" in line}
        assert hosts == {b"Host: login.app.test", b"Host: api.app.test"}


# --- a filter ---


def test_a_filter_that_says_so() -> None:
    endpoint = failing()
    with serving(BLOCKED) as port:
        fact, _ = looked(endpoint, port)
    assert found(fact, endpoint, ONLINE) == [
        ("content_filter.blocked", "endpoint:login", "certain"),
        ("content_filter.blocked", "endpoint:api", "certain"),
    ]
    (login, _) = fact.answers
    assert (login.title, login.filter, login.status) == ("Blocked", "FortiGuard", 403)


def test_a_filter_known_by_the_address_of_its_page() -> None:
    endpoint = failing()
    with serving(TO_BLOCK_PAGE) as port:
        fact, _ = looked(endpoint, port)
    assert {confidence for *_, confidence in found(fact, endpoint, ONLINE)} == {"likely"}
    assert "192.0.2.77" not in repr(fact)


def test_a_filter_known_by_its_certificate() -> None:
    endpoint = failing(tls="wrong_host", shown=certificate("block.opendns.com"))
    fact, _ = looked(endpoint, 1)
    assert [each.certificate_filter for each in fact.answers] == ["Cisco Umbrella"] * 2
    assert ("content_filter.blocked", "endpoint:login", "likely") in found(fact, endpoint, ONLINE)


@pytest.mark.parametrize(
    ("names", "foreign"),
    [
        (("login.app.test",), False),
        (("*.app.test", "app.test"), False),
        (("LOGIN.app.test",), False),
        (("*.test",), True),
        (("app.test",), True),
        (("other.test",), True),
    ],
)
def test_whose_certificate_it_is(names: tuple[str, ...], foreign: bool) -> None:
    shown = probed("login.app.test", LOGIN, tls="unknown_issuer", shown=certificate(*names))
    fact, _ = looked(EndpointFact(endpoints=(shown,)), 1)
    assert bool(fact.answers[0].foreign_certificate) is foreign


REFUSAL = HttpExchange(
    outcome="ok", took_s=0.1, status=403, title="No", notice="blocked", filter="Zscaler"
)


@pytest.mark.parametrize(
    ("tls", "added_root", "blamed"),
    [("ok", True, True), ("ok", False, False), ("ok", None, False), (None, None, True)],
)
def test_a_page_is_a_filters_only_if_somebody_in_between_can_have_sent_it(
    tls: TlsOutcome | None, added_root: bool | None, blamed: bool
) -> None:
    """A service's own firewall speaks of blocking, too."""
    endpoint = EndpointFact(
        endpoints=(probed("login.app.test", LOGIN, tls=tls, added_root=added_root, page=REFUSAL),)
    )
    expected = [("content_filter.blocked", "endpoint:login", "certain")] if blamed else []
    assert found(FilterFact(), endpoint, ONLINE) == expected


@pytest.mark.parametrize(
    ("status", "login", "notice"),
    [
        (403, {}, "blocked"),
        (200, {"expect_body": "ログイン"}, "blocked"),
        (200, {}, None),  # a page that may well speak of filters
        (200, {"expect_body": "your administrator"}, None),
    ],
)
def test_only_a_page_that_is_not_the_right_one_is_read(
    status: int, login: dict[str, str], notice: str | None
) -> None:
    (declared, *_) = endpoints("login", **login).endpoint
    body = b"This site is blocked by your administrator. Zscaler"
    exchange = exchange_of(HttpAnswer("ok", 0.1, status=status, body=body), declared)
    assert (exchange.notice, exchange.filter) == (notice, "Zscaler" if notice else "")


def vendors(*, works: bool = False) -> InternetFact:
    blocked = ProbeAnswer(
        vendor="apple",
        family="ipv4",
        outcome="other_status",
        status=403,
        says="blocked",
        said_so=True,
        took_s=0.1,
    )
    expected = ProbeAnswer(vendor="google", family="ipv4", outcome="expected", took_s=0.1)
    return InternetFact(probes=(blocked, expected) if works else (blocked,), connects=())


def test_a_filter_for_everything() -> None:
    assert found(FilterFact(), failing(), vendors()) == [
        ("content_filter.blocked", "path", "certain")
    ]


def test_vendors_pages_blocked_while_the_app_works_are_no_matter() -> None:
    assert found(FilterFact(), failing(tls="ok"), vendors()) == []
    assert found(FilterFact(), failing(), vendors(works=True)) == []


# --- a portal behind vendors' pages that are let through ---


def test_a_portal_seen_by_where_plain_pages_lead() -> None:
    endpoint = failing()
    with serving(TO_PORTAL) as port:
        fact, _ = looked(endpoint, port)
    assert found(fact, endpoint, ONLINE) == [("captive_portal.signin", "path", "likely")]
    assert "02-00-5e" not in repr(fact)


def test_a_portal_seen_by_its_certificate() -> None:
    endpoint = failing(tls="wrong_host", shown=certificate("portal.cafe.test"))
    with serving(answer(b"<title>Cafe</title>")) as port:
        fact, _ = looked(endpoint, port)
    assert found(fact, endpoint, ONLINE) == [("captive_portal.signin", "path", "likely")]


def test_a_foreign_certificate_alone_may_be_the_vendors_mistake() -> None:
    endpoint = failing(tls="wrong_host", shown=certificate("x.content-network.test"))
    with tcp_server(reset_at_once) as server:
        fact, _ = looked(endpoint, server.port)
    assert found(fact, endpoint, ONLINE) == []


def plain(host: str, **rest: Any) -> PlainAnswer:
    fields = {"address": LOGIN, "scope": "global", "status": 302, **rest}
    return PlainAnswer(host=host, **fields)


AWAY: dict[str, Any] = {"leads_host": "portal", "leads_scheme": "http", "akin": False}


@pytest.mark.parametrize(
    ("login", "api", "portal"),
    [
        (AWAY, AWAY, True),
        (AWAY, {"status": None}, False),
        (AWAY, {**AWAY, "leads_host": "other"}, False),
        ({**AWAY, "foreign_certificate": "aa"}, {"status": None}, True),
        ({"status": 511}, {"status": None}, True),
        ({"status": 200}, {"status": 200}, False),
        ({"leads_host": "www", "akin": True}, {"leads_host": "www", "akin": True}, False),
    ],
)
def test_what_makes_a_portal(login: dict[str, Any], api: dict[str, Any], portal: bool) -> None:
    fact = FilterFact(answers=(plain("login.app.test", **login), plain("api.app.test", **api)))
    expected = [("captive_portal.signin", "path", "likely")] if portal else []
    assert found(fact, failing(), ONLINE) == expected


def test_the_own_site_under_another_name_is_no_portal() -> None:
    endpoint = failing()
    with serving(redirect("https://www.app.test/login")) as port:
        fact, _ = looked(endpoint, port)
    assert found(fact, endpoint, ONLINE) == []


@pytest.mark.parametrize(("scope", "portal"), [("global", False), ("private", True)])
def test_names_forged_to_lead_abroad_are_another_matter(scope: str, portal: bool) -> None:
    answers = tuple(plain(f"{name}.app.test", scope=scope, **AWAY) for name in ("login", "api"))
    forged = ForgeryFact(
        hosts=tuple(
            HostNames(host=f"{name}.app.test", proven=False, public="ok", agrees=False)
            for name in ("login", "api")
        )
    )
    codes = [code for code, *_ in found(FilterFact(answers=answers), failing(), ONLINE, forged)]
    assert codes == (["captive_portal.signin"] if portal else [])


def test_a_portal_for_some_hosts_only() -> None:
    """Another host of the app was met: what stands in the way is not in everybody's."""
    endpoint = EndpointFact(
        endpoints=(
            probed("login.app.test", LOGIN),
            probed("api.app.test", API),
            probed("www.app.test", API, tls="ok"),
        )
    )
    fact = FilterFact(answers=(plain("login.app.test", **AWAY), plain("api.app.test", **AWAY)))
    assert found(fact, endpoint, ONLINE) == [
        ("captive_portal.signin", "endpoint:login", "likely"),
        ("captive_portal.signin", "endpoint:api", "likely"),
    ]
