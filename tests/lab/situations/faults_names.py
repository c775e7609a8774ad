"""More faults of name resolution: the wrong resolver, half an answer, one server of several."""

from tests.lab import actors, faults, places
from tests.lab.lab import World
from tests.lab.situation import fault
from tests.lab.situations.names import NO_NAMES

ELSEWHERE = "192.168.0.1"
"""The router of another home."""


@fault(expect="dns.unreachable", under=NO_NAMES, never=["internet.down"])
def resolver_of_another_network(world: World) -> None:
    """Set by hand at home, and then carried along."""
    world.device.nameservers = (ELSEWHERE,)


@fault(expect="dns.unreachable", under=NO_NAMES, never=["internet.down"])
def resolver_unreachable_by_its_family(world: World) -> None:
    """The only resolver has an IPv6 address, and the line has none."""
    world.device.nameservers = (places.GOOGLE_DNS.ipv6,)
    faults.only_ipv4(world.net)


@fault(expect="dns.unreachable", under=NO_NAMES, never=["internet.down"], where="device")
def resolver_on_the_device_has_ended(world: World) -> None:
    world.device.nameservers = ("127.0.0.53",)


@fault(expect="dns.failing", under=NO_NAMES, never=["dns.unreachable"])
def resolver_on_the_device_has_nobody_to_ask(world: World) -> None:
    actors.local_resolver(world)
    world.router_dns.mode = "servfail"


@fault(expect="dns.unreachable", under=NO_NAMES, never=["internet.down"])
def public_resolver_set_and_blocked(world: World) -> None:
    world.device.nameservers = ("8.8.8.8", "8.8.4.4")
    faults.public_dns_blocked(world.net)


@fault(expect="dns.slow", severity="warning", args=())
def first_resolver_of_two_dead(world: World) -> None:
    """Every name takes as long as the first one is waited for."""
    world.device.nameservers = ("192.168.77.250", places.ROUTER_IPV4)


@fault(
    expect="dns.host_missing",
    under=["endpoint.unresolved"],
    never=["dns.hijacked"],
    where="network",
)
def names_of_the_app_unknown_inside(world: World) -> None:
    """The network's resolver alone does not know the app; the others do."""
    world.router_dns.missing |= {"login.app.test", "api.app.test", "www.app.test"}


@fault(expect="hosts_file.override", where="device")
def login_name_in_hosts_file_points_abroad(world: World) -> None:
    world.device.hosts["login.app.test"] = places.EXAMPLE.ipv4


@fault(expect="hosts_file.override", where="device")
def login_name_in_hosts_file_points_to_an_old_address(world: World) -> None:
    """Where the login once was, nobody answers now."""
    world.device.hosts["login.app.test"] = "93.184.215.99"


@fault(expect="dns.hijacked", never=["service.error"])
def login_name_leads_to_a_block_page_in_clear(world: World) -> None:
    """The certificate of whoever answers does not fit."""
    world.router_dns.forge("login.app.test", places.EXAMPLE.ipv4)
