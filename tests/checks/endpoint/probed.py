"""Probes of endpoints as facts, and what is found in them."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from typing import Any

from checks.endpoint import CHECK
from checks.endpoint.facts import (
    AddressProbe,
    EndpointFact,
    EndpointProbe,
    FamilyProbe,
    HttpExchange,
    TlsExchange,
)
from diag.model import Fact, Finding
from tests.checks.endpoint.devices import (
    collect,
    device,
    endpoints,
    judge,
)
from tests.net.servers import (
    Reply,
    web_server,
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
