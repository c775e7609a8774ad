"""More faults of the service: wrong answers, no answers, certificates, and of one host alone."""

from tests.lab import actors, faults, places
from tests.lab.lab import World
from tests.lab.situation import fault
from tests.lab.web import Page


@fault(expect="service.error", where="service")
def login_says_404(world: World) -> None:
    world.web["login.app.test"].page = Page(status=404, body="<h1>Not Found</h1>")


@fault(expect="service.error", where="service")
def every_host_of_the_app_says_503_with_retry_after(world: World) -> None:
    for name in ("login.app.test", "api.app.test", "www.app.test"):
        world.web[name].page = Page(status=503, headers={"Retry-After": "1800"})


@fault(expect="service.error", where="service")
def gateway_of_the_service_says_504(world: World) -> None:
    world.web["login.app.test"].page = Page(status=504, body="<h1>Gateway Time-out</h1>")


@fault(expect="service.unresponsive", where="service")
def nothing_listens_on_any_host_of_the_app(world: World) -> None:
    for place in (places.LOGIN, places.API, places.WWW):
        faults.nothing_listens(world.net, place)


@fault(expect=["firewall.host_blocked", "service.unresponsive"])
def api_silent(world: World) -> None:
    faults.host_silent(world.net, places.API)


@fault(expect="tls.expired", where="service", never=["clock.wrong"])
def every_certificate_of_the_app_expired(world: World) -> None:
    for name in ("login.app.test", "api.app.test", "www.app.test"):
        world.web[name].certificate = "expired"


@fault(expect="tls.expired", where="service", never=["clock.wrong"])
def login_certificate_not_yet_valid(world: World) -> None:
    """The clock is right: the service has put it in place too early."""
    world.web["login.app.test"].certificate = "not_yet_valid"


@fault(expect="clock.wrong", under=["tls.expired"], where="device")
def clock_three_days_behind_and_a_new_certificate(world: World) -> None:
    """All other certificates are old enough; the login's began the day before yesterday."""
    world.web["login.app.test"].certificate = "fresh"
    world.device.clock_offset_s = -3 * 86_400


@fault(expect="clock.wrong", where="device")
def clock_ten_minutes_ahead(world: World) -> None:
    """No certificate minds, one-time codes do."""
    world.device.clock_offset_s = 600


@fault(expect="service.busy", where="service", never=["service.error"])
def login_says_busy_with_503(world: World) -> None:
    world.web["login.app.test"].page = Page(
        status=503, body="<p>ただいまアクセスが集中しています。</p>"
    )


@fault(expect="service.rejects_client", where="service")
def every_host_of_the_app_says_403(world: World) -> None:
    for name in ("login.app.test", "api.app.test", "www.app.test"):
        world.web[name].page = Page(status=403, body="<h1>Access Denied</h1>")


@fault(expect="tls.intercepted", where="network")
def inspector_not_trusted_and_nobody_named_an_authority(world: World) -> None:
    """The chain ends at an authority that nobody knows, for every host alike."""
    actors.inspector(world)


@fault(expect="tls.too_old", where="service")
def every_host_of_the_app_speaks_old_tls_only(world: World) -> None:
    for name in ("login.app.test", "api.app.test", "www.app.test"):
        world.web[name].newest_tls = "TLSv1"
