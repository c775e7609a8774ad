"""Protection as each OS tells of it, and the programs that run and matter."""

from __future__ import annotations

from msgspec.structs import replace

from checks.security.facts import SecurityFact
from checks.security.programs import remote_tools, web_filters
from diag.host import Host
from diag.model import Context, Failed, Failure


def collect(host: Host, _: Context) -> SecurityFact:
    """Raises Failed(unsupported) on other systems."""
    running: tuple[str, ...] = ()
    unlisted: Failure | None = None
    try:
        running = host.processes()
    except Failed as error:
        unlisted = error.failure
    return replace(
        _of_system(host, running),
        remote=remote_tools(host.family, running),
        filters=web_filters(running),
        programs=unlisted,
    )


def _of_system(host: Host, running: tuple[str, ...]) -> SecurityFact:
    if host.family == "windows":
        from checks.security import windows

        return windows.collect(host)
    if host.family == "macos":
        from checks.security import macos

        return macos.collect(host)
    if host.family == "linux":
        from checks.security import linux

        return linux.collect(host, running)
    raise Failed("unsupported", "security settings")
