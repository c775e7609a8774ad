"""The kinds of status page that can be read. A new kind is one module and one line here.

A kind's module is imported when it is first asked for: a run meets one or two of them.
"""

from __future__ import annotations

from importlib import import_module
from urllib.parse import urlsplit

from checks.status.adapter import Kind

_MODULES = {
    "incident_io": "incident_io:KIND",
    "statuspage": "statuspage:KIND",
    "instatus": "instatus:KIND",
    "better_stack": "better_stack:KIND",
    "cstate": "cstate:KIND",
    "uptime_kuma": "uptime_kuma:KIND",
    "gatus": "gatus:KIND",
    "cachet3": "cachet:KIND_3",
    "cachet2": "cachet:KIND_2",
    "uptime_robot": "uptime_robot:KIND",
    "status_io": "status_io:KIND",
    "statuspal": "statuspal:KIND",
    "upptime": "upptime:KIND",
    "statusiq": "statusiq:KIND",
    "feed": "feed:KIND",
    "slack": "slack:KIND",
    "google": "google:KIND",
    "notices": "notices:KIND",
}
"""Where each kind stands below `checks.status.kinds`."""

NAMES = tuple(_MODULES)

SAME_PATH_EVERYWHERE = ("incident_io", "statuspage", "instatus", "better_stack", "cstate")
"""Kinds whose document stands at the same path below every page, in the order to try them."""

NOTICES = "notices"
"""What any page may be, if it is nothing else."""

_HOSTS = {
    "statuspage.io": "statuspage",
    "incident.io": "incident_io",
    "instatus.com": "instatus",
    "betteruptime.com": "better_stack",
    "betterstack.com": "better_stack",
    "statuspal.io": "statuspal",
    "statuspal.eu": "statuspal",
    "status.io": "status_io",
    "statusiq.com": "statusiq",
    "stats.uptimerobot.com": "uptime_robot",
    "slack-status.com": "slack",
    "status.cloud.google.com": "google",
}
_GOOGLE_WORKSPACE = ("www.google.com", "/appsstatus")

_MARKS: dict[str, tuple[str, ...]] = {
    "uptime_kuma": ("/status/", "preloaddata"),
    "gatus": ("gatus",),
    "cachet3": ("cachet",),
    "cachet2": ("cachet",),
    "uptime_robot": ("pspapipath", "stats.uptimerobot.com"),
    "status_io": ("status.io", "statuspage_id", "statuspageid"),
    "statuspal": ("statuspal",),
    "upptime": ("raw.githubusercontent.com", "//github.com/"),
    "statusiq": ("statusiq", "site24x7"),
    "feed": ("+xml", "rss", "atom", "feed", ".xml"),
}
"""Of the kinds that a page gives away, in the order to try them: a sign that has to stand in its
address or its HTML."""


def kind_named(name: str) -> Kind | None:
    """The kind of this name; None if there is none."""
    if name not in _MODULES:
        return None
    module, _, attribute = _MODULES[name].partition(":")
    kind = getattr(import_module(f"checks.status.kinds.{module}"), attribute)
    return kind if isinstance(kind, Kind) else None


def kinds(names: tuple[str, ...]) -> tuple[Kind, ...]:
    return tuple(kind for kind in map(kind_named, names) if kind is not None)


def by_host(url: str) -> Kind | None:
    """The kind of a page that stands under its maker's own name."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower().rstrip(".")
    if (host, parts.path[: len(_GOOGLE_WORKSPACE[1])]) == _GOOGLE_WORKSPACE:
        return kind_named("google")
    for suffix, name in _HOSTS.items():
        if host == suffix or host.endswith(f".{suffix}"):
            return kind_named(name)
    return None


def given_away(url: str, page: str) -> tuple[Kind, ...]:
    """The kinds that a page's address and HTML point to, in the order to try them."""
    text = f"{url} {page}".lower()
    names = tuple(name for name, marks in _MARKS.items() if any(mark in text for mark in marks))
    return tuple(kind for kind in kinds(names) if _has_addresses(kind, url, page))


def _has_addresses(kind: Kind, url: str, page: str) -> bool:
    try:
        kind.addresses(url, page)
    except ValueError:
        return False
    return True
