"""Firewalls of the device itself: one that shuts the login out, and such as do nobody harm."""

from tests.lab import faults, places
from tests.lab.lab import World
from tests.lab.situation import fault, healthy

BLOCKED = "198.51.100.0/24"
"""Addresses of nobody here."""


@fault(
    expect="firewall.host_blocked",
    under=["endpoint.unreachable"],
    never=["service.unresponsive"],
    where="device",
)
def login_dropped_on_the_device(world: World) -> None:
    """Silence, as from a host that is down; but the device's own rule is there to be read."""
    faults.drop(world.net.device, "output", *faults.to(places.LOGIN, faults.HTTPS))


@fault(
    expect="firewall.host_blocked",
    under=["endpoint.unreachable"],
    never=["service.unresponsive"],
    where="device",
)
def login_on_a_block_list_of_the_device(world: World) -> None:
    """As filters do it: a set of addresses, in a chain of its own."""
    device = world.net.device
    addresses = {"ip": places.LOGIN.ipv4, "ip6": places.LOGIN.ipv6}
    for family, address in addresses.items():
        kind = "ipv4_addr" if family == "ip" else "ipv6_addr"
        table = f"{family} blocklist"
        device.run("nft", "add", "table", *table.split())
        for command in (
            f"add set {table} hosts {{ type {kind}; elements = {{ {address} }}; }}",
            f"add chain {table} check",
            f"add rule {table} check {family} daddr @hosts counter drop",
            f"add chain {table} out {{ type filter hook output priority 0; }}",
            f"add rule {table} out ct state established accept",
            f'add rule {table} out oifname "eth0" jump check',
        ):
            device.run("nft", command)


@fault(
    expect="firewall.port_blocked",
    under=["endpoint.unreachable"],
    never=["internet.down"],
    where="device",
)
def https_dropped_on_the_device(world: World) -> None:
    faults.drop(world.net.device, "output", faults.HTTPS)


@fault(expect=["firewall.host_blocked", "service.unresponsive"])
def login_silent_and_a_firewall_that_does_not_mind(world: World) -> None:
    """The rules are there to be read, and are not what keeps the login away: still a tie."""
    faults.host_silent(world.net, places.LOGIN)
    _ordinary(world)


@healthy()
def firewall_with_other_rules(world: World) -> None:
    _ordinary(world)


def _ordinary(world: World) -> None:
    """Nothing comes in unasked; some addresses and plain mail are held back on the way out."""
    faults.drop(
        world.net.device,
        "output",
        f"ip daddr {BLOCKED}",
        "tcp dport { 25, 465, 587 }",
        f"ip daddr {places.LOGIN.ipv4} udp dport 443",
        f"ip6 daddr {places.LOGIN.ipv6} udp dport 443",
    )
    world.net.device.nft(
        "inet",
        "lan_guard",
        "type filter hook input priority 0; policy drop",
        "ct state established,related accept",
        'iifname "lo" accept',
        "meta l4proto { icmp, ipv6-icmp } accept",
    )
