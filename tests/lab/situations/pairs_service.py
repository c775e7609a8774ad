"""Two things broken at once beyond the way: names, certificates, the service, the device."""

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


@pair(expect="service.outage", never=["dns.unreachable", "dns.failing"])
def resolver_slow_and_outage(world: World) -> None:
    world.router_dns.delay_s = 1.5
    _outage(world)


@pair(expect="hosts_file.override", also=["service.outage"])
def login_in_hosts_file_and_outage(world: World) -> None:
    world.device.hosts["login.app.test"] = "127.0.0.1"
    _outage(world)


@pair(expect="dns.hijacked", never=["service.error", "tls.untrusted"])
def login_name_points_nowhere_and_login_503(world: World) -> None:
    world.router_dns.forge("login.app.test", "0.0.0.0")
    world.web["login.app.test"].page = Page(status=503)


@pair(expect="dns.failing", under=["endpoint.unresolved"], never=["tls.expired"])
def resolver_servfail_and_login_certificate_expired(world: World) -> None:
    world.router_dns.mode = "servfail"
    world.web["login.app.test"].certificate = "expired"


@pair(expect="dns.unreachable", under=["endpoint.unresolved"], never=["internet.down"])
def resolver_dead_and_app_missing(world: World) -> None:
    world.router_dns.mode = "dead"
    world.device.packages.clear()


@pair(expect="service.outage", under=["service.unresponsive"], never=["firewall.host_blocked"])
def login_silent_and_outage(world: World) -> None:
    """The status page breaks the tie: it is down, not blocked."""
    faults.host_silent(world.net, places.LOGIN)
    _outage(world)


@pair(expect="tls.expired", also=["clock.wrong"])
def clock_behind_and_login_certificate_expired(world: World) -> None:
    """The certificate would have ended with the clock right, too."""
    world.device.clock_offset_s = -86_400
    world.web["login.app.test"].certificate = "expired"


@pair(expect="clock.wrong", under=["tls.expired", "status_page.unavailable"])
def clock_ahead_and_outage(world: World) -> None:
    """The status page cannot be read before the clock is right."""
    world.device.clock_offset_s = YEAR_S
    _outage(world)


@pair(expect="clock.wrong", under=["tls.expired"], never=["service.error"])
def clock_ahead_and_login_503(world: World) -> None:
    world.device.clock_offset_s = YEAR_S
    world.web["login.app.test"].page = Page(status=503)


@pair(expect="tls.wrong_host", also=["service.outage"])
def login_certificate_of_another_host_and_outage(world: World) -> None:
    world.web["login.app.test"].certificate = "wrong_host"
    _outage(world)


@pair(expect="service.error", never=["tls.untrusted", "tls.expired"])
def inspector_trusted_and_login_503(world: World) -> None:
    world.web["login.app.test"].page = Page(status=503)
    actors.inspector(world)
    actors.trust_inspector(world)


@pair(expect="service.error", also=["service.rate_limited"])
def login_429_and_api_500(world: World) -> None:
    world.web["login.app.test"].page = Page(status=429, headers={"Retry-After": "600"})
    world.web["api.app.test"].page = Page(status=500)


@pair(expect="service.outage", under=["service.busy"], never=["account.credentials"])
def login_busy_and_outage(world: World) -> None:
    world.web["login.app.test"].page = Page(body=BUSY_PAGE)
    _outage(world)


@pair(expect="service.outage", under=["service.error"], never=["app.outdated"])
def app_missing_and_outage_with_502(world: World) -> None:
    world.device.packages.clear()
    _outage(world)
    world.web["login.app.test"].page = Page(status=502)


@pair(expect="service.error", also=["app.outdated"], never=["service.outage"])
def old_app_and_login_503(world: World) -> None:
    world.profile["app"]["minimum_version"] = "9"
    world.web["login.app.test"].page = Page(status=503)


@pair(expect="service.unresponsive", never=["firewall.host_blocked", "store.unavailable"])
def nothing_listens_on_login_and_status_page_broken(world: World) -> None:
    faults.nothing_listens(world.net, places.LOGIN)
    world.web["status.app.test"].https = {"*": Page(status=500)}


@pair(expect="tls.chain_incomplete", also=["service.rejects_client"])
def login_chain_incomplete_and_api_403(world: World) -> None:
    world.web["login.app.test"].certificate = "incomplete"
    world.web["api.app.test"].page = Page(status=403, body="<h1>Access denied</h1>")
