"""Names that lead where they should not: the hosts file, a forged answer, a VPN's other view."""

from __future__ import annotations

from collections.abc import Iterator

from checks.endpoint import EndpointFact
from checks.forgery.collect import ForgeryFact, HostNames
from checks.gateway import GatewayFact
from checks.remedies import (
    ASK_NETWORK_OWNER,
    RESTART_ROUTER,
    TRY_ON_PHONE,
    USE_MOBILE_LINE,
    on_unmanaged_device,
)
from diag.model import (
    Args,
    Confidence,
    Finding,
    Judgement,
    Layer,
    Problem,
    Remedy,
    Unmeasured,
    View,
    endpoint_subject,
)

NOWHERE = frozenset({"unspecified", "loopback", "documentation", "reserved", "benchmark"})
"""Scopes in which no public service can be: an answer that leads there is made up."""

NO_PASSWORD_HERE = Remedy(code="forgery.no_password_here", minutes=1)
CHECK_HOSTS_FILE = Remedy(
    code="hosts_file.check", minutes=5, risk="low", applies=on_unmanaged_device
)
ASK_WHO_SET_UP = Remedy(code="hosts_file.ask", who="admin", minutes=10)
LEAVE_VPN = Remedy(code="vpn.compare_without", minutes=3, risk="low", applies=on_unmanaged_device)

_MISLED = (
    "endpoint.unresolved",
    "endpoint.unreachable",
    "dns.host_missing",
    "firewall.host_blocked",
    "service.unresponsive",
    "service.error",
    "tls.wrong_host",
    "tls.untrusted",
    "tls.intercepted",
    "tls.expired",
)

HIJACKED = Problem(
    code="dns.hijacked",
    severity="problem",
    where="network",
    layer=Layer.DNS,
    explained_by=("captive_portal.signin",),
    explains=_MISLED,
    remedies=(USE_MOBILE_LINE, NO_PASSWORD_HERE, RESTART_ROUTER, ASK_NETWORK_OWNER),
)

SPLIT = Problem(
    code="vpn.split_dns",
    severity="problem",
    where="network",
    layer=Layer.VPN,
    explains=_MISLED,
    remedies=(LEAVE_VPN, TRY_ON_PHONE, ASK_NETWORK_OWNER),
)

HOSTS_FILE = Problem(
    code="hosts_file.override",
    severity="problem",
    where="device",
    layer=Layer.HOSTS_FILE,
    explains=_MISLED,
    remedies=(TRY_ON_PHONE, CHECK_HOSTS_FILE, ASK_WHO_SET_UP),
)

PROBLEMS = (HIJACKED, SPLIT, HOSTS_FILE)


def judge(fact: ForgeryFact, view: View) -> Iterator[Judgement]:
    by_host = {each.host: each for each in fact.hosts}
    endpoints = view.find(EndpointFact)
    for probe in endpoints.endpoints if endpoints is not None else ():
        names = by_host.get(probe.host)
        if names is None or names.proven:
            continue
        subject = endpoint_subject(probe.id)
        if names.hosts_file_used:
            yield Finding(
                code=HOSTS_FILE.code,
                subject=subject,
                args={"host": names.host, "addresses": list(names.in_hosts_file)},
            )
            continue
        if fact.hosts_file is not None:
            yield Unmeasured(code=HOSTS_FILE.code, subject=subject, reason=fact.hosts_file.code)
        yield from _misleading(fact, names, subject, _bad_certificate(endpoints, probe.host), view)


def _misleading(
    fact: ForgeryFact, names: HostNames, subject: str, bad_certificate: bool, view: View
) -> Iterator[Finding]:
    confidence = _sureness(fact, names, bad_certificate)
    if confidence is None:
        return
    gateway = view.find(GatewayFact)
    over_vpn = gateway is not None and gateway.vpn is True
    args: Args = {
        "host": names.host,
        "addresses": list(names.addresses) or None,
        "nowhere": True if NOWHERE.intersection(names.scopes) else None,
        "internal": True if names.internal else None,
        "certificate": True if bad_certificate else None,
        "rewritten": True if fact.rewritten == "yes" else None,
        "public_resolver": names.public_resolver or None if names.agrees is False else None,
    }
    code = SPLIT.code if over_vpn and names.internal else HIJACKED.code
    yield Finding(
        code=code,
        subject=subject,
        args=args,
        confidence="possible" if code == SPLIT.code else confidence,
    )


def _sureness(fact: ForgeryFact, names: HostNames, bad_certificate: bool) -> Confidence | None:
    """None: nothing speaks of forgery. An answer that merely differs never does."""
    if NOWHERE.intersection(names.scopes) and names.public != "none" and names.agrees is not True:
        return "certain" if names.public == "ok" else "likely"
    if names.internal and names.public == "ok" and names.agrees is False:
        return "likely"
    if bad_certificate and fact.rewritten == "yes":
        return "certain"
    if bad_certificate and names.agrees is False:
        return "likely"
    return None


def _bad_certificate(endpoints: EndpointFact | None, host: str) -> bool:
    """Whether a foreign host answered: the certificate names another, or nobody known vouches."""
    if endpoints is None:
        return False
    return any(
        probe.tls is not None
        and probe.tls.outcome in ("wrong_host", "unknown_issuer", "self_signed")
        for each in endpoints.endpoints
        if each.host == host
        for probe in each.probes()
    )
