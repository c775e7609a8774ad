"""Two things broken at once: which one is the cause, and which one stands beside it."""

from tests.lab import actors, faults, places
from tests.lab.lab import World
from tests.lab.situation import pair
from tests.lab.web import Page, json_page, status_summary

ALL_UNREACHED = ("endpoint.unresolved", "status_page.unavailable", "store.unavailable")


def _outdated(world: World) -> None:
    world.web["store.app.test"].https["/version.json"] = json_page({"version": "3.0.0"})


@pair(expect="dns.unreachable", under=ALL_UNREACHED, never=["app.outdated", "service.error"])
def resolver_dead_and_login_503(world: World) -> None:
    world.router_dns.mode = "dead"
    world.web["login.app.test"].page = Page(status=503)


@pair(expect="service.error", never=["tls.expired"])
def login_503_and_store_certificate_expired(world: World) -> None:
    world.web["login.app.test"].page = Page(status=503)
    world.web["store.app.test"].certificate = "expired"


@pair(expect="tls.expired", never=["service.outage"])
def login_certificate_expired_and_status_page_gone(world: World) -> None:
    world.web["login.app.test"].certificate = "expired"
    world.public_dns.missing.add("status.app.test")


@pair(expect="captive_portal.signin", never=["dns.hijacked", "tls.intercepted"])
def portal_and_forged_names(world: World) -> None:
    actors.portal(world)
    for name in list(world.public_dns.records):
        world.router_dns.forge(name, places.ROUTER_IPV4)


@pair(expect="captive_portal.signin", never=["ipv6.broken"])
def portal_and_no_ipv6(world: World) -> None:
    actors.portal(world)
    faults.only_ipv4(world.net)


@pair(expect="service.error", never=["ipv4.broken"])
def ipv6_broken_and_login_503(world: World) -> None:
    faults.ipv6_black_hole(world.net)
    world.web["login.app.test"].page = Page(status=503)


@pair(expect="service.error", never=["app.missing"])
def app_outdated_and_login_503(world: World) -> None:
    _outdated(world)
    world.web["login.app.test"].page = Page(status=503)


@pair(expect="dns.host_missing", never=["dns.hijacked", "service.unresponsive"])
def login_name_gone_and_ping_ignored(world: World) -> None:
    world.public_dns.missing.add("login.app.test")
    faults.gateway_ignores_ping(world.net)


@pair(expect="gateway.unreachable", never=["clock.wrong", "internet.down"])
def gateway_gone_and_clock_ahead(world: World) -> None:
    faults.gateway_gone(world.net)
    world.device.clock_offset_s = 400 * 86_400


@pair(expect="clock.wrong", under=["tls.expired"], never=["service.outage"])
def clock_ahead_and_app_outdated(world: World) -> None:
    world.device.clock_offset_s = 400 * 86_400
    _outdated(world)


@pair(expect="service.maintenance", under=["service.error"])
def maintenance_and_login_503(world: World) -> None:
    maintenance: dict[str, object] = {
        "id": "k7r2m1",
        "name": "Planned work on login",
        "status": "in_progress",
        "impact": "maintenance",
        "created_at": "2026-01-01T03:00:00.000Z",
        "updated_at": "2026-01-10T03:00:00.000Z",
        "scheduled_for": "2026-01-10T03:00:00.000Z",
        "scheduled_until": "2036-01-10T09:00:00.000Z",
        "shortlink": "https://status.app.test/i/k7r2m1",
        "incident_updates": [],
        "components": [],
    }
    world.web["status.app.test"].https["/api/v2/summary.json"] = json_page(
        status_summary("maintenance", maintenances=(maintenance,), login="under_maintenance")
    )
    world.web["login.app.test"].page = Page(status=503)


@pair(expect="tls.expired", also=["service.error"])
def login_certificate_expired_and_api_503(world: World) -> None:
    world.web["login.app.test"].certificate = "expired"
    world.web["api.app.test"].page = Page(status=503)


@pair(expect="proxy.unreachable", also=["dns.failing"], never=["dns.unreachable", "internet.down"])
def proxy_dead_and_no_names_outside(world: World) -> None:
    actors.use_proxy(world)
    world.router_dns.mode = "refused"
