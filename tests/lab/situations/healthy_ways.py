"""Unusual ways to the internet on which everything works."""

from tests.lab import actors, faults, places, ways
from tests.lab.lab import World
from tests.lab.situation import healthy

BEHIND_VPN_RESOLVERS = (places.CLOUDFLARE_DNS.ipv4, places.GOOGLE_DNS.ipv4)


@healthy()
def ipv6_alone_with_nat64(world: World) -> None:
    ways.nat64(world)


@healthy()
def ds_lite(world: World) -> None:
    ways.ds_lite(world.net)


@healthy()
def map_e(world: World) -> None:
    ways.map_e(world.net)


@healthy()
def pppoe_line(world: World) -> None:
    ways.small_packets(world.net, 1454)


@healthy()
def line_of_1400_byte_packets(world: World) -> None:
    ways.small_packets(world.net, 1400)
    world.web["login.app.test"].certificate = "long_chain"


@healthy()
def line_of_1280_byte_packets(world: World) -> None:
    ways.small_packets(world.net, 1280)
    world.web["login.app.test"].certificate = "long_chain"


@healthy()
def third_of_a_second_away(world: World) -> None:
    faults.far_away(world.net, 0.15)


@healthy()
def by_satellite(world: World) -> None:
    faults.far_away(world.net, 0.3)


@healthy()
def mobile_modem(world: World) -> None:
    world.device.nameservers = BEHIND_VPN_RESOLVERS
    ways.mobile_line(world.net)


@healthy()
def second_interface_is_a_spare(world: World) -> None:
    ways.second_line(world.net, metric=600)


@healthy()
def second_interface_goes_first(world: World) -> None:
    world.net.device.ip("route del default", family="-4")
    world.net.device.ip(f"route add default via {places.ROUTER_IPV4} dev eth0 metric 600")
    ways.second_line(world.net, metric=100)


@healthy()
def second_interface_into_the_office(world: World) -> None:
    """A network without a way out beside the line, for a printer or machines."""
    world.net.second_interface()


@healthy()
def second_interface_without_cable(world: World) -> None:
    world.net.second_interface()
    world.net.device.ip("addr flush dev eth1")
    world.net.router.ip("link set stub down")


@healthy()
def containers_on_the_device(world: World) -> None:
    world.net.device.ip(
        "link add docker0 type bridge",
        "addr add 172.17.0.1/16 dev docker0",
        "link set docker0 up",
        "link add veth1a2b3c type veth peer name veth9z",
        "link set veth1a2b3c master docker0",
    )


@healthy()
def everything_by_vpn(world: World) -> None:
    ways.vpn(world)


@healthy()
def vpn_into_the_office_alone(world: World) -> None:
    ways.vpn(world, everything=False)


@healthy()
def login_in_the_office_by_vpn(world: World) -> None:
    ways.login_behind_vpn(world)


@healthy()
def private_ipv6_without_a_line(world: World) -> None:
    """The router gives out addresses of its own (RFC 4193) for the home; the line has no IPv6."""
    faults.only_ipv4(world.net)
    world.net.router.ip("addr add fd12:3456:789a::1/64 dev lan")
    world.net.device.ip("addr add fd12:3456:789a::20/64 dev eth0")


@healthy()
def address_of_a_data_centre(world: World) -> None:
    """A single address and a gateway outside of it, as cloud machines have."""
    world.net.device.ip("addr flush dev eth0", family="-4")
    world.net.device.ip(
        f"addr add {places.DEVICE_IPV4}/32 dev eth0",
        f"route add {places.ROUTER_IPV4} dev eth0",
        f"route add default via {places.ROUTER_IPV4} dev eth0",
    )


@healthy()
def several_ipv6_addresses(world: World) -> None:
    """Stable, temporary and deprecated ones, as privacy extensions make them (RFC 8981)."""
    world.net.device.ip(
        "addr add 2400:4050:7700:1:51c2:90ff:fe0b:7/64 dev eth0 valid_lft 7200 preferred_lft 3600",
        "addr add 2400:4050:7700:1:1d:3c4e:aa:1/64 dev eth0 valid_lft 3600 preferred_lft 0",
    )


@healthy(open_checks=["internet"])
def nothing_but_https_passes(world: World) -> None:
    """Port 80 is closed: the vendors' probes do not get through, so a portal cannot be told."""
    faults.drop(world.net.router, "forward", 'iifname "lan" tcp dport 80')


@healthy()
def google_out_of_reach(world: World) -> None:
    faults.host_silent(world.net, places.GOOGLE_PROBE)
    faults.host_silent(world.net, places.GOOGLE_DNS)
    faults.host_silent(world.net, places.GOOGLE_DNS_2)


@healthy()
def proxy_with_a_password_given(world: World) -> None:
    url = actors.PROXY_URL.replace("://", "://user:secret@")
    actors.proxy(world, "BasicAuth user secret", url=url)
    faults.prohibit(world.net.router, "forward", 'iifname "lan"')


@healthy()
def proxy_by_name(world: World) -> None:
    world.router_dns.forge("proxy.office.test", places.SECOND_HOST_IPV4)
    actors.proxy(world, url=f"http://proxy.office.test:{actors.PROXY_PORT}")


@healthy()
def proxy_only_and_no_names_from_outside(world: World) -> None:
    """As in offices: the network's name server knows the office, the proxy resolves the rest."""
    actors.proxy(world)
    faults.prohibit(world.net.router, "forward", 'iifname "lan"')
    world.router_dns.forwards_to = ()
    world.router_dns.forge("intranet.office.test", places.SECOND_HOST_IPV4)


@healthy()
def proxy_that_the_app_goes_past(world: World) -> None:
    actors.proxy(world)
    world.device.environment |= {"no_proxy": ".app.test", "NO_PROXY": ".app.test"}
