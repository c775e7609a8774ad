"""Probes every endpoint of the profile: each address family apart, each layer in turn."""

from __future__ import annotations

import socket
import time
from functools import partial
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from checks.address import MAKESHIFT, AddressFact
from checks.endpoint.added_roots import AddedRoots
from checks.endpoint.dial import FAMILIES, Direct, Proxied, Way
from checks.endpoint.facts import (
    AddressProbe,
    EndpointFact,
    EndpointProbe,
    FamilyProbe,
    HttpExchange,
    TlsExchange,
)
from checks.endpoint.page import exchange_of
from checks.internet.collect import knock
from checks.internet.facts import LandmarkConnect
from checks.internet.targets import LANDMARKS
from checks.proxy import ProxyServer, authorization, proxy_for
from diag.app_profile import Endpoint
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, Failed, Failure
from diag.net import http, tls
from diag.net.addresses import is_address, scope
from diag.net.gather import gather
from diag.net.resolve import Family, lookup

HTTPS_PORT = 443
LANDMARK_TIMEOUT_S = 1.2

HAND_IN_S = 0.3
"""Room to hand in what is known before the check's own deadline."""
GRACE_S = 0.3
"""Every probe ends by itself; this is for the last ones to come in, on a busy device too."""

TLS_TIMEOUT_S = 3.0
"""A certificate chain of 5 KB needs a third of a second at 128 kbit/s, one lost flight a second."""

NAMELESS_TIMEOUT_S = 1.2
"""Half a second away by satellite, a handshake's first answer takes a whole one."""

ENDED_BY_NAME: tuple[tls.TlsOutcome, ...] = ("reset", "timeout")
"""What filters do to a handshake that names a host on their list."""

ADDRESSES_TRIED = 2
AGAIN_AFTER_S = 0.3
REDIRECTS = 3

DEFAULT_PORTS = {"https": 443, "http": 80}


class Target(Struct, frozen=True):
    """Where an endpoint's URL leads."""

    endpoint: Endpoint
    host: str
    port: int
    tls: bool
    path: str

    @property
    def host_header(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.tls else 80) else f"{name}:{self.port}"


def target_of(endpoint: Endpoint, url: str | None = None) -> Target:
    """`url`: another one than the endpoint's own, to which a redirect leads."""
    parts = urlsplit(url or endpoint.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    return Target(endpoint, parts.hostname or "", port, parts.scheme == "https", path)


def collect(host: Host, ctx: Context) -> EndpointFact:
    """Raises Failed(not_configured) if the profile names no endpoint."""
    if not ctx.profile.endpoint:
        raise Failed("not_configured", "endpoint")
    deadline = ctx.deadline.sooner(HAND_IN_S)
    prober = _Prober(host, deadline.sooner(GRACE_S), _usable_families(ctx), AddedRoots(host))
    targets = [target_of(endpoint) for endpoint in ctx.profile.endpoint]
    proxies = {target.endpoint.id: proxy_for(host, ctx, target.endpoint.url) for target in targets}
    probes = {
        (target.endpoint.id, family): partial(prober.probe, target, proxy, family)
        for target in targets
        for proxy in [proxies[target.endpoint.id]]
        for family in _families(proxy)
    }
    found = gather(probes, deadline)
    endpoints = tuple(_brought_in(target, proxies[target.endpoint.id], found) for target in targets)
    return EndpointFact(endpoints=endpoints, landmarks=_landmarks(host, endpoints, ctx.deadline))


def _landmarks(
    host: Host, endpoints: tuple[EndpointProbe, ...], deadline: Deadline
) -> tuple[LandmarkConnect, ...]:
    """Whether port 443 is shut for these hosts or for all: asked where none of them opened it."""
    secure = [each for each in endpoints if each.port == HTTPS_PORT and not each.proxied]
    tried = [probe for each in secure for probe in each.probes()]
    if not tried or any(probe.tcp == "ok" for probe in tried):
        return ()
    until = deadline.within(LANDMARK_TIMEOUT_S)
    knocks = {
        each.address: partial(knock, host, each, until.sooner(GRACE_S))
        for each in LANDMARKS
        if each.port == HTTPS_PORT
    }
    return tuple(gather(knocks, until).values())


def _families(proxy: ProxyServer | None) -> tuple[Family, ...]:
    """Through a proxy there is one way; which family it uses is the proxy's affair."""
    if proxy is None:
        return FAMILIES
    return ("ipv4",) if proxy.scheme == "http" else ()


def _brought_in(
    target: Target,
    proxy: ProxyServer | None,
    found: dict[tuple[str, Family], FamilyProbe],
) -> EndpointProbe:
    keys = ((target.endpoint.id, family) for family in FAMILIES)
    unsupported = proxy is not None and not _families(proxy)
    return EndpointProbe(
        id=target.endpoint.id,
        host=target.host,
        port=target.port,
        tls=target.tls,
        proxied=proxy is not None,
        families=tuple(found[key] for key in keys if key in found),
        failure=Failure(code="unsupported", operation="proxy") if unsupported else None,
    )


def _usable_families(ctx: Context) -> frozenset[Family]:
    """Families in which this device has an address that reaches beyond its own network.

    A unique local one (RFC 4193) does not; a private IPv4 one does, through the router.
    """
    addresses = ctx.find(AddressFact)
    if addresses is None:
        return frozenset(FAMILIES)
    held = [
        each
        for interface in addresses.interfaces
        if interface.up
        for each in interface.addresses
        if each.scope not in MAKESHIFT
    ]
    return frozenset(each.family for each in held if each.scope != "unique_local")


class _Prober:
    """What all probes of one run share."""

    def __init__(
        self,
        host: Host,
        deadline: Deadline,
        usable: frozenset[Family],
        roots: AddedRoots,
    ) -> None:
        self.host = host
        self.deadline = deadline
        self.usable = usable
        self.roots = roots

    def probe(self, target: Target, proxy: ProxyServer | None, family: Family) -> FamilyProbe:
        if proxy is not None:
            tunnel = (target.host, target.port) if target.tls else None
            way = Proxied(self.host, proxy, tunnel)
            probes = self._until_healthy(target, [way], proxy)
            return FamilyProbe(
                family=family, usable=True, resolve="ok", resolve_s=0.0, probes=probes
            )
        resolution = lookup(self.host, target.host, family, self.deadline)
        addresses = resolution.addresses[:ADDRESSES_TRIED]
        ways = [Direct(self.host, address, target.port) for address in addresses]
        return FamilyProbe(
            family=family,
            usable=family in self.usable or any(scope(each) == "loopback" for each in addresses),
            resolve=resolution.outcome,
            resolve_s=resolution.took_s,
            probes=self._until_healthy(target, ways),
        )

    def _until_healthy(
        self, target: Target, ways: list[Direct] | list[Proxied], proxy: ProxyServer | None = None
    ) -> tuple[AddressProbe, ...]:
        """Each way, until one answers as it should; one alone that says 5xx is asked again."""
        probes: list[AddressProbe] = []
        for way in ways:
            probes.append(_Attempt(self, target, way, proxy).made())
            if probes[-1].healthy or self.deadline.expired:
                return tuple(probes)
        if len(ways) == 1 and _server_error(probes[0]):
            time.sleep(min(AGAIN_AFTER_S, self.deadline.remaining()))
            probes.append(_Attempt(self, target, ways[0], proxy).made())
        return tuple(probes)


class _Attempt:
    """One way to one endpoint, taken as far as it goes."""

    def __init__(
        self, prober: _Prober, target: Target, way: Way, proxy: ProxyServer | None
    ) -> None:
        self.deadline = prober.deadline
        self.roots = prober.roots
        self.target = target
        self.way = way
        self.proxy = proxy

    def made(self) -> AddressProbe:
        dialled = self.way.dial(self.deadline)
        tls_exchange, http_exchange = None, None
        if dialled.sock is not None:
            tls_exchange, http_exchange = self._above_tcp(dialled.sock)
        return AddressProbe(
            address=self.way.address,
            scope=scope(self.way.address) if self.way.address else "global",
            tcp=dialled.outcome,
            tcp_s=dialled.took_s,
            tunnel=dialled.tunnel,
            tls=tls_exchange,
            http=http_exchange,
        )

    def _above_tcp(self, sock: socket.socket) -> tuple[TlsExchange | None, HttpExchange | None]:
        if not self.target.tls:
            return None, self._ask(sock)
        result = self._handshake(sock)
        if result.sock is None:
            return self._refused(result), None
        exchange = TlsExchange(
            outcome="ok",
            took_s=result.took_s,
            version=result.version,
            certificate=result.certificate,
            chain=result.chain,
            added_root=self.roots.end(result.last),
        )
        return exchange, self._ask(result.sock)

    def _refused(self, result: tls.TlsResult) -> TlsExchange:
        """With what the server shows to whoever does not verify, read over a connection of its own.

        Where the issuer's certificate is missing that its authority publishes, browsers fetch it.
        """
        outcome = result.outcome
        shown = None
        if outcome in tls.REFUSED:
            again = self.way.dial(self.deadline).sock
            if again is not None:
                shown = tls.read_refused(again, self.target.host, self.deadline)
        if outcome == "unknown_issuer" and shown is not None and shown.issuer_missing:
            outcome = "chain_incomplete"
        return TlsExchange(
            outcome=outcome,
            took_s=result.took_s,
            certificate=shown.certificate if shown else None,
            answers_nameless=self._answers_nameless() if outcome in ENDED_BY_NAME else None,
        )

    def _answers_nameless(self) -> bool | None:
        """None: not asked, since an address is not named in a handshake, or not connected again."""
        deadline = self.deadline.within(NAMELESS_TIMEOUT_S)
        again = None if is_address(self.target.host) else self.way.dial(deadline).sock
        return tls.answers_nameless(again, deadline) if again is not None else None

    def _ask(self, sock: socket.socket) -> HttpExchange:
        """The endpoint's page; where it has to be recognised, the one that its own redirects lead
        to, as long as they stay within its origin.
        """
        endpoint = self.target.endpoint
        answer = self._request(sock, self.target)
        redirects = 0
        url = endpoint.url
        while (endpoint.expect_body or endpoint.sorry_body) and redirects < REDIRECTS:
            following = _within_origin(url, answer, endpoint)
            stream = self._again() if following else None
            if following is None or stream is None:
                break
            redirects += 1
            url = following
            answer = self._request(stream, target_of(endpoint, url))
        return exchange_of(answer, endpoint, redirects)

    def _request(self, sock: socket.socket, target: Target) -> http.HttpAnswer:
        path, headers = target.path, {}
        if self.proxy is not None and not target.tls:
            path, headers = f"http://{target.host_header}{path}", authorization(self.proxy)
        with sock:
            return http.request(sock, target.host_header, path, self.deadline, headers=headers)

    def _again(self) -> socket.socket | None:
        sock = self.way.dial(self.deadline).sock
        if sock is None or not self.target.tls:
            return sock
        return self._handshake(sock).sock

    def _handshake(self, sock: socket.socket) -> tls.TlsResult:
        return tls.handshake(sock, self.target.host, self.deadline.within(TLS_TIMEOUT_S))


def _within_origin(url: str, answer: http.HttpAnswer, endpoint: Endpoint) -> str | None:
    """Where a redirect within the endpoint's own origin (RFC 6454) leads."""
    if not 300 <= answer.status < 400 or answer.status in endpoint.expect_status:
        return None
    try:
        following = urljoin(url, answer.headers.get("location", ""))
        here, there = target_of(endpoint), target_of(endpoint, following)
    except ValueError:
        return None
    same = (there.tls, there.host, there.port) == (here.tls, here.host, here.port)
    return following if same and following != url else None


def _server_error(probe: AddressProbe) -> bool:
    return probe.http is not None and probe.http.status >= 500
