"""The way out of the device: the wrong one, one that is shut, and unusual ones that are fine."""

from tests.lab import faults, places, ways, wrong_ways
from tests.lab.lab import World
from tests.lab.situation import fault, healthy, pair
from tests.lab.web import Page

NOTHING_WORKS = ("endpoint.unresolved", "status_page.unavailable", "store.unavailable")
NO_CAUSE_BEYOND = ("internet.down", "dns.unreachable", "gateway.unreachable", "service.outage")


@fault(
    expect="route.wrong_interface",
    under=["endpoint.unresolved", "internet.down"],
    never=["internet.down", "dns.unreachable"],
    where="device",
)
def default_route_by_dead_end(world: World) -> None:
    world.device.nameservers = ("1.1.1.1",)
    faults.default_route_by_dead_end(world.net)


@fault(expect="route.wrong_interface", never=NO_CAUSE_BEYOND, where="device")
def default_route_by_dead_end_without_router(world: World) -> None:
    world.device.nameservers = ("1.1.1.1",)
    wrong_ways.dead_end_without_router(world.net)


@fault(expect="route.wrong_interface", never=NO_CAUSE_BEYOND, where="device")
def default_route_by_dead_end_but_names_resolve(world: World) -> None:
    """The name server is on the network that works, so only what lies beyond is out of reach."""
    faults.default_route_by_dead_end(world.net)


@fault(expect="route.wrong_interface", never=NO_CAUSE_BEYOND, where="device")
def two_default_routes_of_equal_rank(world: World) -> None:
    world.device.nameservers = ("1.1.1.1",)
    wrong_ways.equal_metrics(world.net)


@fault(
    expect="vpn.kill_switch",
    under=["endpoint.unresolved", "internet.down"],
    never=NO_CAUSE_BEYOND,
    where="device",
)
def vpn_down_and_nothing_let_past(world: World) -> None:
    world.device.nameservers = ("1.1.1.1",)
    faults.kill_switch(world.net)


@fault(expect="vpn.kill_switch", under=NOTHING_WORKS, never=NO_CAUSE_BEYOND, where="device")
def vpn_gone_and_its_rules_stay(world: World) -> None:
    world.device.nameservers = ("1.1.1.1",)
    wrong_ways.vpn_gone_rules_stay(world.net)


@fault(expect="vpn.kill_switch", never=[*NO_CAUSE_BEYOND, "route.missing"], where="device")
def vpn_gone_and_its_route_stays(world: World) -> None:
    world.device.nameservers = ("1.1.1.1",)
    world.net.device.ip("tuntap add dev wg0 mode tun")
    wrong_ways.barred_by_routes(world.net, "prohibit")


@fault(expect="vpn.silent", under=["internet.down"], never=NO_CAUSE_BEYOND, where="device")
def vpn_carries_nothing_but_the_line_works(world: World) -> None:
    wrong_ways.vpn_silent(world)


@fault(expect="internet.down", never=["vpn.silent", "vpn.kill_switch"], where="network")
def vpn_up_and_the_line_is_dead(world: World) -> None:
    wrong_ways.vpn_silent(world)
    faults.line_silent(world.net)


@fault(expect="firewall.outbound_blocked", never=NO_CAUSE_BEYOND, where="device")
def own_firewall_drops_everything(world: World) -> None:
    world.device.nameservers = ("1.1.1.1",)
    wrong_ways.lets_nothing_out(world.net)


@fault(expect="firewall.outbound_blocked", never=NO_CAUSE_BEYOND, where="device")
def own_firewall_refuses_everything(world: World) -> None:
    world.device.nameservers = ("1.1.1.1",)
    wrong_ways.refuses_aloud(world.net)


@fault(expect="route.missing", never=["vpn.kill_switch", "internet.down"], where="device")
def route_that_refuses_everything(world: World) -> None:
    world.device.nameservers = ("1.1.1.1",)
    wrong_ways.barred_by_routes(world.net, "unreachable")


@fault(expect="route.missing", never=["vpn.kill_switch", "internet.down"], where="device")
def route_that_swallows_everything(world: World) -> None:
    world.device.nameservers = ("1.1.1.1",)
    wrong_ways.barred_by_routes(world.net, "blackhole")


@fault(expect="gateway.spoofed", severity="warning", args=())
def router_answered_for_by_another(world: World) -> None:
    wrong_ways.listener(world.net)


@fault(expect="ipv4.broken", severity="warning", args=(), never=["gateway.unreachable"])
def router_lost_its_ipv4(world: World) -> None:
    world.device.nameservers = (places.ROUTER_IPV6,)
    world.router_dns.forwards_to = (places.CLOUDFLARE_DNS.ipv6,)
    wrong_ways.router_without_ipv4(world.net)


@pair(expect="vpn.kill_switch", never=["service.error", "internet.down", "dns.unreachable"])
def kill_switch_and_login_503(world: World) -> None:
    wrong_ways.vpn_gone_rules_stay(world.net)
    world.web["login.app.test"].page = Page(status=503)


@pair(expect="route.wrong_interface", never=["dns.unreachable", "internet.down"])
def wrong_interface_and_resolver_dead(world: World) -> None:
    world.router_dns.mode = "dead"
    faults.default_route_by_dead_end(world.net)


@pair(expect="service.error", also=["gateway.spoofed"], never=["tls.intercepted"])
def listener_and_login_503(world: World) -> None:
    wrong_ways.listener(world.net)
    world.web["login.app.test"].page = Page(status=503)


@pair(expect="vpn.silent", never=["internet.down", "clock.wrong"])
def vpn_silent_and_clock_ahead(world: World) -> None:
    wrong_ways.vpn_silent(world)
    world.device.clock_offset_s = 3 * 86_400


@healthy(never=["ipv6.broken", "endpoint.unreachable"])
def ipv6_barred_beside_a_vpn(world: World) -> None:
    """As VPN clients do that carry IPv4 alone, so that nothing passes them by."""
    ways.vpn(world)
    world.net.device.ip(
        "route del ::/1 dev tun0",
        "route del 8000::/1 dev tun0",
        "route flush default",
        "route add unreachable default metric 1",
        family="-6",
    )


@healthy()
def vpn_at_rest(world: World) -> None:
    """A VPN program is installed and keeps an interface, but is not connected."""
    world.net.device.ip("tuntap add dev wg0 mode tun")


@healthy()
def default_route_without_router(world: World) -> None:
    wrong_ways.on_link(world.net)


@healthy()
def router_with_two_addresses(world: World) -> None:
    wrong_ways.several_addresses(world.net)


@healthy()
def router_that_answers_for_everybody(world: World) -> None:
    wrong_ways.answers_for_everybody(world.net)


@healthy()
def own_firewall_lets_web_and_names_out(world: World) -> None:
    faults.drop(
        world.net.device,
        "output",
        'oifname "eth0" tcp dport != { 53, 80, 443 }',
        'oifname "eth0" udp dport != 53',
        'oifname "eth0" icmp type echo-request',
    )
