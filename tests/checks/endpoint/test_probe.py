"""Probing real servers on loopback: what is learnt of each layer, and by when."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
import trustme

from checks import endpoint
from checks.address import AddressFact
from checks.endpoint import EndpointFact
from checks.endpoint.facts import AddressProbe
from checks.proxy import ProxyEntry, ProxyFact
from diag.model import Failed
from tests.checks.endpoint.devices import (
    BOTH,
    IPV4_ONLY,
    LOGIN,
    LOGIN_2,
    LOGIN_6,
    LOGIN_PAGE,
    collect,
    device,
    endpoints,
    held,
)
from tests.net.servers import (
    answer,
    dripping,
    path_of,
    proxy_server,
    redirect,
    silent,
    tcp_server,
    tls_with,
    web_server,
)
from tests.support import context, profile_from, replay

PAGE = answer(
    LOGIN_PAGE.encode(),
    headers={
        "Content-Type": "text/html; charset=utf-8",
        "Date": "Sun, 22 Nov 2026 12:00:00 GMT",
        "Server": "nginx",
        "X-Request-Id": "7f3a",
        "Set-Cookie": "session=secret",
    },
)


def only(fact: EndpointFact, family: str = "ipv4") -> AddressProbe:
    """The one probe of the one endpoint."""
    (probed,) = fact.endpoints
    (probes,) = (each.probes for each in probed.families if each.family == family)
    (probe,) = probes
    return probe


def test_a_good_page_layer_by_layer(authority: trustme.CA) -> None:
    tls = tls_with(authority.issue_cert("login.app.test"))
    with web_server(PAGE, tls) as web:
        fact = collect(device(web.port), endpoints(expect_body="会員番号", sorry_body="混雑"))
        probe = only(fact)
        assert (probe.address, probe.scope, probe.tcp, probe.healthy) == (
            LOGIN,
            "global",
            "ok",
            True,
        )
        assert probe.tls is not None
        assert probe.tls.certificate is not None
        assert (probe.tls.outcome, probe.tls.version) == ("ok", "TLSv1.3")
        assert probe.tls.certificate.names == ("login.app.test",)
        assert probe.tls.chain == ("Test Trust",)
        assert probe.http is not None
        assert (probe.http.status, probe.http.title) == (200, "ログイン - 例")
        assert (probe.http.recognised, probe.http.sorry) == (True, False)
        assert probe.http.headers == {
            "date": "Sun, 22 Nov 2026 12:00:00 GMT",
            "server": "nginx",
            "x-request-id": "7f3a",
        }, "a cookie identifies someone"
        assert probe.http.date_offset_s is not None
        (head,) = web.heads
        assert head.startswith(b"GET / HTTP/1.1\r\nHost: login.app.test\r\n")


def test_the_request_names_path_query_and_port() -> None:
    profile = endpoints(url="http://login.app.test:8080/v1/health?probe=1")
    with web_server(answer(b"fine")) as web:
        assert only(collect(device(web.port), profile)).healthy
        assert web.heads[0].startswith(
            b"GET /v1/health?probe=1 HTTP/1.1\r\nHost: login.app.test:8080\r\n"
        )


def test_an_address_in_brackets() -> None:
    profile = endpoints(url=f"http://[{LOGIN_6}]:8080/")
    with web_server(answer(b"fine")) as web:
        assert only(collect(device(web.port), profile, BOTH), "ipv6").healthy
        assert f"Host: [{LOGIN_6}]:8080\r\n".encode() in web.heads[0]


# --- what a page is -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "recognised"),
    [
        (b"<p>Sign in (members)</p>", True),
        ("<p>ＳＩＧＮ　ＩＮ\n (members)</p>".encode(), True),
        (b"<p>something else</p>", False),
        (b"", False),
    ],
)
def test_a_page_is_recognised_by_its_text(page: bytes, recognised: bool) -> None:
    """A text, not a pattern: brackets mean themselves."""
    profile = endpoints(url="http://login.app.test/", expect_body="sign in (members)")
    with web_server(answer(page)) as web:
        http = only(collect(device(web.port), profile)).http
    assert http is not None
    assert (http.recognised, http.healthy) == (recognised, recognised)


@pytest.mark.parametrize("charset", ["shift_jis", "euc-jp", "utf-8"])
def test_japanese_pages_in_their_encodings(charset: str) -> None:
    profile = endpoints(url="http://login.app.test/", expect_body="会員番号")
    kind = {"Content-Type": f"text/html; charset={charset}"}
    with web_server(answer(LOGIN_PAGE.encode(charset), headers=kind)) as web:
        http = only(collect(device(web.port), profile)).http
    assert http is not None
    assert (http.recognised, http.title) == (True, "ログイン - 例")


def site(head: bytes) -> Iterator[bytes]:
    """`/` leads to /signin, which is the page; /out leads elsewhere; /round, to itself."""
    pages = {
        "/": redirect("/signin"),
        "/signin": PAGE,
        "/out": redirect("https://sso.other.test/login"),
        "/round": redirect("/round?again"),
        "/round?again": redirect("/round"),
    }
    yield pages[path_of(head)]


def test_redirects_within_the_origin_lead_to_the_page() -> None:
    profile = endpoints(url="http://login.app.test/", expect_body="会員番号")
    with web_server(site) as web:
        http = only(collect(device(web.port), profile)).http
        asked = [path_of(head) for head in web.heads]
    assert http is not None
    assert (http.status, http.redirects, http.recognised) == (200, 1, True)
    assert asked == ["/", "/signin"]


def test_nothing_is_followed_without_need() -> None:
    with web_server(site) as web:
        probe = only(collect(device(web.port), endpoints(url="http://login.app.test/")))
    assert probe.http is not None
    assert (probe.http.status, probe.http.redirects, probe.healthy) == (302, 0, True)
    assert len(web.heads) == 1


def test_other_hosts_are_not_followed() -> None:
    profile = endpoints(url="http://login.app.test/out", expect_body="会員番号")
    with web_server(site) as web:
        host = device(web.port)
        probe = only(collect(host, profile))
    assert probe.http is not None
    assert (probe.http.location, probe.http.recognised) == ("sso.other.test", None)
    assert probe.healthy, "where it leads is not known to be wrong"
    assert {address for address, _ in host.dialled} == {LOGIN}


def test_redirects_in_a_circle_end() -> None:
    profile = endpoints(url="http://login.app.test/round", expect_body="会員番号")
    with web_server(site) as web:
        collect(device(web.port), profile)
    assert len(web.heads) == 1 + endpoint.probe.REDIRECTS


def test_an_expected_redirect_is_the_answer() -> None:
    profile = endpoints(url="http://login.app.test/", expect_status=[302], expect_body="会員番号")
    with web_server(site) as web:
        assert only(collect(device(web.port), profile)).healthy
    assert len(web.heads) == 1


# --- addresses and families -----------------------------------------------------------------------


def test_two_addresses_that_both_fail() -> None:
    names = {"login.app.test": (LOGIN, LOGIN_2, "93.184.215.12")}
    with web_server(answer(status="503 Service Unavailable")) as web:
        fact = collect(device(web.port, names), endpoints(url="http://login.app.test/"))
    probes = fact.endpoints[0].probes()
    assert [each.address for each in probes] == [LOGIN, LOGIN_2]
    assert {each.http.status for each in probes if each.http} == {503}


def test_the_second_address_is_spared_if_the_first_is_fine() -> None:
    names = {"login.app.test": (LOGIN, LOGIN_2)}
    with web_server(answer(b"fine")) as web:
        fact = collect(device(web.port, names), endpoints(url="http://login.app.test/"))
    assert [each.address for each in fact.endpoints[0].probes()] == [LOGIN]


def test_one_address_that_fails_is_asked_again() -> None:
    def recovers(_: bytes) -> Iterator[bytes]:
        yield answer(status="502 Bad Gateway") if len(web.heads) == 1 else answer(b"fine")

    with web_server(recovers) as web:
        fact = collect(device(web.port), endpoints(url="http://login.app.test/"))
    assert [each.healthy for each in fact.endpoints[0].probes()] == [False, True]


def test_who_asks_for_a_pause_is_not_asked_again() -> None:
    busy = answer(status="429 Too Many Requests", headers={"Retry-After": "600"})
    with web_server(busy) as web:
        http = only(collect(device(web.port), endpoints(url="http://login.app.test/"))).http
    assert http is not None
    assert http.retry_after_s == 600
    assert len(web.heads) == 1


@pytest.mark.parametrize(
    ("addresses", "usable"),
    [
        (BOTH, {"ipv4", "ipv6"}),
        (IPV4_ONLY, {"ipv4"}),
        (held(("ipv4", "private"), ("ipv6", "unique_local")), {"ipv4"}),
        (held(("ipv4", "shared")), {"ipv4"}),
        (held(("ipv4", "link_local")), set()),
    ],
)
def test_which_families_this_device_can_use(addresses: AddressFact, usable: set[str]) -> None:
    names = {"login.app.test": (LOGIN, LOGIN_6)}
    with web_server(answer(b"fine")) as web:
        fact = collect(device(web.port, names), endpoints(url="http://login.app.test/"), addresses)
    assert {each.family for each in fact.endpoints[0].families if each.usable} == usable


# --- refused certificates -------------------------------------------------------------------------


@pytest.mark.usefixtures("authority")
def test_over_a_refused_connection_nothing_is_sent() -> None:
    foreign = trustme.CA(organization_name="Somebody").issue_cert("login.app.test")
    with web_server(PAGE, tls_with(foreign)) as web:
        probe = only(collect(device(web.port), endpoints()))
    assert probe.tls is not None
    assert probe.tls.certificate is not None
    assert probe.tls.outcome == "unknown_issuer"
    assert probe.tls.certificate.issuer_organisation == "Somebody"
    assert probe.http is None
    assert web.heads == []
    assert web.connections == 2, "one that is refused, one that reads"


def test_roots_added_by_hand_are_told_from_those_that_came_with_the_system(
    authority: trustme.CA,
) -> None:
    tls = tls_with(authority.issue_cert("login.app.test"))
    place = "/usr/local/share/ca-certificates"
    others = {each: None for each in endpoint.added_roots.linux.PLACES if each != place}
    theirs = trustme.CA().cert_pem.bytes()
    for pems, added in ((authority.cert_pem.bytes() + theirs, True), (theirs, False)):
        with web_server(PAGE, tls) as web:
            host = replay(
                dirs={place: ["broken.crt", "office.crt"], **others},
                files={f"{place}/office.crt": pems, f"{place}/broken.crt": b"nothing of the kind"},
                resolves={
                    ("login.app.test", "ipv4"): [LOGIN],
                    ("login.app.test", "ipv6"): "EAI_NODATA",
                },
                detours={(LOGIN, 443): web.port},
            )
            probe = only(collect(host, endpoints()))
        assert probe.tls is not None
        assert probe.tls.added_root is added


# --- through a proxy ------------------------------------------------------------------------------


def through(url: str, port: int, host: str = "login.app.test") -> EndpointFact:
    """With a proxy set in the environment; only the proxy is ever connected to."""
    entry = ProxyEntry(
        scheme="http",
        host="proxy.test",
        port=3128,
        has_credentials=True,
        loopback=False,
        local=True,
    )
    names = {"proxy.test": ["10.0.0.8"]}
    proxied = replay(
        env={
            "https_proxy": "http://user:pass@proxy.test:3128",
            "http_proxy": "http://user:pass@proxy.test:3128",
        },
        commands={},
        dirs=dict.fromkeys(endpoint.added_roots.linux.PLACES),
        resolves={
            ("proxy.test", "ipv4"): names["proxy.test"],
            ("proxy.test", "ipv6"): "EAI_NODATA",
        },
        detours={("10.0.0.8", 3128): port},
    )
    fact = ProxyFact(source="env", https=entry, http=entry)
    profile = endpoints(url=url.format(host=host))
    return endpoint.CHECK.collect(proxied, context(profile, IPV4_ONLY, fact))


def test_a_tunnel_through_the_proxy(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checks.proxy.settings.from_desktop", lambda _: _no_settings())
    tls = tls_with(authority.issue_cert("login.app.test"))
    with web_server(PAGE, tls) as web, proxy_server({"login.app.test": web.port}) as proxy:
        probe = only(through("https://{host}/", proxy.server.port))
    assert (probe.tcp, probe.tunnel, probe.address) == ("ok", "open", "")
    assert probe.healthy
    assert proxy.asked == ["login.app.test:443"]
    assert proxy.credentials


def test_plain_pages_are_asked_of_the_proxy_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checks.proxy.settings.from_desktop", lambda _: _no_settings())
    with proxy_server({}, plain=answer(b"fine")) as proxy:
        probe = only(through("http://{host}/page", proxy.server.port))
    assert probe.healthy
    assert proxy.asked == ["http://login.app.test/page"]
    assert proxy.credentials


@pytest.mark.parametrize(
    ("said", "tunnel"),
    [
        ("407 Proxy Authentication Required", "auth_required"),
        ("403 Forbidden", "refuses_target"),
        ("502 Bad Gateway", "target_failed"),
    ],
)
def test_what_a_proxy_says_instead(said: str, tunnel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checks.proxy.settings.from_desktop", lambda _: _no_settings())
    with proxy_server({}, lambda _: [answer(status=said)]) as proxy:
        probe = only(through("https://{host}/", proxy.server.port))
    assert (probe.tcp, probe.tunnel, probe.tls) == ("ok", tunnel, None)


def _no_settings() -> object:
    from checks.proxy import Settings

    return Settings()


# --- all at once, and in time ---------------------------------------------------------------------


Names = dict[str, tuple[str, ...]]


def many(count: int) -> tuple[Names, list[dict[str, str]]]:
    names: Names = {f"host-{n}.app.test": (f"93.184.216.{n}",) for n in range(count)}
    return names, [{"id": f"e{n}", "url": f"http://{name}/"} for n, name in enumerate(names)]


def test_twenty_endpoints_are_asked_at_the_same_time() -> None:
    """The server answers none before all have asked."""
    all_there = threading.Barrier(20)

    def waits(_: bytes) -> Iterator[bytes]:
        all_there.wait(timeout=5)
        yield answer(b"fine")

    names, tables = many(20)
    with web_server(waits) as web:
        fact = collect(device(web.port, names), profile_from({"endpoint": tables}))
    assert [each.id for each in fact.endpoints] == [f"e{n}" for n in range(20)]
    assert all(any(probe.healthy for probe in each.probes()) for each in fact.endpoints)


@pytest.mark.parametrize(
    "reply",
    [
        silent,
        lambda _: dripping(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10_000),
        lambda _: dripping(answer(b"x" * 10_000)),
    ],
    ids=["silent", "drips its header", "drips its body"],
)
def test_hung_endpoints_are_in_by_the_deadline(reply: object) -> None:
    names, tables = many(20)
    with web_server(reply) as web:  # type: ignore[arg-type]
        started = time.monotonic()
        fact = collect(device(web.port, names), profile_from({"endpoint": tables}), seconds=1.5)
        took_s = time.monotonic() - started
    assert took_s <= 1.5
    assert all(each.probes() for each in fact.endpoints), "each says how far it came"
    assert not any(probe.healthy for each in fact.endpoints for probe in each.probes())


def test_a_handshake_that_hangs_is_in_by_the_deadline() -> None:
    with tcp_server(lambda _: time.sleep(3)) as server:
        started = time.monotonic()
        fact = collect(device(server.port), endpoints(), seconds=1.0)
        assert time.monotonic() - started <= 1.0
    probe = only(fact)
    assert probe.tls is not None
    assert probe.tls.outcome == "timeout"


def test_without_endpoints_there_is_nothing_to_probe() -> None:
    with pytest.raises(Failed, match="not_configured"):
        collect(device({}), profile_from({}))
