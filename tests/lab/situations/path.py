"""Faults of the link, the addresses, the way to the internet, and of one address family."""

from tests.lab import faults, places
from tests.lab.lab import World
from tests.lab.situation import fault

NOBODY_ANSWERS = ("status_page.unavailable", "store.unavailable")
NOTHING_WORKS = ("endpoint.unresolved", "status_page.unavailable", "store.unavailable")


@fault(expect="link.down", under=NOBODY_ANSWERS, hides=["endpoint"], where="device")
def interface_switched_off(world: World) -> None:
    faults.interface_off(world.net)


@fault(expect="link.down", under=NOBODY_ANSWERS, hides=["endpoint"], where="device")
def cable_without_carrier(world: World) -> None:
    faults.cable_out(world.net)


@fault(expect="address.missing", under=NOBODY_ANSWERS, hides=["endpoint"])
def link_local_address_only(world: World) -> None:
    faults.no_address(world.net)


@fault(expect="address.missing", under=NOBODY_ANSWERS, hides=["endpoint"])
def no_address_at_all(world: World) -> None:
    world.net.device.ip("addr flush dev eth0")


@fault(expect="route.missing", under=["endpoint.unreachable", "status_page.unavailable"])
def no_default_route(world: World) -> None:
    for place in places.PLACES:
        world.router_dns.publish(place)
    faults.no_default_route(world.net)


@fault(expect="gateway.unreachable", under=NOTHING_WORKS, where="network")
def gateway_gone(world: World) -> None:
    faults.gateway_gone(world.net)


@fault(expect="internet.down", under=NOTHING_WORKS, where="network")
def line_unplugged(world: World) -> None:
    faults.line_unplugged(world.net)


@fault(expect="internet.down", under=NOTHING_WORKS, where="network")
def line_silent(world: World) -> None:
    faults.line_silent(world.net)


@fault(
    expect="internet.down",
    under=["endpoint.unreachable", "status_page.unavailable", "store.unavailable"],
    never=["dns.unreachable", "firewall.port_blocked"],
    where="network",
)
def line_silent_but_names_resolve(world: World) -> None:
    for place in places.PLACES:
        world.router_dns.publish(place)
    faults.line_silent(world.net)


@fault(expect="ipv6.broken", severity="warning", args=())
def ipv6_black_hole(world: World) -> None:
    faults.ipv6_black_hole(world.net)


@fault(expect="ipv4.broken", severity="warning", args=())
def ipv4_black_hole(world: World) -> None:
    world.device.nameservers = (places.ROUTER_IPV6,)
    world.router_dns.forwards_to = (places.CLOUDFLARE_DNS.ipv6,)
    faults.ipv4_black_hole(world.net)


@fault(expect="path.mtu_blackhole", where="network")
def large_packets_vanish(world: World) -> None:
    for name in ("login.app.test", "api.app.test", "www.app.test"):
        world.web[name].certificate = "long_chain"
    faults.black_hole_large_packets(world.net)


@fault(
    expect="internet.lossy",
    severity="any",
    args=["--symptom", "slow"],
)
def every_fourth_packet_lost(world: World) -> None:
    faults.lose(world.net.router, "forward", 25)


@fault(
    expect="internet.slow",
    under=["endpoint.unreachable"],
    never=["internet.lossy", "path.mtu_blackhole"],
    where="network",
    args=["--symptom", "slow"],
)
def line_of_24_kbit(world: World) -> None:
    faults.slow_line(world.net, 24)
