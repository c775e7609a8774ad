"""Devices, profiles and facts that the tests of the endpoint check share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from checks import dns, endpoint, forgery, internet, proxy, status
from checks.address import AddressFact, HeldAddress, InterfaceAddresses
from checks.endpoint import EndpointFact
from checks.internet import InternetFact, LandmarkConnect, ProbeAnswer
from checks.proxy import ProxyFact
from diag.app_profile import AppProfile
from diag.explain import diagnose
from diag.host import Host
from diag.model import Answers, AnyCheck, Diagnosis, Fact, Finding, Snapshot
from tests.net.servers import SignpostHost
from tests.support import NOW, context, profile_from, snapshot, view

LOGIN, LOGIN_2, LOGIN_6 = "93.184.215.10", "93.184.215.11", "2a00:1450:4001:80b::10"
API, API_6 = "93.184.215.20", "2a00:1450:4001:80b::20"
WWW = "93.184.215.30"

NAMES = {"login.app.test": (LOGIN,), "api.app.test": (API,), "www.app.test": (WWW,)}
LOGIN_PAGE = "<html><head><title>ログイン - 例</title></head><body>会員番号でログイン</body></html>"


def endpoints(*ids: str, **login: Any) -> AppProfile:
    """The endpoints with these ids, each with its id as role; `login` goes to that one."""
    tables = [
        {"id": each, "url": f"https://{each}.app.test/", "role": each if each != "www" else "web"}
        for each in ids or ("login",)
    ]
    tables[0] |= login
    return profile_from({"endpoint": tables, "support": {"phone": "0120-000-000"}})


def device(
    routes: Mapping[tuple[str, int], int] | int,
    names: Mapping[str, Sequence[str]] = NAMES,
) -> SignpostHost:
    """By (address, port), or all by one loopback port; nothing listens where nothing leads."""
    if isinstance(routes, int):
        return SignpostHost(names, elsewhere=routes)
    return SignpostHost(names, routes, elsewhere=1)


def held(*scopes: tuple[str, str]) -> AddressFact:
    """This device's addresses by family and scope."""
    return AddressFact(
        interfaces=(
            InterfaceAddresses(
                name="eth0",
                up=True,
                addresses=tuple(
                    HeldAddress(family=family, scope=scope, address="192.0.2.1")  # type: ignore[arg-type]
                    for family, scope in scopes
                ),
            ),
        )
    )


IPV4_ONLY = held(("ipv4", "private"), ("ipv6", "link_local"))
BOTH = held(("ipv4", "private"), ("ipv6", "global"))
NO_PROXY = ProxyFact(source="none")

ONLINE = InternetFact(
    probes=(ProbeAnswer(vendor="apple", family="ipv4", outcome="expected", took_s=0.1),),
    connects=(
        LandmarkConnect(
            address="1.1.1.1", port=443, family="ipv4", outcome="connected", took_s=0.1
        ),
    ),
)
OFFLINE = InternetFact(
    probes=(
        ProbeAnswer(
            vendor="apple",
            family="ipv4",
            outcome="no_answer",
            layer="tcp",
            error="timeout",
            took_s=4.0,
        ),
    ),
    connects=(
        LandmarkConnect(address="1.1.1.1", port=443, family="ipv4", outcome="timeout", took_s=4.0),
    ),
)


def internet_fact(*connects: tuple[str, str, str], pages: str = "ipv4") -> InternetFact:
    """Pages come back over one family; landmarks by (address, family, outcome)."""
    return InternetFact(
        probes=(
            ProbeAnswer(
                vendor="apple",
                family=pages,  # type: ignore[arg-type]
                outcome="expected",
                took_s=0.1,
            ),
        ),
        connects=tuple(
            LandmarkConnect(
                address=address,
                port=443,
                family=family,  # type: ignore[arg-type]
                outcome=outcome,  # type: ignore[arg-type]
                took_s=0.1,
            )
            for address, family, outcome in connects
        ),
    )


def collect(
    host: Host, profile: AppProfile, addresses: AddressFact = IPV4_ONLY, seconds: float = 5.0
) -> EndpointFact:
    ctx = context(profile, addresses, NO_PROXY, seconds=seconds)
    return endpoint.CHECK.collect(host, ctx)


def judge(
    fact: EndpointFact, profile: AppProfile, *others: Fact, taken_at: datetime = NOW
) -> list[Finding]:
    seen = view(fact, *(others or (ONLINE,)), profile=profile, taken_at=taken_at)
    judged = endpoint.CHECK.judge(fact, seen)
    return [each for each in judged if isinstance(each, Finding)]


def codes(found: Sequence[Finding]) -> list[str]:
    return [each.code for each in found]


CHECKS: dict[str, AnyCheck] = {
    check.name: check
    for check in (
        internet.CHECK,
        dns.CHECK,
        proxy.CHECK,
        endpoint.CHECK,
        forgery.CHECK,
        status.CHECK,
    )
}


def no_login(profile: AppProfile, **facts: Fact) -> Snapshot:
    """What a run saw that was asked why there is no login."""
    return snapshot(facts, profile=profile, answers=Answers(symptom="login"), zone="Asia/Tokyo")


def diagnosis(profile: AppProfile, **facts: Fact) -> Diagnosis:
    return diagnose(no_login(profile, **facts), CHECKS)
