"""What macOS knows of its updates: the preferences of its software update, read in-process.

`RecommendedUpdates` is what the last look found; an entry may stay behind after it was installed,
so versions decide. `FirstOfferDateDictionary` has the day on which each system update was first
offered to this Mac. The counters beside them (`LastRecommendedUpdatesAvailable`) are not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from checks.os.macos.release import MacosRelease, version_numbers
from checks.os.patch import Automatic, Patches
from checks.property_list import flag, instant, plist_or_nothing, read_plist, text
from diag.host import Host

PREFERENCES = "/Library/Preferences/com.apple.SoftwareUpdate.plist"
MANAGED = "/Library/Managed Preferences/com.apple.SoftwareUpdate.plist"
"""What an organisation prescribes; it goes first."""
LOOKED = ("LastSuccessfulDate", "LastFullSuccessfulDate", "LastBackgroundSuccessfulDate")

SYSTEM_UPDATE = re.compile(
    r"MSU_UPDATE_(?P<build>[0-9A-Za-z]+)_(?:patch|full)_(?P<version>[0-9]+(?:\.[0-9]+)*)"
    r"(?P<rest>.*?)(?:_(?P<kind>minor|major))?"
)
"""Product keys of system updates: the build, the version, and whether it is a newer macOS."""
SECURITY_NAMES = re.compile(
    r"^(?:Safari|Security Update|セキュリティアップデート|Sicherheitsupdate)"
)
MOST_UPDATES = 100


def pending(host: Host, release: MacosRelease) -> Patches:
    """Raises Failed if the preferences cannot be read: tool_missing, denied, unparsable."""
    held = read_plist(host, PREFERENCES)
    due = [each for each in _recommended(held) if not _stale(each, release)]
    looked = [when for name in LOOKED if (when := instant(held, name)) is not None]
    return Patches(
        manager="softwareupdate",
        pending=len(due),
        security=sum(_secures(each) for each in due),
        oldest_security=_first_offered(held, release),
        listed=max(looked, default=None),
        automatic=automatic({**held, **plist_or_nothing(host, MANAGED)}),
    )


def automatic(held: dict[str, Any]) -> Automatic | None:
    """None where nothing is written: the defaults differ between systems."""
    if flag(held, "AutomaticCheckEnabled") is False:
        return "off"
    if flag(held, "AutomaticallyInstallMacOSUpdates"):
        return "all"
    if flag(held, "CriticalUpdateInstall"):
        return "security"
    if flag(held, "AutomaticDownload"):
        return "download"
    return "off" if flag(held, "AutomaticDownload") is False else None


def _recommended(held: dict[str, Any]) -> Iterator[dict[str, Any]]:
    found = held.get("RecommendedUpdates")
    for each in found[:MOST_UPDATES] if isinstance(found, list) else ():
        if isinstance(each, dict):
            yield each


def _stale(update: dict[str, Any], release: MacosRelease) -> bool:
    """Whether an update is installed already, or is the offer of a newer macOS."""
    told = SYSTEM_UPDATE.fullmatch(text(update, "Product Key"))
    if told is None:
        return False
    if told["kind"] == "major" or not _same_system(told["version"], release):
        return True
    if told["rest"]:
        # A background security improvement: of this very version, with a build of its own.
        return told["version"] != release.version or told["build"] == release.build
    return version_numbers(told["version"]) <= release.numbers


def _secures(update: dict[str, Any]) -> bool:
    """Every update of macOS itself brings security fixes; developer tools and printers do not."""
    if SYSTEM_UPDATE.fullmatch(text(update, "Product Key")):
        return True
    name = text(update, "Display Name")
    return name.startswith("macOS") or SECURITY_NAMES.match(name) is not None


def _first_offered(held: dict[str, Any], release: MacosRelease) -> datetime | None:
    """When the first system update that this Mac does not have was offered to it."""
    offers = held.get("FirstOfferDateDictionary")
    if not isinstance(offers, dict):
        return None
    days = [
        when.replace(tzinfo=UTC)
        for name, when in offers.items()
        if isinstance(when, datetime)
        and (told := SYSTEM_UPDATE.fullmatch(str(name))) is not None
        and told["kind"] != "major"
        and _same_system(told["version"], release)
        and version_numbers(told["version"]) > release.numbers
    ]
    return min(days, default=None)


def _same_system(version: str, release: MacosRelease) -> bool:
    return MacosRelease(version=version, build="").major == release.major
