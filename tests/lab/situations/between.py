"""Faults in between: portals, firewalls, proxies, the clock, TLS."""

from tests.lab import actors, faults, places
from tests.lab.lab import World
from tests.lab.situation import fault
from tests.lab.web import Page

DAY_S = 86_400
PORTAL_HIDES = ("endpoint.unreachable", "status_page.unavailable", "store.unavailable")


@fault(expect="captive_portal.signin", under=PORTAL_HIDES, where="network")
def portal_redirects(world: World) -> None:
    actors.portal(world)


@fault(expect="captive_portal.signin", under=PORTAL_HIDES, where="network")
def portal_answers_itself(world: World) -> None:
    actors.portal(world, Page(body=actors.PORTAL_PAGE))


@fault(expect="captive_portal.signin", under=PORTAL_HIDES, where="network")
def portal_says_511(world: World) -> None:
    actors.portal(world, Page(status=511, body=actors.PORTAL_PAGE))


@fault(expect="captive_portal.signin", under=PORTAL_HIDES, where="network")
def real_portal(world: World) -> None:
    actors.real_portal(world)


@fault(
    expect="firewall.port_blocked",
    under=["endpoint.unreachable"],
    never=["internet.down"],
    where="network",
)
def https_dropped(world: World) -> None:
    faults.firewall_drops_https(world.net)


@fault(expect="firewall.host_blocked", where="network")
def login_host_prohibited(world: World) -> None:
    faults.firewall_refuses_host(world.net, places.LOGIN)


@fault(expect=["firewall.host_blocked", "service.unresponsive"])
def login_host_silent(world: World) -> None:
    faults.host_silent(world.net, places.LOGIN)


@fault(expect="proxy.unreachable")
def proxy_dead(world: World) -> None:
    actors.use_proxy(world)


@fault(expect="proxy.auth_required")
def proxy_asks_for_password(world: World) -> None:
    actors.proxy(world, "BasicAuth user secret")


@fault(expect="clock.wrong", under=["tls.expired"], where="device")
def clock_a_year_ahead(world: World) -> None:
    world.device.clock_offset_s = 400 * DAY_S


@fault(expect="clock.wrong", where="device")
def clock_a_year_behind(world: World) -> None:
    world.device.clock_offset_s = -400 * DAY_S


@fault(expect="clock.timezone", never=["clock.wrong"], where="device")
def clock_set_by_hand_for_another_zone(world: World) -> None:
    """It shows the time of Sydney, and is set to be in Tokyo."""
    world.device.clock_offset_s = 2 * 3600


@fault(expect="clock.wrong", never=["clock.timezone"], where="device")
def clock_read_as_if_it_were_utc(world: World) -> None:
    """As after another system was started on the same device."""
    world.device.clock_offset_s = 9 * 3600


@fault(expect="tls.expired", never=["clock.wrong"], where="service")
def login_certificate_expired(world: World) -> None:
    world.web["login.app.test"].certificate = "expired"


@fault(expect="tls.wrong_host")
def login_certificate_of_another_host(world: World) -> None:
    world.web["login.app.test"].certificate = "wrong_host"


@fault(expect="tls.untrusted")
def login_certificate_of_unknown_authority(world: World) -> None:
    world.web["login.app.test"].certificate = "unknown_ca"


@fault(expect="tls.chain_incomplete", where="service")
def login_chain_incomplete(world: World) -> None:
    world.web["login.app.test"].certificate = "incomplete"


@fault(expect="tls.too_old", where="service")
def login_speaks_old_tls_only(world: World) -> None:
    world.web["login.app.test"].newest_tls = "TLSv1_1"


@fault(expect="tls.client_certificate_required")
def login_asks_for_client_certificate(world: World) -> None:
    world.web["login.app.test"].asks_client_certificate = True


@fault(expect="tls.intercepted", where="network")
def inspector_not_trusted(world: World) -> None:
    actors.inspector(world)
    for endpoint in world.profile["endpoint"]:
        endpoint["ca_issuer"] = ["Lab Public Trust"]


@fault(expect="tls.intercepted", severity="warning", args=())
def inspector_trusted(world: World) -> None:
    actors.inspector(world)
    actors.trust_inspector(world)


@fault(expect="tls.intercepted", severity="warning", args=())
def real_inspector_trusted(world: World) -> None:
    actors.real_inspector(world)
    actors.trust_inspector(world)


@fault(expect="firewall.port_blocked", never=["internet.down", "service.unresponsive"])
def https_reset(world: World) -> None:
    faults.firewall_resets_https(world.net)


@fault(
    expect="internet.access_suspended",
    never=["captive_portal.signin"],
    where="network",
)
def provider_has_suspended_the_line(world: World) -> None:
    actors.portal(world, Page(body=actors.SUSPENDED_PAGE))


@fault(expect="content_filter.blocked", where="network")
def filter_blocks_the_app(world: World) -> None:
    actors.content_filter(world)
