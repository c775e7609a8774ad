"""Worlds that are unusual, but in which nothing is wrong."""

from tests.lab import actors, faults, places
from tests.lab.lab import World
from tests.lab.situation import healthy
from tests.lab.web import Page


@healthy
def both_families(world: World) -> None:
    del world


@healthy
def ipv4_alone(world: World) -> None:
    faults.only_ipv4(world.net)


@healthy
def ipv6_alone(world: World) -> None:
    world.device.nameservers = (places.ROUTER_IPV6,)
    faults.only_ipv6(world.net)


@healthy
def gateway_ignores_ping(world: World) -> None:
    faults.gateway_ignores_ping(world.net)


@healthy
def slow_but_fine(world: World) -> None:
    for each in world.web.sites:
        for page in (*each.https.values(), *each.http.values()):
            page.delay_s = 0.8


@healthy
def proxy_that_works(world: World) -> None:
    actors.proxy(world)


@healthy
def proxy_only(world: World) -> None:
    actors.proxy(world)
    faults.prohibit(world.net.router, "forward", 'iifname "lan"')


@healthy
def public_resolvers_blocked(world: World) -> None:
    faults.public_dns_blocked(world.net)


@healthy
def status_page_broken(world: World) -> None:
    world.web["status.app.test"].https = {"*": Page(status=500)}


@healthy
def store_unknown(world: World) -> None:
    world.web["store.app.test"].https = {"*": Page(status=404)}


@healthy
def private_authority_in_the_profile(world: World) -> None:
    world.web["login.app.test"].certificate = "intercepted"
    actors.trust_inspector(world)
    world.endpoint("login")["ca_issuer"] = ["Lab Web Inspection"]
