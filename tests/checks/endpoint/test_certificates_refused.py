"""What a handshake that is refused, or a certificate of somebody else, stands for."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from checks.endpoint.facts import (
    EndpointFact,
    TlsExchange,
)
from tests.checks.endpoint.devices import (
    API,
    LOGIN,
    LOGIN_PAGE,
    NAMES,
    codes,
    collect,
    device,
    endpoints,
    judge,
)
from tests.checks.endpoint.probed import HOST, fact, family, found, good, one
from tests.net.servers import (
    answer,
    expired,
    not_yet_valid,
    old_tls,
    self_signed,
    tls_with,
    wants_client_certificate,
    web_server,
    without_issuer,
)

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
