"""Where Windows has apps: the list of installed programs, and packages (MSIX)."""

from __future__ import annotations

from checks.app.installed import Ask, Looked, ask_each
from checks.app.installed.msix import ask_msix
from checks.app.installed.uninstall import ask_uninstall
from diag.app_profile import WindowsInstall
from diag.deadline import Deadline
from diag.host import Host

SOURCES: dict[str, tuple[str, Ask[WindowsInstall]]] = {
    "uninstall": ("uninstall_name", ask_uninstall),
    "msix": ("msix", ask_msix),
}
"""By the name of the place: the profile's key, and who looks there."""


def look(host: Host, install: WindowsInstall, deadline: Deadline) -> tuple[Looked, ...]:
    named = {source: ask for source, (key, ask) in SOURCES.items() if getattr(install, key)}
    return ask_each(named, host, install, deadline)
