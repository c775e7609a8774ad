"""Names without addresses, and what fails for one address family or port alike."""

from __future__ import annotations

from typing import Any

import pytest

from checks.address import AddressFact
from checks.endpoint.facts import (
    EndpointFact,
    EndpointProbe,
)
from diag.model import PATH
from tests.checks.endpoint.devices import (
    API,
    API_6,
    BOTH,
    IPV4_ONLY,
    LOGIN,
    LOGIN_6,
    ONLINE,
    codes,
    collect,
    device,
    endpoints,
    internet_fact,
    judge,
)
from tests.checks.endpoint.probed import HOST, SILENT, fact, family, good, one
from tests.net.servers import (
    answer,
    web_server,
)

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


def half_named(which: str, ipv6: str = "timeout") -> EndpointProbe:
    address = {"login": LOGIN, "api": API}[which]
    return one(which, family("ipv4", address, **good()), family("ipv6", resolve=ipv6))


def test_names_whose_other_family_nobody_answers_are_slow() -> None:
    seen = judge(fact(half_named("login"), half_named("api")), endpoints("login", "api"))
    assert [(each.code, each.subject, each.args["system"]) for each in seen] == [
        ("dns.slow", PATH, "timeout")
    ]


@pytest.mark.parametrize(
    "probes",
    [
        (half_named("login"),),
        (half_named("login"), half_named("api", "no_address")),
        (half_named("login", "failed"), half_named("api", "failed")),
    ],
    ids=["one name alone", "one of two", "an error comes at once"],
)
def test_one_name_or_an_answer_is_no_slow_name_server(probes: tuple[EndpointProbe, ...]) -> None:
    seen = judge(fact(*probes), endpoints(*(each.id for each in probes)))
    assert "dns.slow" not in codes(seen)
