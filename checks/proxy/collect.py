"""What the proxy check learns: the setting, and how the proxy treats a CONNECT."""

from __future__ import annotations

import socket
import time
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct

from checks.proxy.servers import ProxyScheme, ProxyServer, Settings, Source
from checks.proxy.settings import read_settings, server_for
from checks.proxy.tunnel import TunnelOutcome, open_tunnel
from diag.app_profile import AppProfile, Endpoint
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, Fact, Failed, PrivateHost, Public
from diag.net.addresses import INTERNAL, is_address, scope
from diag.net.resolve import Family, lookup
from diag.net.tcp import TcpOutcome, connect

NEUTRAL_TARGET = ("captive.apple.com", 443)
"""Asked for through the proxy when the profile names no host: one that every network allows."""

PROBE_TIMEOUT_S = 4.0
HAND_IN_S = 0.3

ProxyOutcome = Literal[TunnelOutcome, "unresolved", "refused", "unreachable", "not_asked"]

FAILURES: dict[TcpOutcome, ProxyOutcome] = {
    "refused": "refused",
    "reset": "closed",
    "timeout": "timeout",
}
"""How a connection to the proxy failed; anything else means that there is no way to it."""

FAMILIES: tuple[Family, ...] = ("ipv4", "ipv6")


class ProxyEntry(Struct, frozen=True, kw_only=True):
    """One configured proxy. `local`: a loopback or private address, if it is written as one."""

    scheme: ProxyScheme
    host: PrivateHost
    port: int
    has_credentials: bool
    loopback: bool
    local: bool


class ProxyProbe(Struct, frozen=True, kw_only=True):
    """How the proxy treated a CONNECT to `target`.

    unresolved, refused, unreachable, timeout, closed, not_http: no way to speak with it.
    open, auth_required, refuses_target, target_failed: what it answered. not_asked: it took the
    connection, and is of a kind (SOCKS, TLS) that is not asked further. own_sign_in: whether it
    takes a sign-in that the system does by itself for its user (Kerberos, NTLM).
    """

    target: Public
    outcome: ProxyOutcome
    status: int | None = None
    own_sign_in: bool = False
    took_s: float


class ProxyFact(Fact, frozen=True, kw_only=True):
    """What programs on this device use to get to https and http addresses.

    bypass: hosts of the profile that are exempt. pac: a script decides that was not followed; where
    it was followed, https is what it says for login. unreadable: a setting names no readable proxy.
    probe: None if there is no proxy to speak with.
    """

    source: Source
    https: ProxyEntry | None = None
    http: ProxyEntry | None = None
    no_proxy: tuple[PrivateHost, ...] = ()
    bypass: tuple[Public, ...] = ()
    pac: bool = False
    unreadable: bool = False
    probe: ProxyProbe | None = None

    @property
    def may_be_used(self) -> bool:
        """Whether some connection may go through a proxy: a script may say so of any host."""
        followed = self.source == "pac" and not self.pac
        return followed or self.https is not None or self.http is not None


def collect(host: Host, ctx: Context) -> ProxyFact:
    settings = _followed(host, ctx.profile, read_settings(host))
    server = settings.https or settings.http
    probe = None
    if server is not None:
        deadline = ctx.deadline.sooner(HAND_IN_S).within(PROBE_TIMEOUT_S)
        probe = ask(host, server, target_of(ctx.profile, settings), deadline)
    return ProxyFact(
        source=settings.source,
        https=_entry(settings.https),
        http=_entry(settings.http),
        no_proxy=settings.no_proxy,
        bypass=tuple(name for name in _hosts(ctx.profile) if settings.bypasses(name)),
        pac=settings.pac,
        unreadable=settings.unreadable,
        probe=probe,
    )


def _followed(host: Host, profile: AppProfile, settings: Settings) -> Settings:
    """What the script says for what login needs, if there is one and the system says."""
    if not settings.pac_url:
        return settings
    url = next((each.url for each in _by_role(profile)), f"https://{NEUTRAL_TARGET[0]}/")
    try:
        return Settings(source="pac", https=server_for(host, settings, url))
    except Failed:
        return settings


def _by_role(profile: AppProfile) -> list[Endpoint]:
    return sorted(profile.endpoint, key=lambda each: each.role != "login")


def _entry(server: ProxyServer | None) -> ProxyEntry | None:
    if server is None:
        return None
    where = scope(server.host) if is_address(server.host) else None
    loopback = server.host == "localhost" or where == "loopback"
    return ProxyEntry(
        scheme=server.scheme,
        host=server.host,
        port=server.port,
        has_credentials=server.has_credentials,
        loopback=loopback,
        local=loopback or where in INTERNAL,
    )


def _hosts(profile: AppProfile) -> tuple[str, ...]:
    """The hosts that a run of this profile speaks with, each once."""
    status = profile.status_page.url if profile.status_page else None
    names = (*profile.endpoint_hosts(), urlsplit(status or "").hostname or "")
    return tuple(dict.fromkeys(filter(None, names)))


def target_of(profile: AppProfile, settings: Settings) -> tuple[str, int]:
    """The first host that login needs and for which the proxy is used, else a neutral one."""
    for endpoint in _by_role(profile):
        parts = urlsplit(endpoint.url)
        if parts.scheme == "https" and parts.hostname and settings.server_for(endpoint.url):
            return parts.hostname, parts.port or 443
    return NEUTRAL_TARGET


def ask(host: Host, server: ProxyServer, target: tuple[str, int], deadline: Deadline) -> ProxyProbe:
    """Connect to the proxy and, if it speaks HTTP, ask it for a way to the target."""
    started = time.monotonic()

    def probe(
        outcome: ProxyOutcome, status: int | None = None, own_sign_in: bool = False
    ) -> ProxyProbe:
        return ProxyProbe(
            target=target[0],
            outcome=outcome,
            status=status,
            own_sign_in=own_sign_in,
            took_s=time.monotonic() - started,
        )

    addresses = _addresses(host, server.host, deadline)
    if not addresses:
        return probe("timeout" if deadline.expired else "unresolved")
    sock, failure = _connect(host, addresses, server.port, deadline)
    if sock is None:
        return probe(failure)
    with sock:
        if server.scheme != "http":
            return probe("not_asked")
        answer = open_tunnel(sock, server, *target, deadline)
    return probe(answer.outcome, answer.status, answer.own_sign_in)


def _connect(
    host: Host, addresses: tuple[str, ...], port: int, deadline: Deadline
) -> tuple[socket.socket | None, ProxyOutcome]:
    """A connection to the first address that takes one, or how the last one failed."""
    failure: ProxyOutcome = "timeout"
    for index, address in enumerate(addresses):
        share = deadline.remaining() / (len(addresses) - index)
        result = connect(host, address, port, deadline.within(share))
        if result.sock is not None:
            return result.sock, "open"
        failure = FAILURES.get(result.outcome, "unreachable")
    return None, failure


def _addresses(host: Host, name: str, deadline: Deadline) -> tuple[str, ...]:
    both = (lookup(host, name, family, deadline) for family in FAMILIES)
    return tuple(address for found in both for address in found.addresses)
