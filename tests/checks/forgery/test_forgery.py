"""Names that lead astray, and names that merely differ."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
import trustme

from checks.endpoint import EndpointFact
from checks.endpoint.facts import AddressProbe, EndpointProbe, FamilyProbe, TlsExchange
from checks.forgery import CHECK, ForgeryFact, HostNames
from checks.forgery.hosts_file import entries
from checks.forgery.opinion import ask_public
from checks.gateway import DefaultRoute, GatewayFact
from diag.deadline import Deadline
from diag.model import Failed, Finding, OsFamily
from diag.net.addresses import scope
from diag.net.resolve import Family
from tests.checks.endpoint.devices import ONLINE
from tests.net.conftest import authority
from tests.net.name_servers import Zone, name_server
from tests.net.servers import answer, tls_with, web_server
from tests.support import context, profile_from, replay, view

__all__ = ["authority"]

HOST = "login.app.test"
PROFILE = profile_from({"endpoint": [{"id": "login", "url": f"https://{HOST}/", "role": "login"}]})


# --- the hosts file ---


@pytest.mark.parametrize(
    ("os", "path"),
    [
        ("linux", "/etc/hosts"),
        ("macos", "/etc/hosts"),
        ("windows", r"C:\Windows\System32\drivers\etc\hosts"),
    ],
)
def test_the_hosts_file_is_read_as_the_resolver_reads_it(os: OsFamily, path: str) -> None:
    text = (
        "127.0.0.1 localhost\r\n"
        "# 10.0.0.9 login.app.test\r\n"
        "0.0.0.0\tads.test LOGIN.app.test. # blocked\r\n"
        "::1 login.app.test\r\n"
        "nonsense login.app.test\r\n"
        "10.1.1.1 other.app.test\r\n"
    )
    found = entries(replay(os=os, files={path: text}), frozenset({HOST}))
    assert found == {HOST: ("0.0.0.0", "::1")}


def test_no_hosts_file_says_nothing() -> None:
    assert entries(replay(files={"/etc/hosts": None}), frozenset({HOST})) == {}


def test_an_unreadable_hosts_file_is_a_failure() -> None:
    with pytest.raises(Failed, match="denied"):
        entries(replay(files={"/etc/hosts": Failed("denied", "read")}), frozenset({HOST}))


# --- a second opinion ---


def test_a_public_resolver_is_asked_over_https(authority: trustme.CA) -> None:
    said = {"Status": 0, "Answer": [{"name": HOST, "type": 1, "data": "192.0.66.1"}]}
    with web_server(
        answer(json.dumps(said).encode()), tls_with(authority.issue_cert("1.1.1.1"))
    ) as web:
        host = replay(detours={("1.1.1.1", 443): web.port})
        opinion = ask_public(host, HOST, Deadline.after(5))
    assert (opinion.said, opinion.secure, opinion.addresses) == ("ok", True, ("192.0.66.1",))
    assert f"name={HOST}".encode() in web.heads[0]


def test_without_https_it_is_asked_plainly() -> None:
    zone = Zone({(HOST, "A"): ("192.0.66.1",)})
    refused = {("1.1.1.1", 443): "ECONNREFUSED", ("8.8.8.8", 443): "ECONNREFUSED"}
    with name_server(zone) as port:
        host = replay(connects=refused, detours={("1.1.1.1", 53): port})
        opinion = ask_public(host, HOST, Deadline.after(5))
    assert (opinion.said, opinion.secure, opinion.addresses) == ("ok", False, ("192.0.66.1",))


@pytest.mark.usefixtures("authority")
def test_a_resolver_that_does_not_prove_itself_is_not_believed() -> None:
    stranger = trustme.CA()
    said = {"Status": 0, "Answer": [{"type": 1, "data": "10.9.9.9"}]}
    refused = {("8.8.8.8", 443): "ECONNREFUSED"}
    with (
        web_server(
            answer(json.dumps(said).encode()), tls_with(stranger.issue_cert("1.1.1.1"))
        ) as web,
        name_server(Zone()) as port,
    ):
        host = replay(connects=refused, detours={("1.1.1.1", 443): web.port, ("1.1.1.1", 53): port})
        opinion = ask_public(host, HOST, Deadline.after(5))
    assert opinion.said == "nxdomain"
    assert web.heads == []


# --- what is collected ---


def endpoints(address: str, tls: Any = "ok") -> EndpointFact:
    probe = AddressProbe(
        address=address,
        scope=scope(address),
        tcp="ok" if tls else "timeout",
        tcp_s=0.1,
        tls=TlsExchange(outcome=tls, took_s=0.1) if tls else None,
    )
    way = FamilyProbe(family="ipv4", usable=True, resolve="ok", resolve_s=0.1, probes=(probe,))
    return EndpointFact(
        endpoints=(EndpointProbe(id="login", host=HOST, port=443, tls=True, families=(way,)),)
    )


def test_a_host_that_proved_itself_is_not_asked_about() -> None:
    """The paper device knows no name server and no route: asking anybody would raise."""
    host = replay(files={"/etc/hosts": "127.0.0.1 localhost\n"})
    fact = CHECK.collect(host, context(PROFILE, endpoints("192.0.66.1")))
    assert fact.hosts[0].proven
    assert fact.hosts[0].public is None
    assert fact.rewritten == "unknown"


def test_a_name_without_an_answer_is_not_asked_about() -> None:
    """There is nothing that could be false; again, asking anybody would raise."""
    way = FamilyProbe(family="ipv4", usable=True, resolve="timeout", resolve_s=6.0, probes=())
    silent = EndpointProbe(id="login", host=HOST, port=443, tls=True, families=(way,))
    host = replay(files={"/etc/hosts": "127.0.0.1 localhost\n"})
    fact = CHECK.collect(host, context(PROFILE, EndpointFact(endpoints=(silent,))))
    assert (fact.hosts[0].proven, fact.hosts[0].public) == (False, None)
    assert fact.rewritten == "unknown"


def nameless(*outcomes: Any) -> EndpointFact:
    families: tuple[Family, ...] = ("ipv4", "ipv6")
    ways = tuple(
        FamilyProbe(family=family, usable=True, resolve=outcome, resolve_s=0.1)
        for family, outcome in zip(families, outcomes, strict=False)
    )
    return EndpointFact(
        endpoints=(EndpointProbe(id="login", host=HOST, port=443, tls=True, families=ways),)
    )


GONE = nameless("no_name", "no_address")


@pytest.mark.parametrize("known", [True, False])
def test_a_name_that_is_not_found_is_asked_about_elsewhere(
    authority: trustme.CA, known: bool
) -> None:
    found = {"Status": 0, "Answer": [{"name": HOST, "type": 1, "data": "192.0.66.1"}]}
    said = found if known else {"Status": 3}
    with web_server(
        answer(json.dumps(said).encode()), tls_with(authority.issue_cert("1.1.1.1"))
    ) as web:
        host = replay(
            files={"/etc/hosts": "127.0.0.1 localhost\n"}, detours={("1.1.1.1", 443): web.port}
        )
        fact = CHECK.collect(host, context(PROFILE, GONE))
    (names,) = fact.hosts
    assert (names.public, names.secure) == ("ok" if known else "nxdomain", True)


def test_nobody_is_asked_where_that_is_switched_off() -> None:
    """The paper device knows no name server and no route: asking anybody would raise."""
    host = replay(files={"/etc/hosts": "127.0.0.1 localhost\n"})
    mute = msgspec.structs.replace(context(PROFILE, GONE), ask_public_resolvers=False)
    assert CHECK.collect(host, mute).hosts[0].public is None


# --- rules ---


def missing(seen: EndpointFact, *more: Any, **names: Any) -> list[tuple[str, str | None, Any]]:
    fact = ForgeryFact(hosts=(HostNames(host=HOST, proven=False, **names),))
    found = CHECK.judge(fact, view(seen, fact, *more, profile=PROFILE))
    return [(f.code, f.where, f.confidence) for f in found if isinstance(f, Finding)]


def test_whose_fault_a_missing_name_is() -> None:
    code = "dns.host_missing"
    assert missing(GONE, ONLINE) == [(code, None, "likely")]
    assert missing(GONE, ONLINE, public="none") == [(code, None, "likely")]
    assert missing(GONE, ONLINE, public="ok", secure=True) == [(code, None, "certain")]
    assert missing(GONE, ONLINE, public="nxdomain", secure=True) == [(code, "service", "certain")]
    assert missing(GONE, ONLINE, public="nxdomain") == [(code, "service", "likely")]


def test_a_name_is_missing_only_if_others_are_found() -> None:
    assert missing(GONE) == []
    assert missing(nameless("no_name", "timeout"), ONLINE) == []
    assert missing(nameless("failed", "no_name"), ONLINE) == []
    assert missing(nameless("no_name"), ONLINE) == [], "the other family was still being asked for"


def judged(seen: EndpointFact, *more: Any, **names: Any) -> list[tuple[str, str, str]]:
    rewritten = names.pop("rewritten", "no")
    address = seen.endpoints[0].families[0].probes[0].address
    defaults = {"scopes": (scope(address),), "addresses": (address,), "proven": False}
    fact = ForgeryFact(hosts=(HostNames(host=HOST, **{**defaults, **names}),), rewritten=rewritten)
    found = CHECK.judge(fact, view(seen, fact, *more, profile=PROFILE))
    return [(f.code, f.subject, f.confidence) for f in found if isinstance(f, Finding)]


def test_answers_that_merely_differ_are_no_finding() -> None:
    seen = endpoints("192.0.66.1", tls=None)
    assert judged(seen, public="ok", public_resolver="1.1.1.1", agrees=False) == []
    assert judged(endpoints("192.0.66.1"), proven=True, public="ok", agrees=False) == []


def test_an_address_where_nothing_can_be_is_forged() -> None:
    seen = endpoints("0.0.0.0", tls=None)
    assert judged(seen, public="ok", agrees=False) == [
        ("dns.hijacked", "endpoint:login", "certain")
    ]


def test_an_internal_address_for_a_public_name_is_forged() -> None:
    seen = endpoints("192.168.1.1", tls=None)
    assert judged(seen, public="ok", agrees=False, internal=True) == [
        ("dns.hijacked", "endpoint:login", "likely")
    ]
    assert judged(seen, public="nxdomain", internal=True) == [], "a name of this network alone"


def test_over_a_vpn_that_is_the_vpns_own_view() -> None:
    route = DefaultRoute(
        family="ipv4", interface="tun0", gateway="10.8.0.1", metric=0, reachable=True
    )
    gateway = GatewayFact(routes=(route,), vpn=True)
    seen = endpoints("10.8.0.7", tls=None)
    assert judged(seen, gateway, public="ok", agrees=False, internal=True) == [
        ("vpn.split_dns", "endpoint:login", "possible")
    ]


def test_a_foreign_certificate_and_another_address_is_forged() -> None:
    seen = endpoints("192.0.66.9", tls="wrong_host")
    assert judged(seen, public="ok", agrees=False) == [("dns.hijacked", "endpoint:login", "likely")]
    assert judged(seen, public="ok", agrees=True) == [], "the service's own bad certificate"
    assert judged(seen, public="none", rewritten="yes") == [
        ("dns.hijacked", "endpoint:login", "certain")
    ]


def test_a_line_in_the_hosts_file_that_leads_astray() -> None:
    seen = endpoints("127.0.0.1", tls=None)
    assert judged(seen, in_hosts_file=("127.0.0.1",), hosts_file_used=True) == [
        ("hosts_file.override", "endpoint:login", "certain")
    ]
