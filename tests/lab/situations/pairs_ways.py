"""Two things broken at once, of which one is on the way: what hides the other, what does not."""

from tests.lab import actors, faults, places
from tests.lab.lab import World
from tests.lab.situation import pair
from tests.lab.situations.service import INCIDENT
from tests.lab.web import BUSY_PAGE, Page, json_page, status_summary

YEAR_S = 400 * 86_400


def _outage(world: World) -> None:
    world.web["status.app.test"].https["/api/v2/summary.json"] = json_page(
        status_summary("major", incidents=(INCIDENT,), login="major_outage")
    )


@pair(expect="service.outage", never=["ipv4.broken", "internet.down"])
def ipv6_broken_and_outage(world: World) -> None:
    faults.ipv6_black_hole(world.net)
    _outage(world)


@pair(expect="service.busy", never=["ipv4.broken"])
def ipv6_broken_and_login_busy(world: World) -> None:
    faults.ipv6_black_hole(world.net)
    world.web["login.app.test"].page = Page(body=BUSY_PAGE)


@pair(expect="ipv6.broken", under=["endpoint.unreachable"], never=["service.unresponsive"])
def ipv6_broken_and_login_without_ipv4(world: World) -> None:
    faults.ipv6_black_hole(world.net)
    world.public_dns.forge("login.app.test", places.LOGIN.ipv6)


@pair(expect="ipv4.broken", under=["endpoint.unreachable"], never=["service.unresponsive"])
def ipv4_broken_and_login_without_ipv6(world: World) -> None:
    world.device.nameservers = (places.ROUTER_IPV6,)
    world.router_dns.forwards_to = (places.CLOUDFLARE_DNS.ipv6,)
    faults.ipv4_black_hole(world.net)
    world.public_dns.forge("login.app.test", places.LOGIN.ipv4)


@pair(expect="captive_portal.signin", never=["ipv6.broken"])
def portal_and_ipv6_broken(world: World) -> None:
    actors.portal(world)
    faults.ipv6_black_hole(world.net)


@pair(expect="captive_portal.signin", never=["tls.expired", "tls.untrusted"])
def portal_and_login_certificate_expired(world: World) -> None:
    actors.portal(world)
    world.web["login.app.test"].certificate = "expired"


@pair(expect="captive_portal.signin", never=["service.outage", "service.error"])
def portal_and_outage(world: World) -> None:
    actors.portal(world)
    _outage(world)


@pair(expect="captive_portal.signin", never=["tls.expired", "clock.wrong"])
def portal_and_clock_ahead(world: World) -> None:
    """A portal's own clock proves nothing."""
    actors.portal(world)
    world.device.clock_offset_s = YEAR_S


@pair(expect="internet.down", never=["gateway.unreachable", "dns.unreachable"])
def line_silent_and_gateway_ignores_ping(world: World) -> None:
    faults.line_silent(world.net)
    faults.gateway_ignores_ping(world.net)


@pair(expect="internet.down", never=["clock.wrong", "tls.expired"])
def line_unplugged_and_clock_ahead(world: World) -> None:
    faults.line_unplugged(world.net)
    world.device.clock_offset_s = YEAR_S


@pair(expect="internet.down", never=["dns.unreachable"])
def line_unplugged_and_resolver_dead(world: World) -> None:
    faults.line_unplugged(world.net)
    world.router_dns.mode = "dead"


@pair(expect="link.down", never=["proxy.unreachable", "dns.unreachable"])
def cable_out_and_proxy_set(world: World) -> None:
    actors.use_proxy(world)
    faults.cable_out(world.net)


@pair(expect="address.missing", also=["hosts_file.override"], never=["dns.unreachable"])
def no_address_and_login_in_hosts_file(world: World) -> None:
    faults.no_address(world.net)
    world.device.hosts["login.app.test"] = "127.0.0.1"


@pair(expect="route.missing", never=["service.error"])
def no_default_route_and_login_503(world: World) -> None:
    faults.no_default_route(world.net)
    world.web["login.app.test"].page = Page(status=503)


@pair(expect="proxy.unreachable", never=["tls.expired", "service.unresponsive"])
def proxy_dead_and_login_certificate_expired(world: World) -> None:
    actors.use_proxy(world)
    world.web["login.app.test"].certificate = "expired"


@pair(expect="proxy.unreachable", also=["clock.wrong"], never=["tls.expired"])
def proxy_dead_and_clock_ahead(world: World) -> None:
    actors.use_proxy(world)
    world.device.clock_offset_s = YEAR_S


@pair(expect="proxy.auth_required", never=["service.error", "service.rejects_client"])
def proxy_asks_for_password_and_login_503(world: World) -> None:
    actors.proxy(world, "BasicAuth user secret")
    world.web["login.app.test"].page = Page(status=503)


@pair(expect="service.rejects_client", never=["proxy.auth_required", "proxy.unreachable"])
def proxy_that_works_and_login_403(world: World) -> None:
    actors.proxy(world)
    world.web["login.app.test"].page = Page(status=403, body="<h1>Access denied</h1>")


@pair(expect="firewall.port_blocked", never=["dns.unreachable", "internet.down"])
def https_reset_and_ipv6_broken(world: World) -> None:
    faults.ipv6_black_hole(world.net)
    faults.firewall_resets_https(world.net)


@pair(expect="firewall.port_blocked", never=["dns.unreachable", "internet.down", "clock.wrong"])
def https_dropped_and_resolver_slow(world: World) -> None:
    faults.firewall_drops_https(world.net)
    world.router_dns.delay_s = 1.5
