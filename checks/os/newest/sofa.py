"""Apple's releases as the SOFA feed lists them (sofa.macadmins.io, MacAdmins Open Source).

Read is what versions 1 and 2 of the feed have in common: for every macOS its releases with their
days and the holes in use that they close, and for every model what it can run. Background security
improvements stand in version 2 alone.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec import Struct

from checks.os.macos.release import MacosRelease, version_numbers
from diag.model import Failed

URL = "https://sofafeed.macadmins.io/v2/macos_data_feed.json"


class Standing(Struct, frozen=True, kw_only=True):
    """Where one Mac stands among what Apple has published.

    newest, released: the newest version of its own macOS; empty if the feed does not list that.
    since: the day of the first release that it lacks, missed: how many it lacks; exploited: how
    many holes they close that are in use. extra: the newest background security improvement for its
    very version. runs: numbers of the macOS that its model can run, the newest first; empty if the
    model is not listed.
    """

    newest: str
    released: date | None = None
    since: date | None = None
    missed: int = 0
    exploited: int = 0
    extra: str = ""
    runs: tuple[int, ...] = ()


def standing(body: bytes, release: MacosRelease, model: str, *, ended: bool = False) -> Standing:
    """Raises Failed(unparsable) if this is no such feed, or does not list a macOS that has not
    ended: those that have are left out after a while.
    """
    feed = _read(body)
    system = _system(feed, release)
    if system is None:
        if not ended:
            raise Failed("unparsable", "read Apple's releases", f"no macOS {release.major}")
        return Standing(newest="", runs=_runs(feed, model))
    latest = _get(system, "Latest")
    newest = _get(latest, "ProductVersion")
    if not isinstance(newest, str) or not newest[:1].isdigit():
        raise Failed("unparsable", "read Apple's releases", "no version")
    lacking = [
        each
        for each in system.get("SecurityReleases") or ()
        if isinstance(each, dict)
        and version_numbers(str(each.get("ProductVersion", ""))) > release.numbers
    ]
    days = [day for each in lacking if (day := _day(each.get("ReleaseDate"))) is not None]
    return Standing(
        newest=newest,
        released=_day(latest.get("ReleaseDate")),
        since=min(days, default=None),
        missed=len(lacking),
        exploited=sum(_exploited(each) for each in lacking),
        extra=_extra(feed, release),
        runs=_runs(feed, model),
    )


def _read(body: bytes) -> dict[str, Any]:
    import json

    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Failed("unparsable", "read Apple's releases", type(error).__name__) from None
    if not isinstance(feed, dict):
        raise Failed("unparsable", "read Apple's releases", "no object")
    return feed


def _system(feed: dict[str, Any], release: MacosRelease) -> dict[str, Any] | None:
    """Systems are called `Tahoe 26`."""
    for each in _get(feed, "OSVersions"):
        name = each.get("OSVersion") if isinstance(each, dict) else None
        if isinstance(name, str) and name.rpartition(" ")[2] == release.major:
            return dict(each)
    return None


def _exploited(update: dict[str, Any]) -> int:
    holes = update.get("ActivelyExploitedCVEs")
    return len(holes) if isinstance(holes, list) else 0


def _extra(feed: dict[str, Any], release: MacosRelease) -> str:
    """For this version; whoever has a later one has what was in it."""
    by_system = feed.get("BackgroundSecurityImprovements")
    listed = by_system.get(release.major) if isinstance(by_system, dict) else None
    extras = [
        each.get("VersionExtra")
        for each in listed or ()
        if isinstance(each, dict) and each.get("Version") == release.version
    ]
    return max((each for each in extras if isinstance(each, str)), default="")


def _runs(feed: dict[str, Any], model: str) -> tuple[int, ...]:
    models = feed.get("Models")
    listed = models.get(model) if isinstance(models, dict) else None
    numbers = listed.get("OSVersions") if isinstance(listed, dict) else None
    return tuple(sorted((each for each in numbers or () if isinstance(each, int)), reverse=True))


def _get(held: Any, name: str) -> Any:
    if not isinstance(held, dict) or not held.get(name):
        raise Failed("unparsable", "read Apple's releases", name)
    return held[name]


def _day(written: object) -> date | None:
    try:
        return date.fromisoformat(str(written)[:10])
    except ValueError:
        return None
