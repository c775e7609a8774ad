"""Pending updates of openSUSE and SUSE Linux Enterprise, offline: zypper without a refresh.

Its XML is the same in every language; only messages in it are translated, and they are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec
from msgspec import Struct

from checks.os.linux.quiet import text
from checks.os.linux.remember import remembered
from checks.os.linux.rpm import DATABASES, indexes, instant, last_looked
from checks.os.linux.systemd import enabled
from checks.os.patch import Automatic, Patches
from diag.deadline import Deadline
from diag.host import Host
from diag.model import NO_MEMORY, Failed, Memory

COMMAND = ("--xmlout", "--non-interactive", "--no-refresh", "list-updates", "-t", "package",
           "-t", "patch")  # fmt: skip
CACHE = "/var/cache/zypp/raw"
PLACES = (*DATABASES, "/etc/zypp", "/etc/zypp/repos.d")
DIGESTED = "/var/cache/zypp/solv"
NOTHING_TO_ASK = "no-update-repositories"
NO_REPOSITORIES = 6
LEFT_OUT = 106
"""zypper(8), exit codes: some repositories were left out, for one because they were never read."""
TIMERS = ("transactional-update.timer", "os-update.timer")
SAID_LIMIT = 500
ROLLING = "opensuse-tumbleweed"


class Update(Struct, frozen=True):
    """An `update` of the list: a package, or a patch (an advisory over several packages)."""

    kind: str
    security: bool
    issued: datetime | None


def pending(host: Host, deadline: Deadline, memory: Memory = NO_MEMORY) -> Patches:
    """Raises Failed: needs_missing without cached lists, or as the host does."""
    places = (*PLACES, *indexes(host, CACHE))
    said = remembered(host, memory, "zypper", places, lambda: _ask(host, deadline))
    automatic: Automatic = "all" if enabled(host, *TIMERS) else "off"
    return msgspec.structs.replace(said, automatic=automatic)


def _ask(host: Host, deadline: Deadline) -> Patches:
    listed = last_looked(host, CACHE)
    if listed is None or not _digested(host):
        raise Failed("needs_missing", "zypper list-updates", "no cached lists")
    answer = host.run("zypper", *COMMAND, timeout_s=deadline.remaining())
    if answer.returncode not in (0, LEFT_OUT):
        if answer.returncode == NO_REPOSITORIES:
            raise Failed("needs_missing", "zypper list-updates", "no repositories")
        raise Failed("unparsable", "zypper list-updates", answer.text()[-SAID_LIMIT:])
    updates = list(parse(answer.stdout))
    fixes = [update for update in updates if update.kind == "patch" and update.security]
    return Patches(
        manager="zypper",
        # Patches name packages that are listed on their own.
        pending=max(sum(update.kind == "package" for update in updates), len(fixes)),
        security=None if _rolling(host) else len(fixes),
        oldest_security=min((each.issued for each in fixes if each.issued), default=None),
        listed=listed,
        unlisted=1 if answer.returncode == LEFT_OUT else 0,
    )


def parse(output: bytes) -> Iterator[Update]:
    """Raises Failed(unparsable) if that is no list of updates."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        stream = fromstring(output)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Failed("unparsable", "zypper list-updates", str(error)) from None
    if stream.find(".//update-list") is None:
        raise Failed("unparsable", "zypper list-updates", "no list of updates")
    if any(note.get("status") == NOTHING_TO_ASK for note in stream.iterfind(".//appletinfo")):
        raise Failed("needs_missing", "zypper list-updates", "no repositories")
    for update in stream.iterfind(".//update-list/update"):
        if update.get("status", "needed") == "needed":
            yield Update(
                kind=update.get("kind", ""),
                security=update.get("category") == "security",
                issued=_instant(update.find("issue-date")),
            )


def _instant(element: object) -> datetime | None:
    seconds = getattr(element, "attrib", {}).get("time_t", "")
    return instant(int(seconds)) if seconds.isdecimal() else None


def _rolling(host: Host) -> bool:
    """Tumbleweed has no patches: its security fixes come as ordinary updates."""
    return ROLLING in text(host, "/etc/os-release")


def _digested(host: Host) -> bool:
    """Whether zypper has digested what it fetched. If not it would do so now, and write."""
    try:
        read, fetched = set(host.listdir(DIGESTED)), set(host.listdir(CACHE))
    except Failed:
        return False
    return fetched <= read
