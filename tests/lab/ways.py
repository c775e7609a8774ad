"""Other ways to the internet than a router with both families: tunnels, translation, mobile lines.

Each function rebuilds a world that is up. Nothing is wrong afterwards.
"""

from __future__ import annotations

from tests.lab import places
from tests.lab.lab import World
from tests.lab.net import Net

NAT64_PREFIX = "64:ff9b::/96"
NAT64_POOL = "192.168.255.0/24"
NAT64_OWN_IPV4 = "192.168.255.1"
NAT64_OWN_IPV6 = "fd64::1"
VPN_RESOLVER = "10.66.0.1"
VPN_IPV4 = "10.66.0.2"
OFFICE_LOGIN = "10.66.20.10"
"""The app's login as only those see it who come through the VPN."""


def nat64(world: World) -> None:
    """A line with IPv6 alone; the router translates to what has IPv4 alone (RFC 6146, RFC 6147).

    No host of the internet but the public resolvers has an IPv6 address here.
    """
    net, directory = world.net, world.net.dir / "nat64"
    directory.mkdir()
    config = directory / "tayga.conf"
    config.write_text(
        f"tun-device nat64\nipv4-addr {NAT64_OWN_IPV4}\nipv6-addr {NAT64_OWN_IPV6}\n"
        f"prefix {NAT64_PREFIX}\ndynamic-pool {NAT64_POOL}\ndata-dir {directory}\n",
        encoding="ascii",
    )
    net.router.run("tayga", "--config", str(config), "--mktun")
    net.router.ip(
        "link set nat64 up",
        f"addr add {NAT64_OWN_IPV4}/32 dev nat64",
        f"route add {NAT64_POOL} dev nat64",
        f"route add {NAT64_PREFIX} dev nat64",
    )
    log = directory / "log"
    net.router.start("tayga", "--config", str(config), "--nodetach", log=log)
    net.device.ip("route flush default", "addr flush dev eth0", family="-4")
    world.public_dns.only_ipv4 = True
    world.router_dns.dns64 = NAT64_PREFIX
    world.device.nameservers = (places.ROUTER_IPV6,)


def ds_lite(net: Net) -> None:
    """IPv4 in a tunnel over a line of IPv6; its far end translates for many customers (RFC 6333).

    The addresses are those that the RFC reserves; the tunnel does not really cross the line.
    """
    net.router.ip("addr flush dev wan", "route flush default", family="-4")
    net.tunnel(net.router, "dslite", net.internet, "aftr")
    net.router.ip(
        "addr add 192.0.0.2/29 dev dslite",
        "link set dslite mtu 1460 up",
        "route add default via 192.0.0.1",
    )
    net.internet.ip(
        "addr add 192.0.0.1/29 dev aftr",
        "link set aftr mtu 1460 up",
        f"route add {places.LAN_IPV4} via 192.0.0.2",
    )
    clamp(net, "dslite")


def map_e(net: Net) -> None:
    """A shared IPv4 address, of which 240 ports are this customer's (RFC 7597)."""
    net.router.run("nft", "flush", "table", "ip", "nat")
    net.router.nft(
        "ip",
        "map_e",
        "type nat hook postrouting priority srcnat",
        'oifname "wan" meta l4proto { tcp, udp, icmp } masquerade to :4096-4335',
    )


def small_packets(net: Net, mtu: int) -> None:
    """A line of PPPoE or a tunnel: small packets, and a router that says so in every handshake."""
    net.router.ip(f"link set wan mtu {mtu}")
    net.internet.ip(f"link set isp mtu {mtu}")
    clamp(net, "wan")


def clamp(net: Net, name: str) -> None:
    """The router puts the size that fits this interface into TCP handshakes, both ways."""
    rule = "tcp flags syn tcp option maxseg size set rt mtu"
    net.router.nft(
        "inet",
        "clamp",
        "type filter hook forward priority 0",
        f'oifname "{name}" {rule}',
        f'iifname "{name}" {rule}',
    )


def second_line(net: Net, metric: int) -> None:
    """Another interface of the device on the router, with a default route of its own."""
    net.cable(net.router, "lan2", net.device, "eth1")
    net.router.ip("addr add 192.168.78.1/24 dev lan2", "link set lan2 up")
    net.device.ip(
        "addr add 192.168.78.20/24 dev eth1",
        "link set eth1 up",
        f"route add default via 192.168.78.1 dev eth1 metric {metric}",
    )


def mobile_line(net: Net) -> None:
    """A modem in place of the cable: an address for itself, no gateway, no neighbours."""
    net.device.ip("link del eth0")
    net.tunnel(net.device, "wwan0", net.internet, "cell")
    net.internet.ip("addr add 10.64.3.1 peer 10.64.3.7 dev cell", "link set cell mtu 1430 up")
    net.internet.ip("route add 2400:4150:33::/64 dev cell")
    net.device.ip(
        "addr add 10.64.3.7/32 dev wwan0",
        "addr add 2400:4150:33::7/64 dev wwan0",
        "link set wwan0 mtu 1430 up",
        "route add default dev wwan0",
        "route add ::/0 dev wwan0",
    )


def vpn(world: World, *, everything: bool = True) -> None:
    """A VPN that works: all goes through it, or the office's network alone.

    Its resolver is asked for all names.
    """
    net = world.net
    net.tunnel(net.device, "tun0", net.internet, "vpn0")
    net.internet.ip(
        f"addr add {VPN_RESOLVER}/24 dev vpn0",
        "addr add fd66::1/64 dev vpn0",
        "link set vpn0 mtu 1400 up",
    )
    ways = ("0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1") if everything else ("10.66.0.0/16",)
    net.device.ip(
        f"addr add {VPN_IPV4}/24 dev tun0",
        "addr add fd66::2/64 dev tun0",
        "link set tun0 mtu 1400 up",
        *(f"route add {way} dev tun0" for way in ways),
    )
    world.device.nameservers = (VPN_RESOLVER,)


def login_behind_vpn(world: World) -> None:
    """Split DNS: inside, the login has an address of the office; outside, nobody answers at its."""
    vpn(world, everything=False)
    world.net.internet.ip(f"addr add {OFFICE_LOGIN}/32 dev lo")
    login = world.web["login.app.test"]
    login.addresses = (*login.addresses, OFFICE_LOGIN)
    world.public_dns.forge("login.app.test", OFFICE_LOGIN)
