"""A profile in words: what it makes diag do. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from diag.app_profile import AppProfile, CredentialShape, Endpoint, MaintenanceWindow
from diag.catalog import Catalog
from diag.model import Arg
from diag.render.safe import safe

_INDENT = "  "
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)
"""These texts name no instant."""


def profile_title(profile: AppProfile, catalog: Catalog) -> str:
    return _Words(catalog)("title", name=profile.app.name, id=profile.app.id)


def profile_source(source: str, catalog: Catalog) -> str:
    return _Words(catalog)("source", source=None if source == "bundled" else source)


def profile_lines(profile: AppProfile, catalog: Catalog) -> list[str]:
    """What is probed, where the app is looked for, how one logs in, whom to call."""
    words = _Words(catalog)
    return [
        *_endpoints(profile, words),
        *_status(profile, words),
        *_app(profile, words),
        *_account(profile, words),
        *_help(profile, words),
        *_known_errors(profile, words),
    ]


class _Words:
    """The texts of `[ui.app]`; one that lacks a value is empty."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def __call__(self, key: str, **args: Arg) -> str:
        return self.catalog.format(self.catalog.ui(f"app.{key}"), args, now=_ANY_TIME, zone="UTC")


def _endpoints(profile: AppProfile, words: _Words) -> Iterator[str]:
    if not profile.endpoint:
        yield words("no_endpoints")
        return
    yield words("endpoints")
    for endpoint in profile.endpoint:
        yield _INDENT + words("endpoint", id=endpoint.id, url=endpoint.url, role=endpoint.role)
        yield from (2 * _INDENT + line for line in _expected(endpoint, words))


def _expected(endpoint: Endpoint, words: _Words) -> Iterator[str]:
    statuses = ", ".join(map(str, endpoint.expect_status)) or "200-399, 401, 405"
    yield words("expect_status", statuses=statuses)
    if endpoint.expect_body:
        yield words("expect_body", text=endpoint.expect_body)
    if endpoint.sorry_body:
        yield words("sorry_body", text=endpoint.sorry_body)
    if endpoint.ca_issuer:
        yield words("ca_issuer", names=list(endpoint.ca_issuer))


def _status(profile: AppProfile, words: _Words) -> Iterator[str]:
    page = profile.status_page
    if page is None or page.url is None:
        yield words("no_status")
    else:
        components = list(page.components)
        yield words("status", url=page.url, kind=page.kind, components=components)
    for window in page.maintenance if page else ():
        yield _maintenance(window, words)


def _maintenance(window: MaintenanceWindow, words: _Words) -> str:
    days = [_day(day, words.catalog) for day in window.days or ("daily",)]
    return words("maintenance", days=days, start=window.start, end=window.end, zone=window.timezone)


def _day(day: str, catalog: Catalog) -> str:
    *ordinal, weekday = day.casefold().split()
    name = catalog.word("maintenance_day", weekday)
    return " ".join([*(catalog.word("maintenance_ordinal", each) for each in ordinal), name])


def _app(profile: AppProfile, words: _Words) -> Iterator[str]:
    if profile.app.minimum_version:
        yield words("minimum_version", version=profile.app.minimum_version)
    systems = _filled(profile.install)
    yield words("install", systems=systems) if systems else words("no_install")
    stores = _filled(profile.store)
    yield words("store", stores=stores) if stores else words("no_store")
    if profile.permissions.needs:
        yield words("permissions", permissions=list(profile.permissions.needs))


def _filled(section: object) -> list[str]:
    fields: tuple[str, ...] = getattr(section, "__struct_fields__", ())
    return [name for name in fields if getattr(section, name) is not None]


def _account(profile: AppProfile, words: _Words) -> Iterator[str]:
    account = profile.account
    if account is None:
        return
    if account.method:
        yield words("login")
    for method in account.method:
        yield _INDENT + words("login_method", name=method.name)
        if method.id:
            yield 2 * _INDENT + _shape("login_id", method.id, words)
        if method.secret:
            yield 2 * _INDENT + _shape("login_secret", method.secret, words)
    if account.two_factor:
        yield words("two_factor", kinds=list(account.two_factor))
    if account.reset_url:
        yield words("reset", url=account.reset_url)
    if account.lockout_after:
        yield words("lockout", count=account.lockout_after, minutes=account.lockout_minutes)
    if account.reset_unlocks is not None:
        yield words("reset_unlocks" if account.reset_unlocks else "reset_keeps_lock")
    if account.unlock:
        yield words("unlock", how=account.unlock)


def _shape(key: str, shape: CredentialShape, words: _Words) -> str:
    return words(key, characters=shape.characters, pattern=shape.pattern)


def _help(profile: AppProfile, words: _Words) -> Iterator[str]:
    support, incident = profile.support, profile.incident
    if support:
        contact = words("support", phone=support.phone, hours=support.hours, url=support.url)
        yield from ([contact] if contact else [])
        if support.ask_for:
            yield _INDENT + words("ask_for", what=list(support.ask_for))
    if incident and incident.phone:
        yield words("incident", phone=incident.phone)
        if incident.ask_for:
            yield _INDENT + words("ask_for", what=list(incident.ask_for))


def _known_errors(profile: AppProfile, words: _Words) -> Iterator[str]:
    if profile.known_error:
        yield words("known_errors")
    for known in profile.known_error:
        yield _INDENT + words("known_error", pattern=safe(known.pattern), cause=known.cause)
