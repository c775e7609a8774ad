"""Where the app is installed on this device. Each OS has a file with `look`."""

from __future__ import annotations

from msgspec import Struct

from diag.app_profile import Install
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed, Failure, PrivatePath, Public


class InstalledCopy(Struct, frozen=True, kw_only=True):
    """One copy of the app.

    version: as the source gives it; None if it gives none that can be read.
    maker_version: the maker's part of it, which stores have too.
    """

    version: Public | None = None
    maker_version: Public | None = None
    path: PrivatePath | None = None


class Looked(Struct, frozen=True, kw_only=True):
    """One place that the profile names: the copies found there, or why that could not be told."""

    source: Public
    copies: tuple[InstalledCopy, ...] = ()
    failure: Failure | None = None


def configured(host: Host, install: Install) -> bool:
    """Whether the profile says where the app is found on this device's OS."""
    return getattr(install, host.family, None) is not None


def look(host: Host, install: Install, deadline: Deadline) -> tuple[Looked, ...]:
    """Raises Failed(unsupported) on an OS that is not served yet."""
    if not configured(host, install):
        return ()
    if host.family == "linux" and install.linux is not None:
        from checks.app.installed import linux

        return linux.look(host, install.linux, deadline)
    raise Failed("unsupported", "installed app")
