"""Faults of name resolution."""

from tests.lab import faults, places
from tests.lab.lab import World
from tests.lab.situation import fault

NO_NAMES = ("endpoint.unresolved", "status_page.unavailable", "store.unavailable")
BLOCK_PAGE_ADDRESS = places.EXAMPLE.ipv4


@fault(expect="dns.unreachable", under=NO_NAMES, never=["internet.down"], where="network")
def resolver_dead(world: World) -> None:
    world.router_dns.mode = "dead"


@fault(expect="dns.unreachable", under=NO_NAMES, never=["internet.down"], where="network")
def resolver_silent(world: World) -> None:
    faults.dns_silent(world.net)


@fault(expect="dns.failing", under=NO_NAMES, never=["dns.unreachable"], where="network")
def resolver_refuses(world: World) -> None:
    world.router_dns.mode = "refused"


@fault(expect="dns.failing", under=NO_NAMES, never=["dns.unreachable"], where="network")
def resolver_says_servfail(world: World) -> None:
    world.router_dns.mode = "servfail"


@fault(expect="dns.slow", severity="warning", args=())
def resolver_slow(world: World) -> None:
    world.router_dns.delay_s = 2.0


@fault(
    expect="dns.host_missing",
    under=["endpoint.unresolved"],
    never=["dns.hijacked"],
    where="service",
)
def login_name_gone(world: World) -> None:
    world.public_dns.missing.add("login.app.test")


@fault(expect="dns.hijacked")
def names_forged_and_invented(world: World) -> None:
    """The app's names lead to a foreign host, and so does any name that does not exist."""
    for name in ("login.app.test", "api.app.test", "www.app.test"):
        world.router_dns.forge(name, BLOCK_PAGE_ADDRESS)
    world.public_dns.wildcard = BLOCK_PAGE_ADDRESS


@fault(expect="dns.hijacked")
def login_name_points_nowhere(world: World) -> None:
    world.router_dns.forge("login.app.test", "0.0.0.0")


@fault(expect="hosts_file.override", where="device")
def login_name_in_hosts_file(world: World) -> None:
    world.device.hosts["login.app.test"] = "127.0.0.1"


@fault(expect="dns.hijacked")
def login_name_leads_home(world: World) -> None:
    world.router_dns.forge("login.app.test", "192.168.1.1")
