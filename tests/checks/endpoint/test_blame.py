"""What the endpoints showed, together with what others learnt: one cause, the rest under it; and
the same from the report that leaves the device."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from checks.clock import WRONG
from checks.dns import DnsFact, SystemAsked
from checks.endpoint.facts import (
    AddressProbe,
    EndpointFact,
    EndpointProbe,
    FamilyProbe,
    HttpExchange,
    TlsExchange,
)
from checks.endpoint.problems import clock_explains
from checks.forgery import ForgeryFact, HostNames
from checks.internet import InternetFact, ProbeAnswer
from checks.proxy import ProxyEntry, ProxyFact, ProxyProbe
from diag.explain import diagnose
from diag.model import Diagnosis, Fact, Finding, Public
from diag.net.certificates import Certificate
from diag.net.resolve import ResolveOutcome
from diag.privacy import redact
from tests.checks.endpoint.devices import (
    API,
    CHECKS,
    LOGIN,
    NAMES,
    OFFLINE,
    ONLINE,
    diagnosis,
    endpoints,
    internet_fact,
    no_login,
)
from tests.support import NOW, view

PROFILE = endpoints("login", "api")


def probed(resolve: ResolveOutcome = "ok", **probe: Any) -> EndpointFact:
    """The login and the API, alike."""
    return EndpointFact(
        endpoints=tuple(
            EndpointProbe(
                id=each,
                host=f"{each}.app.test",
                port=443,
                tls=True,
                families=(
                    FamilyProbe(
                        family="ipv4",
                        usable=True,
                        resolve=resolve,
                        resolve_s=0.1,
                        probes=(AddressProbe(address=address, scope="global", **probe),)
                        if probe
                        else (),
                    ),
                    FamilyProbe(family="ipv6", usable=False, resolve=resolve, resolve_s=0.1),
                ),
            )
            for each, address in (("login", LOGIN), ("api", API))
        )
    )


def certificate(**changes: Any) -> Certificate:
    fields: dict[str, Any] = {
        "subject": "login.app.test",
        "names": ("login.app.test", "login.internal.test"),
        "issuer": "Contoso Root",
        "issuer_organisation": "Contoso Web Filter",
        "not_before": NOW - timedelta(days=90),
        "not_after": NOW - timedelta(days=2),
        "sha256": "0" * 64,
        **changes,
    }
    return Certificate(**fields)


def refused(outcome: Any = "expired") -> EndpointFact:
    tls = TlsExchange(outcome=outcome, took_s=0.1, certificate=certificate())
    return probed(tcp="ok", tcp_s=0.1, tls=tls)


def answered(status: int) -> EndpointFact:
    http = HttpExchange(outcome="ok", took_s=0.1, status=status, expected=status < 400)
    return probed(tcp="ok", tcp_s=0.1, tls=TlsExchange(outcome="ok", took_s=0.1), http=http)


SILENT = probed(tcp="timeout", tcp_s=2.0)
UNHEARD = ForgeryFact(
    hosts=tuple(HostNames(host=f"{each}.app.test", proven=False) for each in ("login", "api"))
)
PORTAL = InternetFact(
    probes=tuple(
        ProbeAnswer(
            vendor=vendor,
            family="ipv4",
            outcome="redirected",
            status=302,
            portal_scheme="http",
            portal_host="login.cafe.test",
            took_s=0.1,
        )
        for vendor in ("apple", "google")
    ),
    connects=(),
)
NO_NAMES = InternetFact(
    probes=(
        ProbeAnswer(
            vendor="apple",
            family="ipv4",
            outcome="no_answer",
            layer="resolve",
            error="timeout",
            took_s=4.0,
        ),
    ),
    connects=ONLINE.connects,
)
NAMELESS = DnsFact(system=SystemAsked(outcome="timeout", took_s=4.0), servers=())
PROXY = ProxyEntry(
    scheme="http", host="proxy.test", port=3128, has_credentials=False, loopback=False, local=True
)


def shape(found: Diagnosis) -> list[tuple[Public, list[tuple[str, str]]]]:
    return [
        (
            cause.problem.code,
            [(each.finding.code, each.finding.subject) for each in cause.explains],
        )
        for cause in found.causes
    ]


def both(code: str) -> list[tuple[str, str]]:
    return [(code, "endpoint:login"), (code, "endpoint:api")]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            {"internet": OFFLINE, "endpoint": SILENT},
            [("internet.down", both("endpoint.unreachable"))],
        ),
        (
            {"internet": PORTAL, "endpoint": SILENT},
            [("captive_portal.signin", both("endpoint.unreachable"))],
        ),
        (
            {"internet": PORTAL, "endpoint": refused("wrong_host")},
            [("captive_portal.signin", both("tls.wrong_host"))],
        ),
        (
            {"internet": PORTAL, "endpoint": probed(resolve="no_name"), "dns.forgery": UNHEARD},
            [("captive_portal.signin", [*both("dns.host_missing"), *both("endpoint.unresolved")])],
        ),
        (
            {"internet": NO_NAMES, "dns": NAMELESS, "endpoint": probed(resolve="timeout")},
            [("dns.unreachable", both("endpoint.unresolved"))],
        ),
        (
            {"internet": ONLINE, "endpoint": probed(resolve="no_name"), "dns.forgery": UNHEARD},
            [("dns.host_missing", both("endpoint.unresolved"))],
        ),
        (
            {
                "internet": internet_fact(("1.1.1.1", "ipv4", "timeout")),
                "endpoint": SILENT,
            },
            [("firewall.port_blocked", both("endpoint.unreachable"))],
        ),
        (
            {
                "internet": ONLINE,
                "proxy": ProxyFact(
                    source="env",
                    https=PROXY,
                    probe=ProxyProbe(target="login.app.test:443", outcome="refused", took_s=0.1),
                ),
                "endpoint": EndpointFact(
                    endpoints=tuple(
                        EndpointProbe(
                            id=each,
                            host=f"{each}.app.test",
                            port=443,
                            tls=True,
                            proxied=True,
                            families=(
                                FamilyProbe(
                                    family="ipv4",
                                    usable=True,
                                    resolve="ok",
                                    resolve_s=0.0,
                                    probes=(
                                        AddressProbe(
                                            address="", scope="global", tcp="refused", tcp_s=0.1
                                        ),
                                    ),
                                ),
                            ),
                        )
                        for each in ("login", "api")
                    )
                ),
            },
            [("proxy.unreachable", both("endpoint.unreachable"))],
        ),
    ],
)
def test_what_fails_below_explains_it(facts: dict[str, Fact], expected: object) -> None:
    assert shape(diagnosis(PROFILE, **facts)) == expected


def test_a_silent_host_is_a_tie_and_a_test_tells() -> None:
    fine, quiet = answered(200).endpoints[1], SILENT.endpoints[0]
    found = diagnosis(PROFILE, internet=ONLINE, endpoint=EndpointFact(endpoints=(quiet, fine)))
    assert found.verdict.where == "unknown"
    assert [each.code for each in found.verdict.alternatives] == [
        "firewall.host_blocked",
        "service.unresponsive",
    ]
    assert found.remedies[0].remedy.code == "service.try_on_phone"
    for _, under in shape(found):
        assert under == [("endpoint.unreachable", "endpoint:login")]


def test_one_error_of_the_service_is_one_cause() -> None:
    found = diagnosis(PROFILE, internet=ONLINE, endpoint=answered(503))
    (cause,) = found.causes
    assert cause.problem.code == "service.error"
    assert [each.subject for each in cause.findings] == ["endpoint:login", "endpoint:api"]
    assert found.verdict.where == "service"


def test_what_answers_over_tls_acquits_the_way() -> None:
    """The vendors' pages are out of reach, the login is not: a network that is only careful."""
    found = diagnosis(PROFILE, internet=OFFLINE, endpoint=answered(200))
    assert found.causes == ()


# --- the clock ------------------------------------------------------------------------------------

YEAR_S = 365 * 86_400.0


@pytest.mark.parametrize(
    ("offset_s", "blamed"),
    [(10 * 86_400.0, True), (60.0, False), (YEAR_S, False), (-10 * 86_400.0, False), (None, False)],
)
def test_the_clock_is_to_blame_only_if_the_right_time_would_do(
    offset_s: float | None, blamed: bool
) -> None:
    """The certificate was valid from 90 days to 2 days before what this device takes for now."""
    (seen, _) = (
        each
        for each in CHECKS["endpoint"].judge(refused(), view(ONLINE, profile=PROFILE))
        if isinstance(each, Finding)
    )
    clock = Finding(code=WRONG.code, subject="device", args={"offset_s": offset_s})
    assert clock_explains(clock, seen) is blamed


# --- what leaves the device -----------------------------------------------------------------------


def test_the_redacted_report_says_the_same_and_names_nobody() -> None:
    facts: dict[str, Fact] = {"internet": ONLINE, "endpoint": refused("unknown_issuer")}
    whole = no_login(PROFILE, **facts)
    sent = redact(whole, CHECKS).snapshot
    assert shape(diagnose(sent, CHECKS)) == shape(diagnose(whole, CHECKS))
    probe = sent.observations["endpoint"].fact.endpoints[0].families[0].probes[0]
    assert probe.address == LOGIN, "the service's own address is public"
    assert probe.tls.certificate.names[0] == "login.app.test"
    assert probe.tls.certificate.names[1] not in ("login.internal.test", *NAMES)
