"""Names that lead where they should not: the hosts file, a forged answer, a VPN's other view."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from checks.endpoint import EndpointFact
from checks.endpoint.facts import EndpointProbe
from checks.endpoint.together import Together
from checks.forgery.collect import ForgeryFact, HostNames
from checks.gateway import GatewayFact
from checks.remedies import (
    ASK_AT_WORK,
    ASK_NETWORK_OWNER,
    CONTACT_SUPPORT,
    RESTART_ROUTER,
    TRY_ON_PHONE,
    USE_MOBILE_LINE,
    on_unmanaged_device,
)
from checks.support import page_of, support_args
from diag.model import (
    Args,
    Confidence,
    Finding,
    Judgement,
    Layer,
    Problem,
    Remedy,
    RemedyContext,
    Unmeasured,
    View,
    endpoint_subject,
)

NOWHERE = frozenset({"unspecified", "loopback", "documentation", "reserved", "benchmark"})
"""Scopes in which no public service can be: an answer that leads there is made up."""


def hidden_here(context: RemedyContext) -> bool:
    """Another network helps, unless the name is known to be gone everywhere."""
    return context.finding.args.get("gone_for") is None


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
    remedies=(ASK_AT_WORK, USE_MOBILE_LINE, NO_PASSWORD_HERE, RESTART_ROUTER, ASK_NETWORK_OWNER),
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

HOST_MISSING = Problem(
    code="dns.host_missing",
    severity="problem",
    where="network",
    layer=Layer.DNS,
    explained_by=("captive_portal.signin",),
    remedies=(
        replace(TRY_ON_PHONE, applies=hidden_here),
        replace(USE_MOBILE_LINE, applies=hidden_here),
        CONTACT_SUPPORT,
    ),
)

PROBLEMS = (HIJACKED, SPLIT, HOSTS_FILE, HOST_MISSING)


def judge(fact: ForgeryFact, view: View) -> Iterator[Judgement]:
    by_host = {each.host: each for each in fact.hosts}
    endpoints = view.find(EndpointFact)
    together = Together(endpoints, view) if endpoints is not None else None
    for probe in endpoints.endpoints if endpoints is not None else ():
        names = by_host.get(probe.host)
        if names is None or names.proven:
            continue
        if probe.nameless and together is not None and together.names_work(probe.host):
            yield _missing(probe, names, view)
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


def _missing(probe: EndpointProbe, names: HostNames, view: View) -> Finding:
    """Of this network alone, if somebody else knows the name; of the service, if nobody does."""
    known, gone = names.public == "ok", names.public == "nxdomain"
    declared = next((each for each in view.profile.endpoint if each.id == probe.id), None)
    sure: Confidence = "certain" if names.secure and (known or gone) else "likely"
    return Finding(
        code=HOST_MISSING.code,
        subject=endpoint_subject(probe.id),
        args={
            "host": probe.host,
            "outcome": next(each.resolve for each in probe.families if each.usable),
            "known_to": names.public_resolver if known else None,
            "gone_for": names.public_resolver if gone else None,
            "page_url": page_of(declared, view.profile) if declared is not None else None,
            **support_args(view.profile),
        },
        confidence=sure,
        where="service" if gone else None,
    )


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
