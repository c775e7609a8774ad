"""Services that answer in unusual ways, and are well."""

from datetime import UTC, datetime, timedelta

from tests.lab import actors, faults, places, web
from tests.lab.lab import World
from tests.lab.situation import healthy
from tests.lab.web import Page, json_page, redirect, status_summary

OTHER_ADDRESSES = ("93.184.215.20", "93.184.215.21")
"""Addresses near the app's hosts."""


def _login_page(world: World) -> Page:
    return world.web["login.app.test"].page


@healthy()
def login_on_another_port(world: World) -> None:
    world.web.ports = (80, 443, 8443)
    world.endpoint("login")["url"] = "https://login.app.test:8443/"
    faults.nothing_listens(world.net, places.LOGIN)


@healthy()
def login_speaks_http_1_0(world: World) -> None:
    _login_page(world).version = "1.0"


@healthy()
def login_speaks_tls_1_2_only(world: World) -> None:
    world.web["login.app.test"].newest_tls = "TLSv1_2"


@healthy()
def login_in_chunks(world: World) -> None:
    _login_page(world).coding = "chunked"


@healthy()
def login_packed_without_being_asked(world: World) -> None:
    _login_page(world).coding = "gzip"


@healthy()
def login_in_shift_jis(world: World) -> None:
    _login_page(world).charset = "shift_jis"


@healthy()
def login_in_euc_jp_says_so_in_the_page(world: World) -> None:
    page = _login_page(world)
    page.charset = "euc_jp"
    page.headers["Content-Type"] = "text/html"
    page.body = page.body.replace("<head>", "<head><meta charset=euc-jp>")


@healthy()
def login_with_large_headers(world: World) -> None:
    _login_page(world).headers |= {
        "Content-Security-Policy": "default-src 'self' " + "https://cdn.app.test " * 400,
        **{f"X-Trace-{n}": f"{n:064d}" for n in range(40)},
    }


@healthy()
def login_page_of_a_megabyte(world: World) -> None:
    page = _login_page(world)
    page.body = page.body.replace("</body>", "<p>" + "あ" * 350_000 + "</p></body>")


@healthy()
def login_says_retry_after_with_200(world: World) -> None:
    _login_page(world).headers["Retry-After"] = "120"


@healthy()
def login_redirects_to_a_sibling(world: World) -> None:
    login = world.web["login.app.test"]
    login.names = (*login.names, "auth.app.test")
    world.public_dns.forge("auth.app.test", places.LOGIN.ipv4, places.LOGIN.ipv6)
    login.https["/signin"] = login.page
    login.page = redirect("https://auth.app.test/signin")


@healthy()
def login_redirects_three_times(world: World) -> None:
    login = world.web["login.app.test"]
    login.https |= {"/1": redirect("/2", 307), "/2": redirect("/3", 308), "/3": login.page}
    login.page = redirect("https://login.app.test/1", 301)


@healthy()
def first_address_of_the_login_is_dead(world: World) -> None:
    world.public_dns.forge(
        "login.app.test", OTHER_ADDRESSES[0], places.LOGIN.ipv4, places.LOGIN.ipv6
    )


@healthy()
def first_address_of_the_login_is_dead_without_ipv6(world: World) -> None:
    """One of two dead addresses: what tries them in turn comes through."""
    faults.only_ipv4(world.net)
    world.public_dns.forge("login.app.test", OTHER_ADDRESSES[0], places.LOGIN.ipv4)


@healthy()
def login_without_ipv4(world: World) -> None:
    world.public_dns.forge("login.app.test", places.LOGIN.ipv6)


@healthy()
def login_by_a_chain_of_content_networks(world: World) -> None:
    """Public resolvers are sent to other addresses than the provider's."""
    login = world.web["login.app.test"]
    login.addresses = (*login.addresses, *OTHER_ADDRESSES)
    world.net.internet.ip(*(f"addr add {each}/32 dev lo" for each in OTHER_ADDRESSES))
    world.router_dns.forge("login.app.test", OTHER_ADDRESSES[0], OTHER_ADDRESSES[1])


@healthy()
def login_under_a_japanese_name(world: World) -> None:
    ascii_name = "ログイン.app.test".encode("idna").decode()
    world.public_dns.forge(ascii_name, places.LOGIN.ipv4, places.LOGIN.ipv6)
    login = world.web["login.app.test"]
    login.names = (*login.names, ascii_name)
    world.endpoint("login")["url"] = "https://ログイン.app.test/"


@healthy()
def certificate_for_all_hosts_of_the_app(world: World) -> None:
    for name in ("login.app.test", "api.app.test", "www.app.test"):
        world.web[name].certificate = "wildcard"


@healthy()
def certificate_ends_in_two_days(world: World) -> None:
    world.web["login.app.test"].certificate = "ends_soon"


@healthy()
def api_says_403_as_the_profile_expects(world: World) -> None:
    world.endpoint("api")["expect_status"] = [403]
    world.web["api.app.test"].page = Page(status=403, body='{"error": "no token"}')


@healthy()
def api_says_405(world: World) -> None:
    world.web["api.app.test"].page = Page(status=405, headers={"Allow": "POST"})


@healthy()
def security_suite_scans(world: World) -> None:
    """What it does is worth a warning, no more."""
    actors.security_suite(world)


def _maintenance(status: str, start: datetime, end: datetime) -> dict[str, object]:
    return {
        "id": "k7r2m1",
        "name": "Planned work on login",
        "status": status,
        "impact": "maintenance",
        "created_at": "2026-01-01T03:00:00.000Z",
        "updated_at": end.isoformat(),
        "scheduled_for": start.isoformat(),
        "scheduled_until": end.isoformat(),
        "shortlink": "https://status.app.test/i/k7r2m1",
        "incident_updates": [],
        "components": [],
    }


@healthy()
def maintenance_is_over(world: World) -> None:
    now = datetime.now(UTC)
    over = _maintenance("completed", now - timedelta(hours=5), now - timedelta(hours=1))
    world.web["status.app.test"].https["/api/v2/summary.json"] = json_page(
        status_summary(maintenances=(over,))
    )


@healthy()
def maintenance_tomorrow(world: World) -> None:
    now = datetime.now(UTC)
    planned = _maintenance("scheduled", now + timedelta(hours=20), now + timedelta(hours=24))
    world.web["status.app.test"].https["/api/v2/summary.json"] = json_page(
        status_summary(maintenances=(planned,))
    )


@healthy()
def red_component_that_login_does_not_need(world: World) -> None:
    summary = status_summary("minor")
    components = summary["components"]
    assert isinstance(components, list)
    components.append({**components[0], "id": "x2", "name": "Newsletter", "status": "major_outage"})
    world.web["status.app.test"].https["/api/v2/summary.json"] = json_page(summary)


@healthy()
def website_busy_words_in_passing(world: World) -> None:
    """The website, for which the profile knows no such text, tells of yesterday's rush."""
    world.web["www.app.test"].page = Page(body=f"<p>昨日は{web.BUSY_TEXT}しました。</p>")
