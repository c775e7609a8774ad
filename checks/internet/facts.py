"""What the internet check learnt: how each well-known page and address answered."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from checks.internet.portal_api import PortalApi
from checks.internet.targets import Family, Vendor
from checks.notices import What
from diag.model import Fact, FreeText, PrivateHost, Public, ServiceIp

ProbeOutcome = Literal["expected", "redirected", "other_content", "other_status", "no_answer"]
ProbeLayer = Literal["resolve", "tcp", "http"]
ProbeError = Literal[
    "no_name", "no_address", "failed", "timeout", "refused", "unreachable", "closed", "malformed"
]
ConnectOutcome = Literal["connected", "refused", "timeout", "unreachable"]
ProxyKind = Literal["none", "loopback", "remote"]


class ProbeAnswer(Struct, frozen=True, kw_only=True):
    """How a vendor's page answered over one address family, or through the proxy.

    expected: as the vendor answers. redirected: to another host. other_content: 200, with a page
    that is not the vendor's. other_status: any other answer. no_answer: it ended at `layer` with
    `error`. `portal_*`: where a redirect leads, without its query. says: what the page that came
    instead is about, as far as its words tell (said_so) or the address that it leads to.
    """

    vendor: Vendor
    family: Family | None
    via_proxy: bool = False
    outcome: ProbeOutcome
    status: int | None = None
    portal_scheme: Literal["http", "https"] | None = None
    portal_host: PrivateHost | None = None
    portal_path: FreeText | None = None
    title: FreeText = ""
    says: What | None = None
    said_so: bool = False
    filter: Public = ""
    layer: ProbeLayer | None = None
    error: ProbeError | None = None
    server: ServiceIp | None = None
    took_s: float
    date_offset_s: float | None = None
    """This device's clock against the answer's Date: positive when the device is ahead."""

    @property
    def asks_to_sign_in(self) -> bool:
        """What a portal answers in place of the vendor (511: RFC 6585)."""
        return self.outcome in ("redirected", "other_content") or self.status == 511

    @property
    def forbids(self) -> bool:
        """What a filter answers, and some portals."""
        return (
            self.outcome == "other_status" and self.status is not None and 400 <= self.status < 500
        )


class LandmarkConnect(Struct, frozen=True, kw_only=True):
    """A TCP connection to a well-known public address."""

    address: Public
    port: int
    family: Family
    outcome: ConnectOutcome
    took_s: float


class InternetFact(Fact, frozen=True, kw_only=True):
    """proxy: whether web pages are set to go through a proxy, and where that one is.

    connects: those that were in when a vendor's own answer made the others needless, else all.
    api: what the network's own captive portal API says, where the lease names one.
    """

    probes: tuple[ProbeAnswer, ...]
    connects: tuple[LandmarkConnect, ...]
    proxy: ProxyKind = "none"
    api: PortalApi | None = None

    @property
    def works(self) -> bool:
        """Whether a vendor's own answer came back."""
        return any(probe.outcome == "expected" for probe in self.probes)
