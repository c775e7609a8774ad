r"""What Windows knows of its updates: the Windows Update Agent's last look, and the settings.

The Agent is asked through PowerShell for what it knows already; it is never told to look, which
takes minutes and the network. Kinds of updates are told by their numbers, since titles are
translated. What waits has its classification among its categories; what was installed has at most
its product there, as every public recording shows.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from checks.os.facts import SwitchedOff
from checks.os.patch import Automatic, Patches
from checks.os.windows.registry import values
from diag.deadline import Deadline
from diag.host import Host, powershell
from diag.model import Failed

SECURITY = "0fa1201d-4330-4fa8-8ae9-b877473b6441"
"""`Critical Updates` are none: they mend what is urgent, but no hole (WSUS classifications)."""
RATINGS = ("critical", "important", "moderate", "low")
"""MsrcSeverity; others say `Unspecified`, or nothing."""
DEFINITIONS = "e0789628-ce08-4437-be74-2495b842f43b"
"""What Defender learns several times a day: not a state of the system's."""
DEFENDER = "8c3fcc84-7410-4a95-8b89-a166a0190486"
OF_DEFENDER = ("KB2267602", "KB4052623", "KB5007651", "KB2310138", "KB915597")
"""Its product, and what its knowledge, its platform, its window and its predecessors are called:
they come at all times of the day, also to a Windows that gets nothing else.
"""
UPGRADES = ("3689bdc8-b205-4af4-8d4a-a63924c5e9d5", "3689bdc8-b205-4af4-8d4d-a63924c5e9d5")
"""The offer of a newer Windows; tools and Microsoft's pages write it in two ways."""
SUCCEEDED = (2, 3)
FAILED = (4, 5)
"""OperationResultCode: succeeded, and succeeded with errors; failed, and aborted."""

SETTINGS = r"HKLM\SOFTWARE\Microsoft\WindowsUpdate\UX\Settings"
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU"
SERVICE = r"HKLM\SYSTEM\CurrentControlSet\Services\wuauserv"
DISABLED = 4
FIRST_YEAR = 2015
LEVELS: dict[int, Automatic] = {0: "all", 1: "off", 2: "off", 3: "download", 4: "all"}
"""AutomaticUpdatesNotificationLevel, as AUOptions: not configured (Windows does it by itself),
never, tell before downloading, tell before installing, install at a set time."""

T = TypeVar("T")


class Update(Struct, frozen=True, kw_only=True):
    kinds: tuple[str, ...] = ()
    severity: str = ""
    published: datetime | None = None

    def of(self, *kinds: str) -> bool:
        return any(kind.lower() in kinds for kind in self.kinds)

    @property
    def security(self) -> bool:
        return self.of(SECURITY) or self.severity.casefold() in RATINGS


class Found(Struct, frozen=True, kw_only=True):
    result: int
    updates: tuple[Update, ...] = ()


class Past(Struct, frozen=True, kw_only=True):
    at: datetime
    result: int
    kinds: tuple[str, ...] = ()
    kb: str | None = None

    @property
    def of_defender(self) -> bool:
        kinds = {kind.lower() for kind in self.kinds}
        return self.kb in OF_DEFENDER or not kinds.isdisjoint((DEFINITIONS, DEFENDER))


class Agent(Struct, frozen=True, kw_only=True):
    """What the Update Agent says of itself. `history`: installations, the latest first."""

    searched: datetime | None = None
    level: int | None = None
    history: tuple[Past, ...] = ()
    restart: bool | None = None

    @property
    def looked(self) -> datetime | None:
        """None also for the day zero of COM's calendar, 1899-12-30: it has never looked."""
        looked = _utc(self.searched) if self.searched else None
        return looked if looked and looked.year >= FIRST_YEAR else None

    @property
    def installed(self) -> datetime | None:
        """When an update was last installed, those of Defender aside."""
        times = [
            _utc(past.at)
            for past in self.history
            if past.result in SUCCEEDED and not past.of_defender
        ]
        return max(times, default=None)

    @property
    def failed(self) -> int:
        """Tries that failed since an update was last installed, those of Defender aside."""
        last = self.installed
        return sum(
            past.result in FAILED
            and not past.of_defender
            and (last is None or _utc(past.at) > last)
            for past in self.history
        )


def ask_agent(host: Host, deadline: Deadline) -> Agent:
    """Raises Failed: see `powershell.ask`."""
    return _ask(host, "update_agent", Agent, deadline)


def pending(host: Host, agent: Agent | None, deadline: Deadline) -> Patches:
    """Raises Failed: see `powershell.ask`; unsupported if the Agent could not tell."""
    found = _ask(host, "updates", Found, deadline)
    if found.result not in SUCCEEDED:
        raise Failed("unsupported", "search of the Update Agent", str(found.result))
    due = [each for each in found.updates if not each.of(DEFINITIONS, *UPGRADES)]
    security = [each for each in due if each.security]
    return Patches(
        manager="windows_update",
        pending=len(due),
        security=len(security),
        oldest_security=min(
            (_utc(each.published) for each in security if each.published), default=None
        ),
        listed=agent.looked if agent else None,
        automatic=automatic(host, agent),
    )


def automatic(host: Host, agent: Agent | None) -> Automatic | None:
    """What Windows installs by itself; None if nothing tells."""
    if switched_off(host) is not None:
        return "off"
    level = values(host, POLICY).number("AUOptions")
    if level is None and agent is not None:
        level = agent.level
    return None if level is None else LEVELS.get(level)


def switched_off(host: Host) -> SwitchedOff | None:
    """How somebody, often a tuning program, has kept Windows from updating itself."""
    if values(host, SERVICE).number("Start") == DISABLED:
        return "service"
    return "policy" if values(host, POLICY).number("NoAutoUpdate") == 1 else None


def paused(host: Host) -> datetime | None:
    """Until when somebody has put updates off, if that is still to come."""
    written = values(host, SETTINGS).text("PauseUpdatesExpiryTime")
    try:
        until = _utc(datetime.fromisoformat(written))
    except ValueError:
        return None
    return until if until > host.now() else None


def _ask(host: Host, section: str, form: type[T], deadline: Deadline) -> T:
    said: Any = powershell.ask(host, section, deadline.remaining())
    try:
        return msgspec.convert(said, form)
    except msgspec.ValidationError as error:
        raise Failed("unparsable", f"powershell {section}", str(error)) from None


def _utc(instant: datetime) -> datetime:
    """The Agent's instants are UTC and do not say so."""
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
