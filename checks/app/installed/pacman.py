"""A package of Arch Linux, read from pacman's local database: a directory per package, `desc` in it
(alpm-db-desc(5): a line `%NAME%`, its values, an empty line)."""

from __future__ import annotations

from checks.app.installed import InstalledCopy, names_in, plain_name, text_of
from checks.app.versions import upstream
from diag.app_profile import LinuxInstall
from diag.deadline import Deadline
from diag.host import Host

LOCAL = "/var/lib/pacman/local"
DESC_LIMIT = 64 << 10


def ask_pacman(host: Host, install: LinuxInstall, _: Deadline) -> tuple[InstalledCopy, ...]:
    """Nothing on a system without pacman. A directory without `desc` is what a break-off left."""
    package = plain_name(install.pacman)
    found = []
    for directory in names_in(host, LOCAL):
        if directory.rsplit("-", 2)[0] != package:
            continue
        desc = text_of(host, f"{LOCAL}/{directory}/desc", DESC_LIMIT)
        version = _value(desc or "", "VERSION")
        if version and _value(desc or "", "NAME") == package:
            found.append(InstalledCopy(version=version, maker_version=upstream(version)))
    return tuple(found)


def _value(desc: str, field: str) -> str | None:
    lines = iter(desc.splitlines())
    return next((next(lines, "").strip() for line in lines if line == f"%{field}%"), None)
