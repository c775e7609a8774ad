"""What each operating system tells about ways out and neighbours: one module for each."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from checks.gateway.fact import DefaultRoute, Family, Neighbour, OtherRoute
from diag.host import Host


class Ways(Struct, frozen=True, kw_only=True):
    """The default routes of a device: one in use for each family, and those that are not."""

    used: tuple[DefaultRoute, ...]
    others: tuple[OtherRoute, ...] = ()
    barred: tuple[Family, ...] = ()


class Entry(Struct, frozen=True):
    """A line of the neighbour table: who has which hardware address. `mac` is lower case."""

    address: str
    mac: str


class System(Protocol):
    """A module of this package."""

    def ways(self, host: Host) -> Ways:
        """Raises Failed if nobody can be asked."""
        ...

    def scope_id(self, host: Host, interface: str) -> str:
        """How an address names its interface after the sign % (RFC 4007)."""
        ...

    def ping(self, host: Host, address: str, timeout_s: float) -> bool:
        """Whether one echo request was answered by the address itself."""
        ...

    def neighbour(self, host: Host, gateway: str, interface: str) -> Neighbour: ...

    def entries(self, host: Host, interface: str) -> tuple[Entry, ...]:
        """Everybody whom this device has talked to on an interface; empty if not known."""
        ...

    def vpn(self, host: Host, route: DefaultRoute, ways: Ways) -> bool | None: ...

    def tether(self, host: Host, route: DefaultRoute) -> bool | None:
        """Whether hardware that phones alone have is at the other end."""
        ...


def plain_mac(text: str) -> str:
    """`0:11:2a:...` and `00-11-2A-...` alike as `00:11:2a:...`; empty for what is none."""
    octets = text.replace("-", ":").split(":")
    try:
        numbers = [int(octet, 16) for octet in octets]
    except ValueError:
        return ""
    if len(numbers) != 6 or not any(numbers) or max(numbers) > 255:
        return ""
    return ":".join(f"{number:02x}" for number in numbers)
