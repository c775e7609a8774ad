"""Portals that hide or announce themselves, lines that are shut off, filters that have a name."""

from tests.lab import actors, places, walls
from tests.lab.lab import PORTAL_NAME, World
from tests.lab.situation import fault, healthy, pair
from tests.lab.web import Page, redirect

UNREACHED = ("endpoint.unreachable", "status_page.unavailable", "store.unavailable")
LOGIN_AND_API = (places.LOGIN, places.API)


@fault(expect="captive_portal.signin", under=UNREACHED, where="network")
def portal_lets_the_vendors_pages_through(world: World) -> None:
    walls.walled_garden(world)


@fault(expect="captive_portal.signin", under=["status_page.unavailable"], where="network")
def portal_shows_its_own_certificate(world: World) -> None:
    walls.walled_garden_with_certificate(world)


@fault(expect="captive_portal.signin", never=["internet.down"], where="network")
def portal_swallows_all_but_announces_itself(world: World) -> None:
    walls.nothing_but_the_portal(world)
    walls.announced(world, captive=True, **{"user-portal-url": f"https://{PORTAL_NAME}/?s=58f1"})


@fault(
    expect="captive_portal.signin",
    never=["internet.access_suspended", "content_filter.blocked"],
    where="network",
)
def portal_whose_terms_speak_of_suspension(world: World) -> None:
    actors.portal(world, Page(body=walls.TERMS_PAGE))


@fault(expect="internet.access_suspended", never=["captive_portal.signin"], where="network")
def mobile_data_used_up(world: World) -> None:
    actors.portal(world, Page(body=walls.USED_UP_PAGE))


@fault(expect="internet.access_suspended", never=["captive_portal.signin"], where="network")
def hotel_allowance_used_up(world: World) -> None:
    actors.portal(world, Page(status=403, body=walls.HOTEL_PAGE))


@fault(expect="internet.access_suspended", never=["captive_portal.signin"], where="network")
def line_suspended_by_redirect(world: World) -> None:
    actors.portal(world, redirect("http://notice.isp.test/suspended/unpaid?customer=4711"))


@fault(expect="internet.access_suspended", never=["captive_portal.signin"], where="network")
def allowance_used_up_says_the_portal_api(world: World) -> None:
    actors.portal(world)
    walls.announced(world, captive=True, **{"bytes-remaining": 0, "can-extend-session": True})


@fault(expect="content_filter.blocked", under=["service.rejects_client"], where="network")
def company_filter_names_itself(world: World) -> None:
    walls.filter_that_reads(world, "login.app.test")


@fault(
    expect="content_filter.blocked",
    under=["endpoint.unreachable"],
    never=["captive_portal.signin", "service.unresponsive"],
    where="network",
)
def filter_cuts_secure_connections(world: World) -> None:
    walls.filter_cuts(world, *LOGIN_AND_API)


@fault(
    expect="content_filter.blocked",
    under=["endpoint.unreachable"],
    never=["captive_portal.signin"],
    where="network",
)
def family_filter_blocks_everything(world: World) -> None:
    walls.filter_for_all(world)


# --- two at once ---


@pair(expect="internet.access_suspended", never=["clock.wrong", "tls.expired"])
def line_suspended_and_clock_ahead(world: World) -> None:
    actors.portal(world, Page(body=actors.SUSPENDED_PAGE))
    world.device.clock_offset_s = 400 * 86_400


@pair(expect="content_filter.blocked", never=["app.outdated"])
def filter_and_status_page_gone(world: World) -> None:
    walls.filter_cuts(world, *LOGIN_AND_API)
    world.public_dns.missing.add("status.app.test")


@pair(expect="content_filter.blocked", never=["service.error"])
def filter_and_login_503(world: World) -> None:
    actors.content_filter(world)
    world.web["login.app.test"].page = Page(status=503)


@pair(expect="captive_portal.signin", never=["service.error"])
def walled_garden_and_login_503(world: World) -> None:
    walls.walled_garden(world)
    world.web["login.app.test"].page = Page(status=503)


# --- all well ---


@healthy()
def signed_in_says_the_portal_api(world: World) -> None:
    walls.announced(world, captive=False, **{"seconds-remaining": 3200})


@healthy()
def portal_api_is_out_of_order(world: World) -> None:
    walls.announced(world, captive=True)
    world.router_web.sites = []


@healthy()
def portal_api_forgot_who_signed_in(world: World) -> None:
    """It says captive, and everything gets through."""
    walls.announced(world, captive=True)


@healthy()
def login_page_speaks_of_filters_and_unpaid_bills(world: World) -> None:
    page = world.web["login.app.test"].page
    page.body = page.body.replace(
        "</form>",
        "</form><p>フィルタリングによりブロックされた場合、料金が未納の場合はこちら。"
        "This site has been blocked by your administrator? Payment overdue? See our help.</p>",
    )
