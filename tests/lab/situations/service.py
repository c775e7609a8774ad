"""Faults of the service and of the app; and nothing technical at all."""

from tests.lab import faults, places
from tests.lab.lab import World
from tests.lab.situation import fault
from tests.lab.web import BUSY_PAGE, Page, json_page, status_summary

INCIDENT: dict[str, object] = {
    "id": "p31zjtct2jer",
    "name": "Login errors for some users",
    "status": "identified",
    "impact": "major",
    "created_at": "2026-01-10T03:00:00.000Z",
    "started_at": "2026-01-10T03:00:00.000Z",
    "updated_at": "2026-01-10T03:10:00.000Z",
    "monitoring_at": None,
    "resolved_at": None,
    "shortlink": "https://status.app.test/i/p31zjtct2jer",
    "page_id": "kctbh9vrtdwd",
    "incident_updates": [],
    "components": [],
}


@fault(expect="account.credentials", where="account")
def everything_technical_is_fine(world: World) -> None:
    del world


@fault(expect="service.rejects_client", where="service")
def login_says_403(world: World) -> None:
    world.web["login.app.test"].page = Page(status=403, body="<h1>Access denied</h1>")


@fault(expect="service.rejects_client", where="service")
def login_says_451(world: World) -> None:
    world.web["login.app.test"].page = Page(status=451, body="not in your country")


@fault(expect="service.rate_limited", where="service")
def login_says_429(world: World) -> None:
    world.web["login.app.test"].page = Page(status=429, headers={"Retry-After": "600"})


@fault(expect="service.busy", never=["account.credentials"], where="service")
def login_says_busy_with_200(world: World) -> None:
    world.web["login.app.test"].page = Page(body=BUSY_PAGE)


@fault(expect="service.error", where="service")
def login_says_503(world: World) -> None:
    world.web["login.app.test"].page = Page(status=503, body="<h1>Service Unavailable</h1>")


@fault(expect="service.error", where="service")
def api_says_500(world: World) -> None:
    world.web["api.app.test"].page = Page(status=500)


@fault(expect="service.outage", where="service")
def status_page_major(world: World) -> None:
    _outage(world)


@fault(expect="service.outage", under=["service.error"], where="service")
def login_says_503_and_status_page_major(world: World) -> None:
    _outage(world)
    world.web["login.app.test"].page = Page(status=503)


def _outage(world: World) -> None:
    world.web["status.app.test"].https["/api/v2/summary.json"] = json_page(
        status_summary("major", incidents=(INCIDENT,), login="major_outage")
    )


@fault(expect="service.unresponsive", where="service")
def nothing_listens_on_login(world: World) -> None:
    faults.nothing_listens(world.net, places.LOGIN)


@fault(expect="service.unresponsive", where="service")
def login_never_answers_http(world: World) -> None:
    world.web["login.app.test"].page = Page(delay_s=25)


@fault(expect="service.unresponsive", where="service")
def login_accepts_and_says_nothing(world: World) -> None:
    world.web["login.app.test"].tcp = "mute"


@fault(expect="service.unresponsive", where="service")
def login_drips(world: World) -> None:
    world.web["login.app.test"].page = Page(body="x" * 500, drip_s=0.3)


@fault(expect="app.outdated", severity="warning", where="device")
def store_has_a_newer_version(world: World) -> None:
    world.web["store.app.test"].https["/version.json"] = json_page({"version": "3.0.0"})


@fault(expect="app.outdated", where="device")
def app_older_than_the_service_accepts(world: World) -> None:
    world.profile["app"]["minimum_version"] = "2.5"


@fault(expect="app.missing", severity="warning", args=())
def app_not_installed(world: World) -> None:
    world.device.packages.clear()


@fault(expect=["firewall.host_blocked", "service.unresponsive"])
def every_host_of_the_app_silent(world: World) -> None:
    for place in (places.LOGIN, places.API, places.WWW):
        faults.host_silent(world.net, place)


@fault(expect="service.error", where="service")
def every_host_of_the_app_says_502(world: World) -> None:
    for name in ("login.app.test", "api.app.test", "www.app.test"):
        world.web[name].page = Page(status=502)


@fault(expect="service.maintenance", under=["service.error"], where="service")
def planned_window_and_login_503(world: World) -> None:
    world.profile["status_page"]["maintenance"] = [
        {"days": [], "start": "00:00", "end": "23:59", "timezone": "Asia/Tokyo"}
    ]
    world.web["login.app.test"].page = Page(status=503)


@fault(expect="service.degraded", severity="warning", args=())
def status_page_minor(world: World) -> None:
    world.web["status.app.test"].https["/api/v2/summary.json"] = json_page(
        status_summary("minor", login="degraded_performance")
    )


@fault(expect=["firewall.host_blocked", "service.unresponsive"])
def login_resets_every_handshake(world: World) -> None:
    world.web["login.app.test"].tcp = "resets"
