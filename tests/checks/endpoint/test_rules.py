"""What the probes mean: from a real server's behaviour to the finding, and the rules one by one."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import msgspec
import pytest
import trustme

from checks.address import AddressFact
from checks.endpoint import CHECK
from checks.endpoint.facts import (
    AddressProbe,
    EndpointFact,
    EndpointProbe,
    FamilyProbe,
    HttpExchange,
    TlsExchange,
)
from diag.model import PATH, Crossed, Fact, Failure, Finding, Layer, Unmeasured
from tests.checks.endpoint.devices import (
    API,
    API_6,
    BOTH,
    IPV4_ONLY,
    LOGIN,
    LOGIN_2,
    LOGIN_6,
    LOGIN_PAGE,
    NAMES,
    ONLINE,
    WWW,
    codes,
    collect,
    device,
    endpoints,
    internet_fact,
    judge,
)
from tests.net.servers import (
    Reply,
    answer,
    dripping,
    expired,
    not_yet_valid,
    old_tls,
    reset,
    self_signed,
    silent,
    tcp_server,
    tls_with,
    wants_client_certificate,
    web_server,
    without_issuer,
)
from tests.support import view

HOST = "login.app.test"
TIE = ["endpoint.unreachable", "firewall.host_blocked", "service.unresponsive"]


def found(reply: Reply | bytes, tls: ssl.SSLContext | None = None, **login: Any) -> list[Finding]:
    """The findings when the login page answers like this, and the internet works."""
    profile = endpoints(url=f"http{'s' if tls else ''}://{HOST}/", **login)
    with web_server(reply, tls) as web:
        fact = collect(device(web.port), profile, seconds=2.0)
    return judge(fact, profile, taken_at=datetime.now(UTC))


def kinds(fact: EndpointFact, *others: Fact, **profile: Any) -> list[Any]:
    """Every judgement, not findings alone."""
    seen = view(fact, *others, profile=endpoints(*profile.pop("ids", ("login",)), **profile))
    return list(CHECK.judge(fact, seen))


def good(**http: Any) -> dict[str, Any]:
    return {
        "tcp": "ok",
        "tcp_s": 0.01,
        "tls": TlsExchange(outcome="ok", took_s=0.02, version="TLSv1.3"),
        "http": HttpExchange(
            **{"outcome": "ok", "took_s": 0.1, "status": 200, "expected": True, **http}
        ),
    }


SILENT: dict[str, Any] = {"tcp": "timeout", "tcp_s": 2.0}


def family(
    name: str, *addresses: str, usable: bool = True, resolve: str = "ok", **probe: Any
) -> FamilyProbe:
    probes = tuple(AddressProbe(address=each, scope="global", **probe) for each in addresses)
    return FamilyProbe(
        family=name,  # type: ignore[arg-type]
        usable=usable,
        resolve=resolve,  # type: ignore[arg-type]
        resolve_s=0.01,
        probes=probes,
    )


def one(which: str, *families: FamilyProbe, **fields: Any) -> EndpointProbe:
    if len(families) == 1 and not fields.get("proxied"):
        families = (*families, family("ipv6", resolve="no_address", usable=False))
    defaults: dict[str, Any] = {"host": f"{which}.app.test", "port": 443, "tls": True}
    return EndpointProbe(id=which, families=families, **{**defaults, **fields})


def fact(*probes: EndpointProbe) -> EndpointFact:
    return EndpointFact(endpoints=probes)


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


# --- certificates -------------------------------------------------------------------------------

Make = Callable[[trustme.CA], ssl.SSLContext]
CERTIFICATES: dict[str, tuple[Make, str, str]] = {
    "expired": (lambda ca: expired(ca, HOST), "tls.expired", "certain"),
    "not yet valid": (lambda ca: not_yet_valid(ca, HOST), "tls.expired", "certain"),
    "wrong host": (
        lambda ca: tls_with(ca.issue_cert("shop.other.test")),
        "tls.wrong_host",
        "likely",
    ),
    "unknown issuer": (
        lambda _: tls_with(trustme.CA().issue_cert(HOST)),
        "tls.untrusted",
        "likely",
    ),
    "self-signed": (lambda _: self_signed(), "tls.untrusted", "likely"),
    "incomplete": (lambda ca: without_issuer(ca, HOST), "tls.chain_incomplete", "likely"),
    "old TLS": (lambda ca: old_tls(ca, HOST), "tls.too_old", "certain"),
    "client certificate, TLS 1.2": (
        lambda ca: wants_client_certificate(ca, ssl.TLSVersion.TLSv1_2, HOST),
        "tls.client_certificate_required",
        "possible",
    ),
    "client certificate, TLS 1.3": (
        lambda ca: wants_client_certificate(ca, ssl.TLSVersion.TLSv1_3, HOST),
        "tls.client_certificate_required",
        "possible",
    ),
}


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize(("make", "code", "confidence"), CERTIFICATES.values(), ids=CERTIFICATES)
def test_each_refusal_of_tls(make: Make, code: str, confidence: str, authority: trustme.CA) -> None:
    (finding,) = found(answer(LOGIN_PAGE.encode()), make(authority))
    assert (finding.code, finding.confidence) == (code, confidence)


def test_an_expired_certificate_says_when(authority: trustme.CA) -> None:
    (finding,) = found(b"", expired(authority, HOST))
    expired_on = datetime.fromisoformat(str(finding.args["expired_on"]))
    assert timedelta(days=1) < datetime.now(UTC) - expired_on < timedelta(days=3)
    assert finding.args["valid_from"] is None
    assert finding.args["issuer"] == "Test Trust"


def test_one_that_is_not_valid_yet_says_from_when(authority: trustme.CA) -> None:
    (finding,) = found(b"", not_yet_valid(authority, HOST))
    assert finding.args["expired_on"] is None
    assert datetime.fromisoformat(str(finding.args["valid_from"])) > datetime.now(UTC)


@pytest.mark.usefixtures("authority")
def test_another_issuer_than_the_profile_names_stands_in_between() -> None:
    foreign = tls_with(trustme.CA(organization_name="Contoso Web Filter").issue_cert(HOST))
    (finding,) = found(b"", foreign, ca_issuer=["Test Trust"])
    assert (finding.code, finding.severity) == ("tls.intercepted", None)
    assert finding.args["issuer"] == "Contoso Web Filter"
    assert finding.args["expected_issuers"] == ["Test Trust"]


def test_the_profiles_issuer_is_compared_as_people_write_it(authority: trustme.CA) -> None:
    page, tls = answer(LOGIN_PAGE.encode()), tls_with(authority.issue_cert(HOST))
    assert found(page, tls, ca_issuer=["Other CA", "test  TRUST"]) == []


def test_a_trusted_inspector_is_a_warning(authority: trustme.CA) -> None:
    page, tls = answer(LOGIN_PAGE.encode()), tls_with(authority.issue_cert(HOST))
    (finding,) = found(page, tls, ca_issuer=["DigiCert Inc"])
    assert (finding.code, finding.severity) == ("tls.intercepted", "warning")
    assert finding.args["root"] == "Test Trust"


def chained(added: bool | None) -> EndpointFact:
    probe = good()
    probe["tls"] = TlsExchange(
        outcome="ok", took_s=0.1, chain=("Contoso Web Filter",), added_root=added
    )
    return fact(one("login", family("ipv4", LOGIN, **probe)))


@pytest.mark.parametrize(("added", "seen"), [(True, ["tls.intercepted"]), (False, []), (None, [])])
def test_a_root_that_somebody_added_is_a_warning(added: bool | None, seen: list[str]) -> None:
    assert codes(judge(chained(added), endpoints())) == seen


def test_one_issuer_nobody_knows_for_several_hosts_stands_in_between(
    authority: trustme.CA,
) -> None:
    filtering = trustme.CA(organization_name="Contoso Web Filter")
    theirs = tls_with(filtering.issue_cert(*NAMES))
    profile = endpoints("login", "api")
    with web_server(b"", theirs) as web:
        seen = judge(collect(device(web.port), profile), profile)
    assert [(each.code, each.confidence) for each in seen] == [("tls.intercepted", "likely")] * 2
    fine = tls_with(authority.issue_cert("api.app.test"))
    with web_server(b"", theirs) as web, web_server(answer(), fine) as api:
        routes = {(LOGIN, 443): web.port, (API, 443): api.port}
        seen = judge(collect(device(routes), profile), profile)
    assert codes(seen) == ["tls.untrusted"]


# --- silence ------------------------------------------------------------------------------------


def mute(connection: socket.socket) -> None:
    while connection.recv(1024):
        pass


@pytest.mark.parametrize(
    ("reply", "how", "confidence"),
    [
        (silent, "timeout", "certain"),
        (lambda _: chain([answer(length=1000)], dripping(b"x" * 1000)), "late", "certain"),
        (lambda _: iter(()), "closed", "certain"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "not_http", "certain"),
    ],
    ids=["never answers", "drips", "closes", "no HTTP"],
)
def test_a_verified_host_that_says_nothing_is_itself_to_blame(
    reply: Any, how: str, confidence: str, authority: trustme.CA
) -> None:
    seen = found(reply, tls_with(authority.issue_cert(HOST)))
    assert codes(seen) == ["endpoint.unreachable", "service.unresponsive"]
    assert (seen[1].args["step"], seen[1].args["how"]) == ("http", how)
    assert seen[1].confidence == confidence


@pytest.mark.parametrize(
    ("handler", "how", "expected"),
    [
        (mute, "timeout", ["endpoint.unreachable", "service.unresponsive"]),
        (reset, "reset", TIE),
        (lambda sock: sock.recv(4096), "reset", TIE),
        (lambda sock: sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "not_tls", TIE),
    ],
    ids=["mute", "reset", "closed", "plain"],
)
def test_silence_before_the_host_has_proved_itself(
    handler: Any, how: str, expected: list[str]
) -> None:
    profile = endpoints()
    with tcp_server(handler) as server:
        seen = judge(collect(device(server.port), profile, seconds=1.5), profile)
    assert codes(seen) == expected
    assert (seen[0].args["step"], seen[0].args["how"]) == ("tls", how)


def test_nothing_listens() -> None:
    profile = endpoints()
    seen = judge(collect(device({}), profile), profile)
    assert codes(seen) == ["endpoint.unreachable", "service.unresponsive"]
    assert seen[1].confidence == "likely"
    assert seen[1].args["addresses"] == [LOGIN]


@pytest.mark.parametrize(
    ("tcp", "expected"),
    [
        ("timeout", TIE),
        ("unreachable", TIE),
        ("prohibited", ["endpoint.unreachable", "firewall.host_blocked"]),
        ("refused", ["endpoint.unreachable", "service.unresponsive"]),
    ],
)
def test_what_the_way_says(tcp: str, expected: list[str]) -> None:
    probed = fact(one("login", family("ipv4", LOGIN, tcp=tcp, tcp_s=2.0)))
    assert codes(judge(probed, endpoints())) == expected


def test_nobody_is_suspected_without_evidence_that_the_way_works() -> None:
    probed = fact(one("login", family("ipv4", LOGIN, **SILENT)))
    profile = endpoints()
    assert codes(judge(probed, profile, IPV4_ONLY)) == ["endpoint.unreachable"]
    other = one("api", family("ipv4", API, **good()))
    both = msgspec.structs.replace(probed, endpoints=(*probed.endpoints, other))
    assert codes(judge(both, endpoints("login", "api"), IPV4_ONLY)) == TIE


@pytest.mark.parametrize(
    ("tunnel", "expected"),
    [
        ("refuses_target", ["endpoint.unreachable", "firewall.host_blocked"]),
        ("target_failed", ["endpoint.unreachable", "service.unresponsive"]),
        ("auth_required", ["endpoint.unreachable"]),
        (None, ["endpoint.unreachable"]),
    ],
)
def test_what_a_proxy_says(tunnel: Any, expected: list[str]) -> None:
    tcp = "ok" if tunnel else "refused"
    way = family("ipv4", "", tcp=tcp, tcp_s=0.1, tunnel=tunnel)
    seen = judge(fact(one("login", way, proxied=True)), endpoints())
    assert codes(seen) == expected
    assert seen[0].args["step"] == "proxy"


# --- names --------------------------------------------------------------------------------------


def names(ipv4: str, ipv6: str) -> EndpointFact:
    return fact(
        one("login", family("ipv4", resolve=ipv4), family("ipv6", resolve=ipv6)),
    )


@pytest.mark.parametrize(
    ("ipv4", "ipv6", "expected"),
    [
        ("no_name", "no_name", ["endpoint.unresolved"]),
        ("no_address", "no_address", ["endpoint.unresolved"]),
        ("failed", "no_name", ["endpoint.unresolved"]),
        ("timeout", "timeout", ["endpoint.unresolved"]),
    ],
)
def test_a_name_without_an_address(ipv4: str, ipv6: str, expected: list[str]) -> None:
    assert codes(judge(names(ipv4, ipv6), endpoints())) == expected


def test_the_systems_own_answer_for_a_name_that_is_not_there() -> None:
    host = device({}, names={HOST: ()})
    profile = endpoints()
    seen = judge(collect(host, profile), profile)
    assert codes(seen) == ["endpoint.unresolved"]


# --- families and ports -------------------------------------------------------------------------


def dual(which: str, ipv4: dict[str, Any], ipv6: dict[str, Any]) -> EndpointProbe:
    addresses = {"login": (LOGIN, LOGIN_6), "api": (API, API_6)}[which]
    return one(which, family("ipv4", addresses[0], **ipv4), family("ipv6", addresses[1], **ipv6))


def test_one_family_out_is_a_warning_about_that_family() -> None:
    probed = fact(dual("login", good(), SILENT), dual("api", good(), good()))
    (finding,) = judge(probed, endpoints("login", "api"))
    assert (finding.code, finding.subject) == ("endpoint.unreachable", "endpoint:login/ipv6")
    assert finding.severity == "warning"


def test_programs_take_ipv6_first_and_stay_with_it() -> None:
    broken = good(status=503, expected=False)
    (finding,) = judge(fact(dual("login", good(), broken)), endpoints())
    assert (finding.code, finding.subject) == ("service.error", "endpoint:login/ipv6")
    assert finding.severity is None
    (finding,) = judge(fact(dual("login", broken, good())), endpoints())
    assert (finding.subject, finding.severity) == ("endpoint:login/ipv4", "warning")


@pytest.mark.parametrize(("out", "other"), [("ipv6", "ipv4"), ("ipv4", "ipv6")])
def test_a_family_that_is_out_everywhere(out: str, other: str) -> None:
    ways = (good(), SILENT) if out == "ipv6" else (SILENT, good())
    probed = fact(dual("login", *ways), dual("api", *ways))
    marks = internet_fact(("1.1.1.1", other, "connected"), ("2606::1", out, "timeout"), pages=other)
    seen = judge(probed, endpoints("login", "api"), marks)
    assert codes(seen) == [f"{out}.broken", *["endpoint.unreachable"] * 2]
    assert (seen[0].subject, seen[0].confidence) == (f"path/{out}", "certain")


def test_a_family_that_works_somewhere_is_not_broken() -> None:
    probed = fact(dual("login", good(), SILENT), dual("api", good(), SILENT))
    marks = internet_fact(("1.1.1.1", "ipv4", "connected"), ("2606::1", "ipv6", "connected"))
    seen = judge(probed, endpoints("login", "api"), marks)
    assert codes(seen) == ["endpoint.unreachable"] * 2


@pytest.mark.parametrize("addresses", [IPV4_ONLY, BOTH])
def test_no_ipv6_is_no_fault(addresses: AddressFact) -> None:
    profile = endpoints(url=f"http://{HOST}/")
    with web_server(answer(b"fine")) as web:
        assert judge(collect(device(web.port), profile, addresses), profile) == []


def test_an_address_of_a_family_that_this_device_has_not_is_no_fault() -> None:
    profile = endpoints(url=f"http://{HOST}/")
    with web_server(answer(b"fine")) as web:
        host = device({(LOGIN, 80): web.port}, names={HOST: (LOGIN, LOGIN_6)})
        assert judge(collect(host, profile, IPV4_ONLY), profile) == []


def test_an_endpoint_of_the_broken_family_alone_is_about_that_family() -> None:
    """So that ipv4.broken explains it."""
    probed = fact(dual("login", SILENT, good()), one("api", family("ipv4", API, **SILENT)))
    marks = internet_fact(
        ("1.1.1.1", "ipv4", "timeout"), ("2606::1", "ipv6", "connected"), pages="ipv6"
    )
    seen = judge(probed, endpoints("login", "api"), marks)
    assert [(each.code, each.subject, each.severity) for each in seen] == [
        ("ipv4.broken", "path/ipv4", None),
        ("endpoint.unreachable", "endpoint:login/ipv4", "warning"),
        ("endpoint.unreachable", "endpoint:api/ipv4", None),
    ]


@pytest.mark.parametrize("tcp", ["timeout", "refused", "prohibited"])
def test_one_port_out_for_every_host(tcp: str) -> None:
    shut: dict[str, Any] = {"tcp": tcp, "tcp_s": 0.1}
    probed = fact(
        one("login", family("ipv4", LOGIN, **shut)), one("api", family("ipv4", API, **shut))
    )
    profile = endpoints("login", "api")
    blocked = internet_fact(("1.1.1.1", "ipv4", "timeout"))
    seen = judge(probed, profile, blocked)
    assert codes(seen) == ["firewall.port_blocked", *["endpoint.unreachable"] * 2]
    assert seen[0].subject == PATH
    assert "firewall.port_blocked" not in codes(judge(probed, profile, ONLINE))


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
