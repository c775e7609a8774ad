"""The kinds of status page that can be read. A new kind is one module and one line here."""

from __future__ import annotations

from urllib.parse import urlsplit

from checks.status.adapter import Kind
from checks.status.kinds import (
    better_stack,
    cachet,
    cstate,
    feed,
    gatus,
    google,
    incident_io,
    instatus,
    notices,
    slack,
    status_io,
    statusiq,
    statuspage,
    statuspal,
    upptime,
    uptime_kuma,
    uptime_robot,
)

KINDS = {
    kind.name: kind
    for kind in (
        incident_io.KIND,
        statuspage.KIND,
        instatus.KIND,
        better_stack.KIND,
        cstate.KIND,
        uptime_kuma.KIND,
        gatus.KIND,
        cachet.KIND_3,
        cachet.KIND_2,
        uptime_robot.KIND,
        status_io.KIND,
        statuspal.KIND,
        upptime.KIND,
        statusiq.KIND,
        feed.KIND,
        slack.KIND,
        google.KIND,
        notices.KIND,
    )
}

SAME_PATH_EVERYWHERE = (
    incident_io.NAME,
    statuspage.NAME,
    instatus.NAME,
    better_stack.NAME,
    cstate.NAME,
)
"""Kinds whose document stands at the same path below every page, in the order to try them."""

BY_THE_PAGE = (
    uptime_kuma.NAME,
    gatus.NAME,
    cachet.NAME_3,
    cachet.NAME_2,
    uptime_robot.NAME,
    status_io.NAME,
    statuspal.NAME,
    upptime.NAME,
    statusiq.NAME,
    feed.NAME,
)
"""Kinds that the page itself gives away, in the order to try them."""

_HOSTS = {
    "statuspage.io": statuspage.NAME,
    "incident.io": incident_io.NAME,
    "instatus.com": instatus.NAME,
    "betteruptime.com": better_stack.NAME,
    "betterstack.com": better_stack.NAME,
    "statuspal.io": statuspal.NAME,
    "statuspal.eu": statuspal.NAME,
    "status.io": status_io.NAME,
    "statusiq.com": statusiq.NAME,
    uptime_robot.HOST: uptime_robot.NAME,
    slack.HOST: slack.NAME,
    "status.cloud.google.com": google.NAME,
}
_GOOGLE_WORKSPACE = ("www.google.com", "/appsstatus")


def by_host(url: str) -> Kind | None:
    """The kind of a page that stands under its maker's own name."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower().rstrip(".")
    if (host, parts.path[: len(_GOOGLE_WORKSPACE[1])]) == _GOOGLE_WORKSPACE:
        return google.KIND
    for suffix, name in _HOSTS.items():
        if host == suffix or host.endswith(f".{suffix}"):
            return KINDS[name]
    return None


def given_away(url: str, page: str) -> tuple[Kind, ...]:
    """The kinds that a page's address and HTML point to, in the order to try them."""
    return tuple(KINDS[name] for name in BY_THE_PAGE if _points_to(name, url, page))


def _points_to(name: str, url: str, page: str) -> bool:
    lowered = page.lower()
    if name == gatus.NAME:
        return "gatus" in lowered
    if name in (cachet.NAME_2, cachet.NAME_3):
        return "cachet" in lowered
    if name == statusiq.NAME and "statusiq" not in lowered and "site24x7" not in lowered:
        return False
    try:
        KINDS[name].addresses(url, page)
    except ValueError:
        return False
    return True
