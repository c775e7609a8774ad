"""What a public resolver says to a name: over DNS-over-HTTPS (RFC 8484's servers, JSON form), where
nobody on the way can answer in its place, else by plain DNS.

Asked only about names whose own answer failed or whose host did not prove itself.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

import msgspec
from msgspec import Struct

from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed
from diag.net import documents
from diag.net.addresses import is_address
from diag.net.name_server import ask

DOH = (
    ("1.1.1.1", "https://1.1.1.1/dns-query?name={name}&type=A"),
    ("8.8.8.8", "https://8.8.8.8/resolve?name={name}&type=A"),
)
DOH_SHARE_S = 1.2
TYPE_A = 1
NXDOMAIN = 3

Said = Literal["ok", "nodata", "nxdomain", "none"]


class Opinion(Struct, frozen=True, kw_only=True):
    """`said` none: nobody could be asked. secure: it came over TLS from the resolver itself."""

    resolver: str = ""
    said: Said
    secure: bool = False
    addresses: tuple[str, ...] = ()


class _Answer(Struct):
    type: int
    data: str


class _Reply(Struct):
    status: int = msgspec.field(name="Status")
    answer: tuple[_Answer, ...] | None = msgspec.field(name="Answer", default=None)


def ask_public(host: Host, name: str, deadline: Deadline) -> Opinion:
    """The first public resolver that answers."""
    for resolver, url in DOH:
        try:
            document = documents.get(
                host,
                url.format(name=quote(name, safe="")),
                deadline.within(DOH_SHARE_S),
                accept="application/dns-json",
                limit=64 << 10,
            )
            reply = msgspec.json.decode(document.body, type=_Reply)
        except (Failed, msgspec.DecodeError):
            continue
        addresses = tuple(
            each.data
            for each in reply.answer or ()
            if each.type == TYPE_A and is_address(each.data)
        )
        return _opinion(resolver, reply.status == NXDOMAIN, addresses, secure=True)
    return _plainly(host, name, deadline)


def _plainly(host: Host, name: str, deadline: Deadline) -> Opinion:
    for place, (resolver, _) in enumerate(DOH):
        share = deadline.remaining() / (len(DOH) - place)
        answer = ask(host, resolver, name, "A", deadline.within(share))
        if answer.outcome in ("ok", "nodata", "nxdomain"):
            return _opinion(resolver, answer.outcome == "nxdomain", answer.addresses, secure=False)
    return Opinion(said="none")


def _opinion(resolver: str, gone: bool, addresses: tuple[str, ...], *, secure: bool) -> Opinion:
    said: Said = "nxdomain" if gone else "ok" if addresses else "nodata"
    return Opinion(resolver=resolver, said=said, secure=secure, addresses=addresses)
