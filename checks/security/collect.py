"""Protection as each OS tells of it, and the programs that run and matter."""

from __future__ import annotations

from msgspec.structs import replace

from checks.security.facts import SecurityFact
from checks.security.programs import remote_tools, web_filters
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Context, Failed, Failure

HAND_IN_S = 0.3


def collect(host: Host, ctx: Context) -> SecurityFact:
    """Raises Failed(unsupported) on other systems."""
    running: tuple[str, ...] = ()
    unlisted: Failure | None = None
    try:
        running = host.processes()
    except Failed as error:
        unlisted = error.failure
    return replace(
        _of_system(host, running, ctx.deadline.sooner(HAND_IN_S)),
        remote=remote_tools(host.family, running),
        filters=web_filters(running),
        programs=unlisted,
    )


def _of_system(host: Host, running: tuple[str, ...], deadline: Deadline) -> SecurityFact:
    if host.family == "windows":
        from checks.security import windows

        return windows.collect(host, deadline)
    if host.family == "macos":
        from checks.security import macos

        return macos.collect(host)
    if host.family == "linux":
        from checks.security import linux

        return linux.collect(host, running)
    raise Failed("unsupported", "security settings")
