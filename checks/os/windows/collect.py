"""What `os` asks of Windows: the registry in-process, the Update Agent through PowerShell."""

from __future__ import annotations

from datetime import timedelta

from checks.os.end_of_life import Life, table
from checks.os.facts import OsFact
from checks.os.patch import Patches
from checks.os.windows.release import read_release
from checks.os.windows.restart import restart
from checks.os.windows.updates import SECURITY, Agent, ask_agent, paused, pending, switched_off
from diag.host import Host
from diag.model import Context, Failed, Failure

HAND_IN_S = 0.3
CYCLE = timedelta(days=28)
"""Security updates come once a month; the last free one may be installed somewhat late."""


def collect(host: Host, ctx: Context) -> OsFact:
    """Raises Failed if the registry does not tell which Windows this is."""
    release = read_release(host)
    ends = table()
    listed = release.listed(ends)
    life = ends.find(release.system, listed) if listed else None
    deadline = ctx.deadline.sooner(HAND_IN_S)
    agent: Agent | None = None
    patches: Patches | None = None
    failure: Failure | None = None
    try:
        agent = ask_agent(host, deadline)
    except Failed as error:
        failure = error.failure
    try:
        patches, failure = pending(host, agent, deadline), None
    except Failed as error:
        failure = failure or error.failure
    return OsFact(
        id=release.system,
        version=release.version,
        release=listed or "",
        name=release.name,
        life=life,
        table_date=ends.date,
        extended_on=_extended_on(life, agent),
        patches=patches,
        patches_failure=failure,
        installed=agent.installed() if agent else None,
        failed=agent.failed if agent else 0,
        paused_until=paused(host),
        switched_off=switched_off(host),
        restart=restart(host, agent.restart if agent else None),
    )


def _extended_on(life: Life | None, agent: Agent | None) -> bool | None:
    """Security updates that came after the last free ones are those of Extended Security Updates,
    whichever way somebody enrolled. That none came proves little: the history may have been lost.
    """
    if life is None or life.ends is None or life.extended is None or agent is None:
        return None
    last = agent.installed(SECURITY)
    return True if last is not None and last.date() > life.ends + CYCLE else None
