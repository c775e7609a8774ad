"""Worlds that are unusual, but in which nothing is wrong."""

from tests.lab import actors, faults, places
from tests.lab.lab import World
from tests.lab.situation import healthy
from tests.lab.web import Page, redirect


@healthy()
def both_families(world: World) -> None:
    del world


@healthy()
def ipv4_alone(world: World) -> None:
    faults.only_ipv4(world.net)


@healthy()
def ipv6_alone(world: World) -> None:
    world.device.nameservers = (places.ROUTER_IPV6,)
    faults.only_ipv6(world.net)


@healthy()
def gateway_ignores_ping(world: World) -> None:
    faults.gateway_ignores_ping(world.net)


@healthy()
def slow_but_fine(world: World) -> None:
    for each in world.web.sites:
        for page in (*each.https.values(), *each.http.values()):
            page.delay_s = 0.8


@healthy()
def proxy_that_works(world: World) -> None:
    actors.proxy(world)


@healthy()
def proxy_only(world: World) -> None:
    actors.proxy(world)
    faults.prohibit(world.net.router, "forward", 'iifname "lan"')


@healthy()
def public_resolvers_blocked(world: World) -> None:
    faults.public_dns_blocked(world.net)


@healthy(open_checks=["status"])
def status_page_broken(world: World) -> None:
    world.web["status.app.test"].https = {"*": Page(status=500)}


@healthy(open_checks=["app"])
def store_unknown(world: World) -> None:
    world.web["store.app.test"].https = {"*": Page(status=404)}


@healthy()
def private_authority_in_the_profile(world: World) -> None:
    world.web["login.app.test"].certificate = "intercepted"
    actors.trust_inspector(world)
    world.endpoint("login")["ca_issuer"] = ["Lab Web Inspection"]


@healthy()
def public_resolver_configured(world: World) -> None:
    world.device.nameservers = ("8.8.8.8", "1.1.1.1")
    world.router_dns.mode = "dead"


@healthy()
def two_resolvers_and_the_first_is_right(world: World) -> None:
    world.device.nameservers = (places.ROUTER_IPV4, "9.9.9.9")


@healthy()
def login_without_ipv6(world: World) -> None:
    world.public_dns.forge("login.app.test", places.LOGIN.ipv4)


@healthy()
def other_answers_inside(world: World) -> None:
    """Split DNS, or a content network: the local server knows another, good address."""
    world.router_dns.forge("login.app.test", places.WWW.ipv4)
    world.web["www.app.test"].names = (*world.web["www.app.test"].names, "login.app.test")
    world.web["www.app.test"].https = world.web["login.app.test"].https
    world.web["login.app.test"].names = ("origin.app.test",)


@healthy()
def ping_and_traceroute_blocked(world: World) -> None:
    for space in (world.net.router, world.net.internet):
        faults.drop(space, "input", "icmp type echo-request", "icmpv6 type echo-request")


@healthy()
def only_web_ports_open(world: World) -> None:
    faults.drop(
        world.net.router,
        "forward",
        'iifname "lan" meta l4proto tcp tcp dport != { 80, 443 }',
        'iifname "lan" meta l4proto udp',
        'iifname "lan" meta l4proto { icmp, ipv6-icmp }',
    )


@healthy()
def half_a_second_away(world: World) -> None:
    faults.far_away(world.net, 0.25)


@healthy()
def login_redirects_once(world: World) -> None:
    login = world.web["login.app.test"]
    login.https["/signin"] = login.page
    login.page = redirect("/signin")


@healthy()
def login_asks_who_you_are(world: World) -> None:
    world.web["api.app.test"].page = Page(status=401, headers={"WWW-Authenticate": "Bearer"})


@healthy()
def clock_five_seconds_off(world: World) -> None:
    world.device.clock_offset_s = 5


@healthy()
def certificate_with_a_hundred_names(world: World) -> None:
    for name in ("login.app.test", "api.app.test", "www.app.test"):
        world.web[name].certificate = "long_chain"


@healthy()
def store_behind_the_installed_version(world: World) -> None:
    world.device.packages["example"] = "2.5.0-1"


@healthy()
def line_of_two_megabits(world: World) -> None:
    faults.slow_line(world.net, 2000)
