"""Where Linux has apps: one function per kind of source."""

from __future__ import annotations

from collections.abc import Callable

from checks.app.installed import InstalledCopy, Looked
from checks.app.installed.command import ask_command
from checks.app.installed.dpkg import ask_dpkg
from diag.app_profile import LinuxInstall
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed, Failure

Ask = Callable[[Host, LinuxInstall, Deadline], tuple[InstalledCopy, ...]]

SOURCES: dict[str, Ask | None] = {
    "dpkg": ask_dpkg,
    "rpm": None,
    "pacman": None,
    "flatpak": None,
    "snap": None,
    "appimage": None,
    "desktop": None,
    "command": ask_command,
}
"""In the order of the profile's keys; None: not served yet."""


def look(host: Host, install: LinuxInstall, deadline: Deadline) -> tuple[Looked, ...]:
    return tuple(
        _look(source, ask, host, install, deadline)
        for source, ask in SOURCES.items()
        if getattr(install, source)
    )


def _look(
    source: str, ask: Ask | None, host: Host, install: LinuxInstall, deadline: Deadline
) -> Looked:
    if ask is None:
        return Looked(source=source, failure=Failure(code="unsupported", operation=source))
    try:
        return Looked(source=source, copies=ask(host, install, deadline))
    except Failed as error:
        return Looked(source=source, failure=error.failure)
