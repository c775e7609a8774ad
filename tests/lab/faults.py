"""What can be wrong on the way: packet filters, cables, addresses, routes, and a slow line.

Each function breaks one thing in a world that is up. `to(place)` and friends say which packets.
"""

from __future__ import annotations

import itertools
import random
import time
from typing import Literal

from tests.lab import places
from tests.lab.net import Namespace, Net
from tests.lab.places import Place

Hook = Literal["input", "output", "forward"]
_tables = itertools.count(1)

CARRIER_NEWS_S = 5.0

HTTPS = "tcp dport 443"
WEB = "tcp dport { 80, 443 }"
DNS = "meta l4proto { tcp, udp } th dport 53"
ANY_IPV4 = "meta nfproto ipv4"
ANY_IPV6 = "meta nfproto ipv6"


def to(place: Place, what: str = "") -> tuple[str, str]:
    """Packets to a place, over either family; `what` narrows them down (HTTPS, DNS)."""
    return (f"ip daddr {place.ipv4} {what}", f"ip6 daddr {place.ipv6} {what}")


def drop(space: Namespace, hook: Hook, *matches: str) -> None:
    """These packets vanish without a word."""
    _rules(space, hook, matches, "drop")


def prohibit(space: Namespace, hook: Hook, *matches: str) -> None:
    """These packets are refused by a firewall that says so (ICMP: administratively prohibited)."""
    _rules(space, hook, matches, "reject with icmpx admin-prohibited")


def reset(space: Namespace, hook: Hook, *matches: str) -> None:
    """These TCP segments are answered with a reset, as a closed port does."""
    _rules(space, hook, matches, "reject with tcp reset")


def lose(space: Namespace, hook: Hook, percent: int, *matches: str) -> None:
    """So many of every hundred packets are lost, always the same ones, so that runs are alike; but
    in no rhythm that a connection's own packets could fall in with.
    """
    lost = ", ".join(map(str, sorted(random.Random(percent).sample(range(101), percent))))
    _rules(space, hook, matches or ("",), f"numgen inc mod 101 {{ {lost} }} drop")


def _rules(space: Namespace, hook: Hook, matches: tuple[str, ...], verdict: str) -> None:
    space.nft(
        "inet",
        f"fault{next(_tables)}",
        f"type filter hook {hook} priority -10",
        *(f"{match} counter {verdict}" for match in matches),
    )


def send_to_router(net: Net, match: str, port: int) -> None:
    """The router takes these connections from the LAN for itself, as portals and inspectors do."""
    net.router.nft(
        "inet",
        f"catch{next(_tables)}",
        "type nat hook prerouting priority dstnat",
        f'iifname "lan" {match} redirect to :{port}',
    )


def black_hole_large_packets(
    net: Net, size: int = 1400, family: Literal["", "ipv4", "ipv6"] = ""
) -> None:
    """Packets above this size vanish on the way back, without ICMP: a path MTU black hole."""
    which = f"meta nfproto {family} " if family else ""
    drop(net.router, "forward", f'iifname "wan" {which}meta length > {size}')
    # Offloading would hand over packets far above any MTU.
    for space, name in ((net.internet, "isp"), (net.router, "wan"), (net.router, "lan")):
        space.ip(f"link set {name} gso_max_size 1500 gso_max_segs 1")


def slow_line(net: Net, kbit: int) -> None:
    """The line to the internet carries this much, both ways."""
    shape = ("root", "tbf", "rate", f"{kbit}kbit", "burst", "1600", "latency", "2000ms")
    net.router.run("tc", "qdisc", "add", "dev", "wan", *shape)
    net.router.run("tc", "qdisc", "add", "dev", "lan", *shape)


def far_away(net: Net, delay_s: float) -> None:
    """The internet is this far away, each way: half the round trip."""
    net.lengthen_line(delay_s)


def interface_off(net: Net) -> None:
    net.device.ip("link set eth0 down")


def cable_out(net: Net) -> None:
    """The far end is switched off: the device's interface has no carrier.

    The kernel tells of it up to a second later (it gathers such news), as with a real cable.
    """
    net.router.ip("link set lan down")
    deadline = time.monotonic() + CARRIER_NEWS_S
    while "NO-CARRIER" not in net.device.run("ip", "link", "show", "dev", "eth0"):
        if time.monotonic() > deadline:
            raise TimeoutError("eth0 keeps its carrier")
        time.sleep(0.05)


def no_address(net: Net) -> None:
    """Nobody handed out an address or a route: what is left is link-local."""
    no_default_route(net)
    net.device.ip(
        "addr flush dev eth0 scope global", "addr add 169.254.17.99/16 dev eth0 scope link"
    )


def no_default_route(net: Net) -> None:
    net.device.ip("route flush default", family="-4")
    net.device.ip("route flush default", family="-6")


def default_route_by_dead_end(net: Net) -> None:
    """Two interfaces; the one that leads nowhere has the better default route."""
    net.second_interface()
    net.device.ip("route del default", family="-6")
    net.device.ip(
        "route del default",
        f"route add default via {places.ROUTER_IPV4} dev eth0 metric 600",
        "route add default via 10.8.7.1 dev eth1 metric 100",
    )


def kill_switch(net: Net) -> None:
    """A VPN's tunnel is up but carries nothing, and nothing is let past it."""
    net.device.ip(
        "tuntap add dev tun0 mode tun",
        "addr add 10.66.0.2/32 dev tun0",
        "link set tun0 up",
        "route add 0.0.0.0/1 dev tun0",
        "route add 128.0.0.0/1 dev tun0",
    )
    prohibit(net.device, "output", f'oifname "eth0" ip daddr != {places.LAN_IPV4}')
    prohibit(net.device, "output", 'oifname "eth0" ip6 daddr { 2000::/3 }')


def gateway_gone(net: Net) -> None:
    """The cable is fine, but nobody answers to the gateway's address."""
    net.router.ip("addr flush dev lan")


def gateway_ignores_ping(net: Net) -> None:
    drop(
        net.router,
        "input",
        'iifname "lan" icmp type echo-request',
        'iifname "lan" icmpv6 type echo-request',
    )


def line_unplugged(net: Net) -> None:
    """The router has lost its line and says so to whoever sends (ICMP: no route)."""
    net.router.ip("link set wan down")


def line_silent(net: Net) -> None:
    """The router believes that its line works, but nothing comes back."""
    drop(net.internet, "input", 'iifname "isp"')


def only_ipv4(net: Net) -> None:
    """A line without IPv6: no global address on the device, no route."""
    net.device.ip("route flush default", "addr flush dev eth0 scope global", family="-6")


def only_ipv6(net: Net) -> None:
    """A line without IPv4, and no translation either."""
    net.device.ip("route flush default", "addr flush dev eth0", family="-4")


def ipv6_black_hole(net: Net) -> None:
    """IPv6 looks configured, but nothing comes back over it."""
    drop(net.router, "forward", ANY_IPV6)


def ipv4_black_hole(net: Net) -> None:
    drop(net.router, "forward", ANY_IPV4)


def nothing_listens(net: Net, place: Place) -> None:
    """The host is there; on port 443 nobody listens."""
    reset(net.internet, "input", *to(place, HTTPS))


def host_silent(net: Net, place: Place) -> None:
    """Packets to this host vanish somewhere: it is down, or something on the way blocks it."""
    drop(net.internet, "input", *to(place))


def firewall_refuses_host(net: Net, place: Place) -> None:
    prohibit(net.router, "forward", *to(place))


def firewall_resets_https(net: Net) -> None:
    """A firewall that closes every connection to port 443, whatever the host."""
    reset(net.router, "forward", HTTPS)


def firewall_drops_https(net: Net) -> None:
    drop(net.router, "forward", HTTPS)


def dns_silent(net: Net) -> None:
    """The router's name server never answers."""
    drop(net.router, "input", f"ip daddr {places.ROUTER_IPV4} {DNS}")


def public_dns_blocked(net: Net) -> None:
    """Only the network's own name server may be asked."""
    drop(net.router, "forward", DNS)


def dns_over_tcp_dropped(net: Net) -> None:
    """Names may be asked for over UDP alone: whoever wrote the rule knew of nothing else."""
    drop(net.router, "input", "tcp dport 53")
    drop(net.router, "forward", "tcp dport 53")


def handshake_that_names(net: Net, host: str, *verdict: str) -> None:
    """A filter that reads the server name in the first message of TLS (RFC 6066), and no address.

    `verdict` is iptables' target and its options: nftables finds no text in a packet.
    """
    match = ("-p", "tcp", "--dport", "443", "-m", "string", "--string", host, "--algo", "bm")
    for tool in ("iptables", "ip6tables"):
        net.router.run(tool, "-I", "FORWARD", *match, "-j", *verdict)
