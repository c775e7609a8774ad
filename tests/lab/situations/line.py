"""Lines that lose packets, are slow, or swallow large packets."""

from tests.lab import faults
from tests.lab.lab import World
from tests.lab.situation import fault, healthy, pair
from tests.lab.web import Page, json_page, status_summary

HOSTS = ("login.app.test", "api.app.test", "www.app.test")
SLOW = ("--symptom", "slow")
LONG_PAGE = "<p>" + "ようこそ。" * 2000


def _long_chains(world: World) -> None:
    for name in HOSTS:
        world.web[name].certificate = "long_chain"


def _long_pages(world: World) -> None:
    for name in HOSTS:
        page = world.web[name].page
        page.body = page.body.replace("</html>", LONG_PAGE + "</html>")


@fault(
    expect="path.mtu_blackhole",
    under=["endpoint.unreachable", "service.unresponsive"],
    never=["internet.lossy", "internet.slow"],
    where="network",
)
def large_pages_vanish(world: World) -> None:
    """Handshakes are small enough, pages are not."""
    _long_pages(world)
    faults.black_hole_large_packets(world.net)


@fault(expect="path.mtu_blackhole", never=["service.unresponsive"], where="network")
def large_packets_vanish_over_ipv6(world: World) -> None:
    _long_chains(world)
    faults.black_hole_large_packets(world.net, family="ipv6")


@fault(expect="path.mtu_blackhole", where="network")
def large_packets_vanish_for_login_alone(world: World) -> None:
    """The others are small enough."""
    world.web["login.app.test"].certificate = "long_chain"
    faults.black_hole_large_packets(world.net)


@fault(expect="internet.lossy", severity="any", where="network", args=SLOW)
def every_seventh_packet_lost(world: World) -> None:
    faults.lose(world.net.router, "forward", 14)


@fault(
    expect="internet.lossy",
    never=["path.mtu_blackhole", "internet.slow"],
    where="network",
    args=SLOW,
)
def every_second_packet_lost(world: World) -> None:
    """Nothing of any length comes to its end."""
    _long_chains(world)
    _long_pages(world)
    faults.lose(world.net.router, "forward", 50)


@fault(expect="internet.slow", severity="any", where="network", args=SLOW)
def line_throttled_to_128_kbit(world: World) -> None:
    """What a mobile carrier leaves once the month's data is used up."""
    _long_chains(world)
    faults.slow_line(world.net, 128)


@fault(
    expect="internet.slow",
    under=["endpoint.unreachable"],
    never=["internet.lossy", "account.credentials"],
    where="network",
)
def line_of_48_kbit(world: World) -> None:
    _long_chains(world)
    _long_pages(world)
    faults.slow_line(world.net, 48)


# --- two at once ---


@pair(expect="path.mtu_blackhole", never=["service.outage"])
def large_packets_vanish_and_store_gone(world: World) -> None:
    _long_chains(world)
    faults.black_hole_large_packets(world.net)
    world.public_dns.missing.add("store.app.test")


@pair(expect="service.error", never=["path.mtu_blackhole"])
def line_throttled_and_login_503(world: World) -> None:
    faults.slow_line(world.net, 256)
    world.web["login.app.test"].page = Page(status=503)


@pair(expect="service.outage", never=["internet.slow"])
def far_away_and_outage(world: World) -> None:
    faults.far_away(world.net, 0.15)
    world.web["status.app.test"].https["/api/v2/summary.json"] = json_page(
        status_summary("critical", login="major_outage")
    )
    world.web["login.app.test"].page = Page(status=503)


# --- all well ---


@healthy()
def every_fortieth_packet_lost(world: World) -> None:
    """What a Wi-Fi in a block of flats may lose."""
    faults.lose(world.net.router, "forward", 2)


@healthy()
def line_of_512_kbit(world: World) -> None:
    faults.slow_line(world.net, 512)


@healthy()
def pages_of_megabytes_over_two_megabits(world: World) -> None:
    faults.slow_line(world.net, 2000)
    world.web["www.app.test"].page = Page(body="x" * 400_000)
