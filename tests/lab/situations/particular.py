"""Trouble with one particular thing: a kind of question, a server name, a port, half a day."""

from tests.lab import faults, places, ways
from tests.lab.lab import PORTAL_NAME, World
from tests.lab.situation import fault, healthy
from tests.lab.web import Site, redirect

HOUR_S = 3600
NO_SUCH_RESOLVER = "192.168.77.250"


def many_addresses(world: World) -> None:
    """The login's addresses of one family alone are more than fit into 512 octets of UDP."""
    more = [f"93.184.216.{host}" for host in range(1, 41)]
    world.net.internet.ip(*(f"addr add {address}/32 dev lo" for address in more))
    login = world.web["login.app.test"]
    login.addresses = (*login.addresses, *more)
    world.public_dns.forge("login.app.test", *more)
    world.router_dns.forge("login.app.test", *more)


@healthy()
def login_with_forty_addresses(world: World) -> None:
    """The answer is cut over UDP; all of it comes over TCP (RFC 7766)."""
    many_addresses(world)


@healthy()
def names_over_udp_alone(world: World) -> None:
    """No answer of these is too long for it."""
    faults.dns_over_tcp_dropped(world.net)


@fault(expect="endpoint.unresolved", never=["dns.host_missing"], where="network")
def login_with_forty_addresses_and_names_over_udp_alone(world: World) -> None:
    many_addresses(world)
    faults.dns_over_tcp_dropped(world.net)


@healthy()
def resolver_fails_for_ipv6_alone(world: World) -> None:
    """Whoever asks for both families goes on with IPv4 (RFC 4074, 4.2)."""
    world.router_dns.ipv6_questions = "servfail"


@fault(expect="dns.slow", severity="warning", args=(), never=["dns.unreachable"])
def resolver_silent_for_ipv6_alone(world: World) -> None:
    """Whoever asks for both families waits for the second answer (RFC 4074, 4.1)."""
    world.router_dns.ipv6_questions = "silent"


@healthy()
def second_resolver_of_two_dead(world: World) -> None:
    """The lease names two; the first always answers, and nobody ever asks the other."""
    world.device.nameservers = (places.ROUTER_IPV4, NO_SUCH_RESOLVER)


@fault(expect="firewall.host_blocked", never=["path.mtu_blackhole"], where="network")
def name_of_the_login_swallowed_in_the_handshake(world: World) -> None:
    faults.handshake_that_names(world.net, "login.app.test", "DROP")


@fault(expect="firewall.host_blocked", never=["firewall.port_blocked"], where="network")
def name_of_the_login_reset_in_the_handshake(world: World) -> None:
    reset = ("REJECT", "--reject-with", "tcp-reset")
    faults.handshake_that_names(world.net, "login.app.test", *reset)


@healthy(never=["account.credentials"])
def portal_on_the_plain_port_alone(world: World) -> None:
    """A portal that catches port 80 and lets all else through: the app works."""
    world.router_web.sites = [
        Site(names=(PORTAL_NAME,), http={"*": redirect(f"http://{PORTAL_NAME}/welcome")})
    ]
    world.router_dns.forge(PORTAL_NAME, places.ROUTER_IPV4)
    faults.send_to_router(world.net, "tcp dport 80", 80)


@fault(expect="clock.wrong", never=["clock.timezone"], where="device")
def clock_takes_noon_for_midnight(world: World) -> None:
    """Half a day behind, as with a.m. for p.m.; 12 hours west of Tokyo is a zone as well."""
    world.device.clock_offset_s = -12 * HOUR_S


@fault(expect="clock.wrong", never=["clock.timezone"], where="device")
def clock_takes_midnight_for_noon(world: World) -> None:
    world.device.clock_offset_s = 12 * HOUR_S


@fault(expect="clock.wrong", never=["clock.timezone"], where="device")
def clock_a_year_behind_to_the_day(world: World) -> None:
    world.device.clock_offset_s = -365 * 24 * HOUR_S


@fault(expect="path.mtu_blackhole", never=["service.unresponsive", "vpn.silent"])
def vpn_with_packets_too_large_for_its_line(world: World) -> None:
    """Its interface allows 1400 octets; what it is wrapped in leaves room for 1280."""
    ways.vpn(world)
    faults.drop(world.net.internet, "output", 'oifname "vpn0" meta length > 1280')
    world.net.internet.ip("link set vpn0 gso_max_size 1500 gso_max_segs 1")
