"""More faults of the way: half a line, wrong settings by hand, proxies of all kinds."""

from tests.lab import actors, faults, places, ways
from tests.lab.lab import World
from tests.lab.situation import fault
from tests.lab.situations.path import NOTHING_WORKS

NOTHING_BUT_NAMES_WORKS = ("endpoint.unreachable", "status_page.unavailable", "store.unavailable")
"""The router itself resolves names, and is there."""


@fault(expect="gateway.unreachable", under=NOTHING_BUT_NAMES_WORKS, where="network")
def gateway_set_by_hand_and_wrong(world: World) -> None:
    world.net.device.ip("route flush default", family="-6")
    world.net.device.ip("route del default", "route add default via 192.168.77.254")


@fault(expect="internet.down", under=NOTHING_BUT_NAMES_WORKS, where="network")
def router_refuses_to_forward(world: World) -> None:
    """Blocked by the router, as a parent's timer or an unpaid line does; it says so."""
    faults.prohibit(world.net.router, "forward", 'iifname "lan"')


@fault(expect="internet.down", under=NOTHING_WORKS, where="network")
def tunnel_of_ds_lite_dead_without_ipv6(world: World) -> None:
    ways.ds_lite(world.net)
    world.net.internet.ip("link set aftr down")
    faults.only_ipv4(world.net)


@fault(expect="ipv4.broken", severity="warning", args=())
def tunnel_of_ds_lite_dead(world: World) -> None:
    """IPv6 works, what has IPv4 alone does not."""
    world.device.nameservers = (places.ROUTER_IPV6,)
    world.router_dns.forwards_to = (places.CLOUDFLARE_DNS.ipv6,)
    ways.ds_lite(world.net)
    world.net.internet.ip("link set aftr down")


@fault(expect="proxy.unreachable")
def proxy_name_gone(world: World) -> None:
    actors.use_proxy(world, f"http://proxy.office.test:{actors.PROXY_PORT}")


@fault(expect="proxy.unreachable")
def proxy_silent(world: World) -> None:
    actors.use_proxy(world, f"http://192.168.77.250:{actors.PROXY_PORT}")


@fault(expect="proxy.unreachable", where="device")
def proxy_on_the_device_has_ended(world: World) -> None:
    """A filter or a debugging tool that set itself as proxy, and is gone."""
    actors.use_proxy(world, "http://127.0.0.1:8888")


@fault(expect="proxy.auth_required")
def proxy_password_wrong(world: World) -> None:
    url = actors.PROXY_URL.replace("://", "://user:wrong@")
    actors.proxy(world, "BasicAuth user secret", url=url)


@fault(expect="firewall.port_blocked", never=["internet.down"], where="network")
def https_prohibited(world: World) -> None:
    faults.prohibit(world.net.router, "forward", faults.HTTPS)


@fault(expect="firewall.host_blocked", never=["service.unresponsive"])
def login_prohibited_on_the_device(world: World) -> None:
    faults.prohibit(world.net.device, "output", *faults.to(places.LOGIN))


@fault(expect="ipv6.broken", severity="warning", args=())
def ipv6_prohibited(world: World) -> None:
    """The router gives out IPv6 and refuses it at once: programs fall back in no time."""
    faults.prohibit(world.net.router, "forward", faults.ANY_IPV6)


@fault(expect="link.down", hides=["endpoint"], where="device")
def every_interface_of_two_down(world: World) -> None:
    world.net.second_interface()
    world.net.device.ip("link set eth0 down", "link set eth1 down")
