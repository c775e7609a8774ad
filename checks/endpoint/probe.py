"""Probes every endpoint of the profile: each address family apart, each layer in turn."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from msgspec import Struct

from checks.address import AddressFact
from checks.endpoint.facts import (
    AddressProbe,
    EndpointFact,
    EndpointProbe,
    FamilyProbe,
    HttpExchange,
    TlsExchange,
)
from checks.endpoint.page import exchange_of
from checks.proxy import ProxyServer, open_tunnel, proxy_for
from diag.app_profile import Endpoint
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, Failed
from diag.net import http, tcp, tls
from diag.net.addresses import scope
from diag.net.gather import gather
from diag.net.resolve import Family, lookup

HAND_IN_S = 0.3
"""Room to hand in what is known before the check's own deadline."""

CONNECT_TIMEOUT_S = 2.0
"""Two SYNs go unanswered by then (RFC 6298: one second, then two)."""

ADDRESSES_TRIED = 2
AGAIN_AFTER_S = 0.3
FAMILIES: tuple[Family, ...] = ("ipv4", "ipv6")


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


def target_of(endpoint: Endpoint) -> Target:
    parts = urlsplit(endpoint.url)
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(
        endpoint, parts.hostname or "", parts.port or (443 if secure else 80), secure, path
    )


def collect(host: Host, ctx: Context) -> EndpointFact:
    """Raises Failed(not_configured) if the profile names no endpoint."""
    if not ctx.profile.endpoint:
        raise Failed("not_configured", "endpoint")
    deadline = ctx.deadline.sooner(HAND_IN_S)
    targets = [target_of(endpoint) for endpoint in ctx.profile.endpoint]
    proxies = {target.endpoint.id: proxy_for(host, ctx, target.endpoint.url) for target in targets}
    usable = _usable_families(ctx)
    found = gather(
        {
            (target.endpoint.id, family): _Probe(
                host, target, proxies[target.endpoint.id], deadline
            ).of(family, family in usable)
            for target in targets
            for family in _families(proxies[target.endpoint.id])
        },
        deadline,
    )
    return EndpointFact(
        endpoints=tuple(
            EndpointProbe(
                id=target.endpoint.id,
                host=target.host,
                port=target.port,
                tls=target.tls,
                proxied=proxies[target.endpoint.id] is not None,
                families=tuple(
                    found[target.endpoint.id, family]
                    for family in FAMILIES
                    if (target.endpoint.id, family) in found
                ),
            )
            for target in targets
        )
    )


def _families(proxy: ProxyServer | None) -> tuple[Family, ...]:
    """Through a proxy there is one way; which family it uses is the proxy's affair."""
    return FAMILIES if proxy is None else ("ipv4",)


def _usable_families(ctx: Context) -> frozenset[Family]:
    """Families in which this device has an address that reaches beyond its own line."""
    addresses = ctx.find(AddressFact)
    if addresses is None:
        return frozenset(FAMILIES)
    return addresses.reaching()


class _Probe:
    def __init__(
        self, host: Host, target: Target, proxy: ProxyServer | None, deadline: Deadline
    ) -> None:
        self.host = host
        self.target = target
        self.proxy = proxy
        self.deadline = deadline

    def of(self, family: Family, usable: bool) -> Callable[[], FamilyProbe]:
        return lambda: self.run(family, usable)

    def run(self, family: Family, usable: bool) -> FamilyProbe:
        """Up to two addresses, until one answers as it should; a lone one that fails, twice."""
        if self.proxy is not None:
            return self._through(self.proxy, family)
        resolution = lookup(self.host, self.target.host, family, self.deadline)
        tried = list(resolution.addresses[:ADDRESSES_TRIED])
        probes: list[AddressProbe] = []
        for address in tried:
            probes.append(self._address(address))
            if probes[-1].healthy or self.deadline.expired:
                break
        if len(tried) == 1 and _server_error(probes[0]):
            time.sleep(min(AGAIN_AFTER_S, self.deadline.remaining()))
            probes.append(self._address(tried[0]))
        return FamilyProbe(
            family=family,
            usable=usable or any(scope(address) == "loopback" for address in tried),
            resolve=resolution.outcome,
            resolve_s=resolution.took_s,
            probes=tuple(probes),
        )

    def _address(self, address: str) -> AddressProbe:
        connected = tcp.connect(
            self.host, address, self.target.port, self.deadline.within(CONNECT_TIMEOUT_S)
        )
        tls_exchange, http_exchange = None, None
        if connected.sock is not None:
            tls_exchange, http_exchange = self._above_tcp(connected.sock, address)
        return AddressProbe(
            address=address,
            scope=scope(address),
            tcp=connected.outcome,
            tcp_s=connected.took_s,
            tls=tls_exchange,
            http=http_exchange,
        )

    def _above_tcp(
        self, sock: socket.socket, address: str | None
    ) -> tuple[TlsExchange | None, HttpExchange | None]:
        if not self.target.tls:
            return None, self._ask(sock)
        result = tls.handshake(sock, self.target.host, self.deadline)
        certificate = result.certificate
        if result.sock is None and address is not None and result.outcome in tls.REFUSED:
            certificate = self._read_refused(address)
        exchange = TlsExchange(
            outcome=result.outcome,
            took_s=result.took_s,
            version=result.version,
            certificate=certificate,
            chain=result.chain,
        )
        return exchange, self._ask(result.sock) if result.sock is not None else None

    def _read_refused(self, address: str) -> tls.Certificate | None:
        again = tcp.connect(
            self.host, address, self.target.port, self.deadline.within(CONNECT_TIMEOUT_S)
        )
        if again.sock is None:
            return None
        return tls.read_refused(again.sock, self.target.host, self.deadline)

    def _ask(self, sock: socket.socket) -> HttpExchange:
        with sock:
            answer = http.request(sock, self.target.host_header, self.target.path, self.deadline)
        return exchange_of(answer, self.target.endpoint)

    def _through(self, proxy: ProxyServer, family: Family) -> FamilyProbe:
        """The proxy's own name and port, then a tunnel; what fails there is the proxy's."""
        probe = AddressProbe(address="", scope="global", tcp="failed", tcp_s=0.0)
        started = time.monotonic()
        for own in FAMILIES:
            resolution = lookup(self.host, proxy.host, own, self.deadline)
            for address in resolution.addresses[:1]:
                connected = tcp.connect(
                    self.host, address, proxy.port, self.deadline.within(CONNECT_TIMEOUT_S)
                )
                probe = self._tunnelled(connected, proxy)
                if connected.sock is not None:
                    return _proxied(family, probe, started)
        return _proxied(family, probe, started)

    def _tunnelled(self, connected: tcp.TcpResult, proxy: ProxyServer) -> AddressProbe:
        failed = AddressProbe(address="", scope="global", tcp="failed", tcp_s=connected.took_s)
        sock = connected.sock
        if sock is None:
            return failed
        answer = open_tunnel(sock, proxy, self.target.host, self.target.port, self.deadline)
        if answer.outcome != "open":
            sock.close()
            return failed
        tls_exchange, http_exchange = self._above_tcp(sock, None)
        return AddressProbe(
            address="",
            scope="global",
            tcp="ok",
            tcp_s=connected.took_s,
            tls=tls_exchange,
            http=http_exchange,
        )


def _proxied(family: Family, probe: AddressProbe, started: float) -> FamilyProbe:
    return FamilyProbe(
        family=family,
        usable=True,
        resolve="ok",
        resolve_s=time.monotonic() - started - probe.tcp_s,
        probes=(probe,),
    )


def _server_error(probe: AddressProbe) -> bool:
    return probe.http is not None and probe.http.status >= 500
