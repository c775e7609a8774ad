"""Ways out that lead nowhere: tunnels that carry nothing, rules that stay behind, wrong routes.

Each function breaks one thing on a device or a network that is up.
"""

from __future__ import annotations

from tests.lab import faults, places, ways
from tests.lab.lab import World
from tests.lab.net import Net

LISTENER_IPV4 = "192.168.77.66"
OTHER_HOST_MAC = "02:00:5e:77:00:30"
OTHER_HOST_IPV4 = "192.168.77.30"
IPV6_ROUTER_MAC = "02:00:5e:77:00:06"


def vpn_silent(world: World) -> None:
    """The tunnel is up, everything goes into it, and at its far end nobody takes it out."""
    ways.vpn(world)
    faults.drop(world.net.internet, "input", 'iifname "vpn0"')
    world.device.nameservers = (places.ROUTER_IPV4,)


def vpn_gone_rules_stay(net: Net) -> None:
    """A VPN's tunnel is down; its firewall still lets nothing out but to the local network."""
    net.device.ip("tuntap add dev wg0-mullvad mode tun")
    lets_nothing_out(net)


def lets_nothing_out(net: Net) -> None:
    """A firewall on the device drops what leaves for anywhere but the local network."""
    faults.drop(
        net.device,
        "output",
        f'oifname != "lo" ip daddr != {places.LAN_IPV4}',
        'oifname != "lo" ip6 daddr { 2000::/3 }',
    )


def refuses_aloud(net: Net) -> None:
    """The same, but whoever sends is told at once."""
    faults.prohibit(
        net.device,
        "output",
        f'oifname != "lo" ip daddr != {places.LAN_IPV4}',
        'oifname != "lo" ip6 daddr { 2000::/3 }',
    )


def barred_by_routes(net: Net, kind: str) -> None:
    """A route that refuses all stands before the way out, as VPN programs leave it behind."""
    for family in ("-4", "-6"):
        net.device.ip("route flush default", f"route add {kind} default metric 1", family=family)


def dead_end_without_router(net: Net) -> None:
    """The preferred interface's router is not even there."""
    faults.default_route_by_dead_end(net)
    net.router.ip("link set stub down", "addr flush dev stub", "link set stub up")


def equal_metrics(net: Net) -> None:
    """Two default routes without any order but the kernel's; the dead end happens to be first."""
    net.second_interface()
    net.device.ip("route del default", family="-6")
    net.device.ip(
        "route del default",
        "route append default via 10.8.7.1 dev eth1",
        f"route append default via {places.ROUTER_IPV4} dev eth0",
    )


def listener(net: Net) -> None:
    """Somebody on the LAN answers for the IPv4 router and passes everything on; for IPv6 the true
    router still answers. The device has talked to the listener and to an honest host before.
    """
    net.router.ip(
        f"link add link lan name lan6 address {IPV6_ROUTER_MAC} type macvlan mode bridge",
        f"addr del {places.ROUTER_IPV6}/64 dev lan",
        f"addr del {places.ROUTER_LINK_LOCAL}/64 dev lan",
        f"addr add {places.ROUTER_IPV6}/64 dev lan6 nodad",
        f"addr add {places.ROUTER_LINK_LOCAL}/64 dev lan6 nodad",
        f"addr add {LISTENER_IPV4}/24 dev lan",
        "link set lan6 up",
    )
    net.device.ip(
        f"neigh replace {LISTENER_IPV4} lladdr {places.ROUTER_MAC} dev eth0 nud stale",
        f"neigh replace {OTHER_HOST_IPV4} lladdr {OTHER_HOST_MAC} dev eth0 nud stale",
    )


def answers_for_everybody(net: Net) -> None:
    """A guest network: hosts are kept apart, and the router answers in place of all of them."""
    listener(net)
    net.device.ip(f"neigh replace {OTHER_HOST_IPV4} lladdr {places.ROUTER_MAC} dev eth0 nud stale")


def several_addresses(net: Net) -> None:
    """The router has two IPv4 addresses, and the device has talked to both."""
    net.router.ip(f"addr add {LISTENER_IPV4}/24 dev lan")
    net.device.ip(
        f"neigh replace {LISTENER_IPV4} lladdr {places.ROUTER_MAC} dev eth0 nud stale",
        f"neigh replace {OTHER_HOST_IPV4} lladdr {OTHER_HOST_MAC} dev eth0 nud stale",
    )


def on_link(net: Net) -> None:
    """No router is named: the device asks on the link for every address, and the router answers
    for the whole internet (proxy ARP), as on some lines of mobile and cloud providers."""
    net.router.sysctl(ipv4__conf__lan__proxy_arp=1)
    net.device.ip("route flush default", "route add default dev eth0", family="-4")


def router_without_ipv4(net: Net) -> None:
    """The router has lost its IPv4 address; over IPv6 all is well."""
    net.router.ip(f"addr del {places.ROUTER_IPV4}/24 dev lan")
