"""What the vendor says of itself: status pages of several kinds, right, late, broken, elsewhere."""

from datetime import UTC, datetime, timedelta

from tests.lab import actors
from tests.lab.lab import World
from tests.lab.situation import fault, healthy
from tests.lab.situations.service import INCIDENT
from tests.lab.web import Page, json_page, status_summary

STATUS = "status.app.test"
SUMMARY = "/api/v2/summary.json"
PAYMENTS: dict[str, object] = {
    "id": "4f9fb0ydzx5b",
    "name": "決済",
    "status": "major_outage",
    "group_id": None,
    "group": False,
}


def say(world: World, document: object, path: str = SUMMARY) -> None:
    world.web[STATUS].https[path] = json_page(document)


def say_nothing_at(world: World, *paths: str) -> None:
    for path in paths:
        world.web[STATUS].https[path] = Page(status=404)


def maintenance(start_h: float, end_h: float, status: str) -> dict[str, object]:
    """A maintenance from so many hours from now to so many."""
    now = datetime.now(UTC)
    return {
        **INCIDENT,
        "name": "サーバー設備のメンテナンス",
        "status": status,
        "impact": "maintenance",
        "scheduled_for": (now + timedelta(hours=start_h)).isoformat(),
        "scheduled_until": (now + timedelta(hours=end_h)).isoformat(),
    }


@fault(expect="service.maintenance", under=["service.error"], where="service")
def maintenance_now_by_the_page(world: World) -> None:
    say(world, status_summary("none", maintenances=(maintenance(-1, 2, "in_progress"),)))
    world.web["login.app.test"].page = Page(status=503)


@healthy()
def maintenance_later_by_the_page(world: World) -> None:
    say(world, status_summary("none", maintenances=(maintenance(5, 8, "scheduled"),)))


@fault(expect="service.outage", where="service", never=["account.credentials"])
def page_red_while_the_login_page_opens(world: World) -> None:
    say(world, status_summary("major", incidents=(INCIDENT,), login="major_outage"))


@healthy()
def page_red_about_another_part(world: World) -> None:
    summary = status_summary("critical")
    rows = summary["components"]
    assert isinstance(rows, list)
    say(world, {**summary, "components": [*rows, PAYMENTS]})


@fault(
    expect="service.error",
    under=["status_page.behind"],
    never=["service.outage"],
    where="service",
)
def page_green_while_the_login_fails(world: World) -> None:
    world.web["login.app.test"].page = Page(status=502)


@healthy(open_checks=["status"])
def page_gone_while_the_app_works(world: World) -> None:
    world.web[STATUS].tcp = "resets"


@healthy(open_checks=["status"])
def page_in_a_format_that_nobody_knows(world: World) -> None:
    world.web[STATUS].https = {"*": Page(body="<!doctype html><h1>All is well, trust us</h1>")}


@fault(expect="service.outage", where="service")
def page_of_instatus_down(world: World) -> None:
    say_nothing_at(world, SUMMARY)
    say(
        world,
        {
            "page": {"name": "Example", "url": f"https://{STATUS}", "status": "HASISSUES"},
            "activeIncidents": [
                {
                    "id": "cl1",
                    "name": "Login is down",
                    "started": "2026-01-10T03:00:00Z",
                    "status": "IDENTIFIED",
                    "impact": "MAJOROUTAGE",
                    "updatedAt": "2026-01-10T03:10:00Z",
                }
            ],
        },
        "/summary.json",
    )
    row = {"id": "cl2", "name": "Login", "status": "MAJOROUTAGE", "group": None}
    say(world, {"components": [row]}, "/v3/components.json")


@fault(expect="service.maintenance", where="service")
def page_of_notices_in_japanese(world: World) -> None:
    say_nothing_at(world, SUMMARY, "/summary.json", "/index.json")
    japan = datetime.now(UTC) + timedelta(hours=9)
    start, end = japan - timedelta(hours=1), japan + timedelta(hours=3)
    text = (
        f"{start.month}月{start.day}日 {start.hour}:{start.minute:02}～"
        f"{end.month}月{end.day}日 {end.hour}:{end.minute:02}"
    )
    world.web[STATUS].page = Page(
        body="<!doctype html><html lang=ja><h1>お知らせ</h1>"
        f"<ul><li>システムメンテナンスのお知らせ<p>{text}</p></li></ul></html>"
    )


@fault(expect="captive_portal.signin", never=["service.outage"], where="network")
def page_read_through_a_portal(world: World) -> None:
    """Whatever a portal shows in place of the page is no word of the vendor."""
    world.profile["status_page"]["url"] = f"http://{STATUS}"
    actors.portal(world, json_page(status_summary("critical", login="major_outage")))
