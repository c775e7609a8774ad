"""`link`: is any network interface up?"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from checks.lines import lines
from checks.remedies import USE_MOBILE_LINE
from diag.host import Host
from diag.model import (
    DEVICE,
    Check,
    Context,
    Fact,
    Finding,
    Judgement,
    Layer,
    Problem,
    Public,
    Remedy,
    View,
)

RECONNECT = Remedy(code="link.reconnect", minutes=2)

LINK_DOWN = Problem(
    code="link.down",
    severity="problem",
    where="device",
    layer=Layer.LINK,
    blocking=True,
    explains=("address.missing", "route.missing"),
    remedies=(RECONNECT, USE_MOBILE_LINE),
)


class InterfaceLink(Struct, frozen=True, kw_only=True):
    name: Public
    up: bool


class LinkFact(Fact, frozen=True, kw_only=True):
    """The interfaces that a line can be on: no loopback, tunnels or software-made ones."""

    interfaces: tuple[InterfaceLink, ...]


def collect(host: Host, _: Context) -> LinkFact:
    return LinkFact(
        interfaces=tuple(
            InterfaceLink(name=interface.name, up=interface.up) for interface in lines(host)
        )
    )


def judge(fact: LinkFact, _: View) -> Iterator[Judgement]:
    if not any(interface.up for interface in fact.interfaces):
        names = [interface.name for interface in fact.interfaces]
        yield Finding(code=LINK_DOWN.code, subject=DEVICE, args={"interfaces": names or None})


CHECK = Check(
    name="link", fact=LinkFact, collect=collect, judge=judge, problems=(LINK_DOWN,), timeout_s=6.5
)
