"""Whom the internet check asks. Operating systems ask the same hosts for the same purpose."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Vendor = Literal["apple", "google"]
Family = Literal["ipv4", "ipv6"]


class PortalProbe(Struct, frozen=True, kw_only=True):
    """A page over plain HTTP whose answer is known, so that a portal's own answer stands out.

    `body`: what the right answer contains; empty: the right answer has no body.
    """

    vendor: Vendor
    host: str
    path: str
    status: int
    body: bytes = b""

    @property
    def url(self) -> str:
        return f"http://{self.host}{self.path}"


class Landmark(Struct, frozen=True, kw_only=True):
    """A public address that answers from everywhere, whether names resolve or not."""

    address: str
    port: int
    family: Family


PORTAL_PROBES = (
    PortalProbe(
        vendor="apple",
        host="captive.apple.com",
        path="/hotspot-detect.html",
        status=200,
        body=b"<TITLE>Success</TITLE>",
    ),
    PortalProbe(
        vendor="google", host="connectivitycheck.gstatic.com", path="/generate_204", status=204
    ),
)

LANDMARKS = (
    Landmark(address="1.1.1.1", port=443, family="ipv4"),
    Landmark(address="8.8.8.8", port=53, family="ipv4"),
    Landmark(address="2606:4700:4700::1111", port=443, family="ipv6"),
)
"""Public resolvers. On two ports, since a network may keep one of them to itself."""

HOSTS: dict[Vendor, str] = {probe.vendor: probe.host for probe in PORTAL_PROBES}
