"""Pending updates of Fedora, RHEL and their kin, offline: dnf 5 or dnf 4 from its cache (`-C`)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from checks.os.linux.quiet import text
from checks.os.linux.remember import remembered
from checks.os.linux.rpm import DATABASES, indexes, instant, last_looked
from checks.os.linux.systemd import enabled
from checks.os.patch import Automatic, Patches
from diag.deadline import Deadline
from diag.host import Command, Host
from diag.model import NO_MEMORY, Failed, Memory

CACHES = {"dnf5": "/var/cache/libdnf5", "dnf": "/var/cache/dnf"}
PLACES = (*DATABASES, "/etc/dnf", "/etc/dnf/vars", "/etc/yum.repos.d", "/etc/yum.conf")
TIMERS = ("dnf-automatic.timer", "dnf5-automatic.timer")
INSTALLING_TIMER = "dnf-automatic-install.timer"
SETTINGS = ("/etc/dnf/automatic.conf", "/etc/dnf/dnf5-plugins/automatic.conf")
UPDATES_FOUND = 100
"""Exit code of check-update if there are any; 0 if there are none."""
NO_CACHE = "no cache for"
NEVRA = re.compile(r"\S+-(?:\d+:)?[^-\s]+-[^-\s]+\.[a-z0-9_]+$")
UPDATE_LINE = re.compile(r"^(\S+\.[a-z0-9_]+) +(?:\d+:)?[^-\s]+-[^-\s]+ +\S+$")
ADVISORY_LINE = re.compile(r"^\S+ +(\S+) +(\S+)$")


class Advisory(Struct, frozen=True):
    """A line of `dnf5 advisory list --json`: one package of one advisory.

    buildtime: seconds since 1970 (5.3 and later) or text in UTC (5.2).
    """

    type: str
    nevra: str
    buildtime: int | str | None = None

    @property
    def security(self) -> bool:
        return self.type == "security"


def pending(host: Host, deadline: Deadline, memory: Memory = NO_MEMORY) -> Patches:
    """Raises Failed: needs_missing without cached lists, or as the host does."""
    manager = "dnf5" if host.which("dnf5") else "dnf"
    places = (*PLACES, *indexes(host, CACHES[manager]))
    said = remembered(host, memory, manager, places, lambda: _ask(host, manager, deadline))
    return msgspec.structs.replace(said, automatic=_automatic(host))


def _ask(host: Host, manager: str, deadline: Deadline) -> Patches:
    names = parse_updates(_run(host, manager, "check-update", deadline=deadline).text())
    if manager == "dnf5":
        answer = _run(host, manager, "advisory", "list", "--updates", "--json", deadline=deadline)
        advisories = parse_advisories(answer.stdout)
    else:
        answer = _run(host, manager, "updateinfo", "list", "--available", deadline=deadline)
        advisories = parse_updateinfo(answer.text())
    fixes = [each for each in advisories if each.security and name_and_arch(each.nevra) in names]
    return Patches(
        manager=manager,
        pending=len(names),
        # Repositories without any advisory (CentOS Stream) do not tell security updates apart.
        security=len({name_and_arch(each.nevra) for each in fixes}) if advisories else None,
        oldest_security=min(
            filter(None, (_instant(each.buildtime) for each in fixes)), default=None
        ),
        listed=last_looked(host, CACHES[manager]),
    )


def _run(host: Host, manager: str, *args: str, deadline: Deadline) -> Command:
    answer = host.run(manager, "-q", "-C", *args, timeout_s=deadline.remaining())
    said = answer.stderr.decode("utf-8", "replace")
    if NO_CACHE in said or NO_CACHE in answer.text():
        raise Failed("needs_missing", f"{manager} {args[0]}", said)
    if answer.returncode not in (0, UPDATES_FOUND):
        raise Failed("unparsable", f"{manager} {args[0]}", said)
    return answer


def parse_updates(text: str) -> set[str]:
    """`name.arch` of every update that check-update lists, each once, without what is obsoleted."""
    listed = re.split(r"^Obsoleting ", text, maxsplit=1, flags=re.MULTILINE)[0]
    lines = (UPDATE_LINE.match(line.strip()) for line in listed.splitlines())
    return {line[1] for line in lines if line}


def parse_updateinfo(text: str) -> list[Advisory]:
    """What dnf 4 lists as advisories: their kind (`Moderate/Sec.`, `bugfix`) and a package each.

    Only of security advisories dnf writes the severity, before a stroke; in every language.
    """
    lines = (ADVISORY_LINE.match(line.strip()) for line in text.splitlines())
    return [
        Advisory("security" if "/" in line[1] else line[1], line[2])
        for line in lines
        if line and NEVRA.match(line[2])
    ]


def parse_advisories(output: bytes) -> list[Advisory]:
    """Raises Failed(unparsable) if that is no list of advisories."""
    try:
        return msgspec.json.decode(output.strip() or b"[]", type=list[Advisory])
    except (msgspec.MsgspecError, ValueError) as error:
        raise Failed("unparsable", "dnf5 advisory list", str(error)) from None


def name_and_arch(nevra: str) -> str:
    """`openssl-libs.x86_64` of `openssl-libs-1:3.5.8-1.fc44.x86_64`."""
    rest, _, arch = nevra.rpartition(".")
    return f"{rest.rsplit('-', 2)[0]}.{arch}"


def _instant(value: int | str | None) -> datetime | None:
    try:
        if not isinstance(value, str):
            return instant(value or 0)
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    except ValueError:
        return None


def _automatic(host: Host) -> Automatic:
    """dnf-automatic(8): a timer, and what its settings say."""
    settings: dict[str, str] = {}
    for path in SETTINGS:
        settings |= dict(re.findall(r"^\s*(\w+)\s*=\s*(\S+)", text(host, path), re.MULTILINE))
    applies = settings.get("apply_updates", "no").lower() in ("yes", "true", "1")
    if enabled(host, INSTALLING_TIMER) or (applies and enabled(host, *TIMERS)):
        return "security" if settings.get("upgrade_type") == "security" else "all"
    return "download" if enabled(host, *TIMERS) else "off"
