"""What `os` asks of Windows: the registry in-process, the Update Agent through PowerShell."""

from __future__ import annotations

from checks.os.end_of_life import table
from checks.os.facts import OsFact
from checks.os.patch import Patches
from checks.os.windows.release import read_release
from checks.os.windows.restart import restart
from checks.os.windows.updates import Agent, ask_agent, paused, pending, switched_off
from diag.host import Host
from diag.model import Context, Failed, Failure

HAND_IN_S = 0.3


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
        extended_on=release.extended,
        patches=patches,
        patches_failure=failure,
        installed=agent.installed if agent else None,
        failed=agent.failed if agent else 0,
        paused_until=paused(host),
        switched_off=switched_off(host),
        restart=restart(host, agent.restart if agent else None),
    )
