"""What there is to say after a run that nobody watched: changes only, and each only once.

Pure. Every channel is told on its own account: what did not get through is still to be said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from diag.app_profile import UNNAMED_APPS, AppProfile
from diag.catalog import Catalog
from diag.config import WordSettings
from diag.history import Seen, Told
from diag.model import SEVERITIES, Severity, place_of
from diag.report import Report

Kind = Literal["new", "worse", "gone"]


class Change(Struct, frozen=True, kw_only=True):
    kind: Kind
    code: str
    severity: Severity
    title: str


class Present(Struct, frozen=True, kw_only=True):
    """What a run tells of the causes: which there are, and which cannot be said to be gone."""

    seen: tuple[Seen, ...]
    before: Collection[str]
    """Codes of the run before."""
    unsettled: Collection[str]
    """Codes that this run could not measure, or lists under another cause."""


def changes(
    present: Present, told: Mapping[str, Told], settings: WordSettings, now: datetime
) -> list[Change]:
    """What a channel has not been told yet.

    A cause counts as new when it is certain or was seen twice. The same is not said again within
    the time that the settings give; if it still holds then, it is said then.
    """
    found = []
    counted = SEVERITIES[SEVERITIES.index(settings.about) :]
    for seen in present.seen:
        last = told.get(seen.code)
        known = last is not None and last.kind != "gone"
        if seen.severity not in counted:
            continue
        if not known and (seen.confidence == "certain" or seen.code in present.before):
            found.append(_change("new", seen))
        elif known and last is not None and _worse(seen.severity, last.severity):
            found.append(_change("worse", seen))
    here = {seen.code for seen in present.seen}
    found += [
        Change(kind="gone", code=last.code, severity=last.severity, title=last.title)
        for last in told.values()
        if last.kind != "gone" and last.code not in here and last.code not in present.unsettled
    ]
    pause = timedelta(minutes=settings.repeat_minutes)
    return [each for each in found if not _just_said(each, told.get(each.code), now, pause)]


def _change(kind: Kind, seen: Seen) -> Change:
    return Change(kind=kind, code=seen.code, severity=seen.severity, title=seen.title)


def _worse(severity: Severity, than: Severity) -> bool:
    return SEVERITIES.index(severity) > SEVERITIES.index(than)


def _just_said(change: Change, last: Told | None, now: datetime, pause: timedelta) -> bool:
    """Something that comes and goes is new again only after a while; that it is gone, and that it
    is worse, is said at once."""
    return change.kind == "new" and last is not None and now - last.at < pause


def unsettled(report: Report, told: Mapping[str, Told], by_check: Mapping[str, str]) -> set[str]:
    """Codes of which this run does not say that they are gone. `by_check`: whose code it is."""
    explained = {each.code for cause in report.causes for each in cause.explains}
    measured = {
        result.check for result in report.results if result.status in ("ok", "warning", "problem")
    }
    return explained | {code for code in told if by_check.get(code) not in measured}


def is_quiet(settings: WordSettings, local: datetime) -> bool:
    """Whether it is a time to keep still; from 22:00 to 07:00 goes over midnight."""
    if settings.quiet_from is None or settings.quiet_to is None:
        return False
    begin, end, now = _clock(settings.quiet_from), _clock(settings.quiet_to), local.time()
    if begin <= end:
        return begin <= now < end
    return now >= begin or now < end


def _clock(text: str) -> time:
    """`24:00` is the end of the day."""
    return time.max if text == "24:00" else time.fromisoformat(text.zfill(5))


# --- in words -----------------------------------------------------------------------------------


def lines(
    found: Sequence[Change], catalog: Catalog, report: Report, *, name_app: bool
) -> tuple[str, ...]:
    """A line for each change. Others may see a notice: what would tell whose customer the owner of
    this device is, is left out unless it is asked for."""
    names = () if name_app else names_of(report.snapshot.profile)
    where = {cause.code: place_of(cause.where, cause.subjects) for cause in report.causes}
    said = []
    for change in found:
        title = change.title
        if any(name in title.casefold() for name in names):
            args = {"where": where.get(change.code, "unknown")}
            title = _say(catalog, "nameless", report, args)
        said.append(_say(catalog, change.kind, report, {"title": title}))
    return tuple(dict.fromkeys(said))


def heading(catalog: Catalog, report: Report) -> str:
    return _say(catalog, "title", report, {})


def more(catalog: Catalog, report: Report) -> str:
    return _say(catalog, "more", report, {})


def _say(catalog: Catalog, key: str, report: Report, args: dict[str, str]) -> str:
    template = catalog.ui(f"word.{key}")
    return catalog.format(template, {**args}, now=report.created_at, zone=report.time.zone)


def names_of(profile: AppProfile) -> tuple[str, ...]:
    """What gives an app away: its id, its names, and the hosts that its profile names."""
    if profile.app.id in UNNAMED_APPS:
        return ()
    hosts = {urlsplit(text).hostname for text in _texts(msgspec.to_builtins(profile))}
    found = {profile.app.id, *profile.app.name.values(), *filter(None, hosts)}
    return tuple(sorted(name.casefold() for name in found if name))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if value.startswith(("http://", "https://")):
            yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
