"""What is learnt of the hosts that login needs, layer by layer, one address at a time."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from checks.internet.facts import LandmarkConnect
from checks.notices import What
from checks.proxy.tunnel import TunnelOutcome
from diag.model import Fact, Failure, FreeText, PrivateHost, Public, ServiceIp
from diag.net.addresses import Scope
from diag.net.certificates import Certificate
from diag.net.http import HttpOutcome
from diag.net.resolve import Family, ResolveOutcome
from diag.net.tcp import TcpOutcome
from diag.net.tls import TlsOutcome

Says = Literal["maintenance", "busy", "blocked"]
"""What a page says of itself: planned work, too many visitors, or that this client is refused."""

KEPT_HEADERS = (
    "date",
    "server",
    "retry-after",
    "cf-ray",
    "x-amz-cf-id",
    "x-request-id",
)
"""What a help desk can look up; none of them identifies the user."""


class HttpExchange(Struct, frozen=True, kw_only=True):
    """The answer to a GET of the endpoint's own address.

    Redirects are followed only within the same origin, and only where the profile says how the page
    is recognised. expected: whether the status is one that the profile expects. recognised: whether
    the page is the right one by `expect_body`; None if that cannot be told. sorry: whether it is
    the page that `sorry_body` describes. late: the page did not end by the deadline. notice: what
    the page says that may come from somebody in between; filter: whose it is.
    """

    outcome: HttpOutcome
    took_s: float
    status: int = 0
    title: FreeText = ""
    headers: dict[Public, FreeText] = {}
    location: PrivateHost | None = None
    redirects: int = 0
    late: bool = False
    expected: bool = False
    recognised: bool | None = None
    sorry: bool = False
    says: Says | None = None
    notice: What | None = None
    filter: Public = ""
    date_offset_s: float | None = None
    retry_after_s: float | None = None

    @property
    def healthy(self) -> bool:
        return (
            self.outcome == "ok"
            and self.expected
            and not self.late
            and not self.sorry
            and self.says is None
            and self.recognised is not False
        )


class TlsExchange(Struct, frozen=True, kw_only=True):
    """One handshake. On refusal `certificate` is what a second, unverified one showed.

    chain: who issued it, up to the root. added_root: whether that root is one that somebody added
    to this device; None if that is not known. answers_nameless: where nothing came back, whether
    something did when no server was named; None if that was not tried.
    """

    outcome: TlsOutcome
    took_s: float
    version: Public = ""
    certificate: Certificate | None = None
    chain: tuple[FreeText, ...] = ()
    added_root: bool | None = None
    answers_nameless: bool | None = None


class AddressProbe(Struct, frozen=True, kw_only=True):
    """One address tried, as far as it let us; None: not got so far (or no TLS wanted).

    Through a proxy, `tcp` is the connection to that (no address is given), and `tunnel` what it
    said when asked for the endpoint.
    """

    address: ServiceIp
    scope: Scope
    tcp: TcpOutcome
    tcp_s: float
    tunnel: TunnelOutcome | None = None
    tls: TlsExchange | None = None
    http: HttpExchange | None = None

    @property
    def healthy(self) -> bool:
        return self.http is not None and self.http.healthy

    @property
    def verified(self) -> bool:
        """Whether the host itself was met beyond doubt: its certificate chain held."""
        return self.tls is not None and self.tls.outcome == "ok"


class FamilyProbe(Struct, frozen=True, kw_only=True):
    """One address family of one endpoint. usable: whether this device has an address of it."""

    family: Family
    usable: bool
    resolve: ResolveOutcome
    resolve_s: float
    probes: tuple[AddressProbe, ...] = ()


class EndpointProbe(Struct, frozen=True, kw_only=True):
    """One endpoint. proxied: reached through a proxy, which then also resolves its name.

    families: what was brought in by the deadline; may lack one. failure: why it was not probed.
    """

    id: Public
    host: Public
    port: int
    tls: bool
    proxied: bool = False
    families: tuple[FamilyProbe, ...] = ()
    failure: Failure | None = None

    @property
    def nameless(self) -> bool:
        """Whether the system's resolver said of every family in use that there is no such name, or
        that it has no address.
        """
        usable = [each for each in self.families if each.usable]
        return (
            not self.proxied
            and len(self.families) > 1
            and bool(usable)
            and all(each.resolve in ("no_name", "no_address") for each in usable)
        )

    def probes(self) -> tuple[AddressProbe, ...]:
        return tuple(probe for family in self.families for probe in family.probes)


class EndpointFact(Fact, frozen=True, kw_only=True):
    """Every endpoint of the profile, in its order.

    landmarks: well-known public addresses at port 443, tried only where no endpoint took a
    connection there.
    """

    endpoints: tuple[EndpointProbe, ...]
    landmarks: tuple[LandmarkConnect, ...] = ()

    def server_dates(self) -> tuple[tuple[str, float], ...]:
        """Host and clock offset (seconds this device is ahead) of answers that were verified."""
        return tuple(
            (endpoint.host, probe.http.date_offset_s)
            for endpoint in self.endpoints
            for probe in endpoint.probes()
            if probe.verified and probe.http is not None and probe.http.date_offset_s is not None
        )
