"""What answered in plain HTTP at the address of a host that did not prove itself."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from checks.notices import What
from diag.model import Fact, FreeText, PrivateHost, Public, ServiceIp
from diag.net.addresses import Scope


class PlainAnswer(Struct, frozen=True, kw_only=True):
    """The answer to a GET of / on port 80; status None: none came. Nothing is followed.

    says, said_so, filter: as of `ProbeAnswer`. leads_*: another host that a redirect leads to,
    without its query; akin: whether it shares its domain with one of the profile's, or there is no
    such redirect. foreign_certificate: the fingerprint of a certificate that was shown in this
    host's name but is for others; certificate_filter: the filter that it names.
    """

    host: Public
    address: ServiceIp
    scope: Scope
    status: int | None = None
    title: FreeText = ""
    says: What | None = None
    said_so: bool = False
    filter: Public = ""
    leads_scheme: Literal["http", "https"] | None = None
    leads_host: PrivateHost | None = None
    leads_path: FreeText | None = None
    akin: bool = True
    foreign_certificate: Public = ""
    certificate_filter: Public = ""


class FilterFact(Fact, frozen=True, kw_only=True):
    """answers: one for each host that was looked at; none, if every host proved itself, or if the
    internet check knew already who stands in between.
    """

    answers: tuple[PlainAnswer, ...] = ()
