"""An RPM package, as `rpm` tells it: its database (SQLite, ndb or Berkeley DB) is read by nothing
else (rpm(8), QUERY FORMATTING)."""

from __future__ import annotations

from checks.app.installed import InstalledCopy, plain_name
from checks.app.versions import upstream
from diag.app_profile import LinuxInstall
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

TIMEOUT_S = 2.0

DATABASES = (
    "/usr/lib/sysimage/rpm/rpmdb.sqlite",
    "/usr/lib/sysimage/rpm/Packages.db",
    "/var/lib/rpm/rpmdb.sqlite",
    "/var/lib/rpm/Packages.db",
    "/var/lib/rpm/Packages",
)
"""One of these is there on a system of RPM packages: Fedora, openSUSE (ndb), older ones."""

FORMAT = r"%{EPOCHNUM}:%{VERSION}-%{RELEASE}\n"


def ask_rpm(host: Host, install: LinuxInstall, deadline: Deadline) -> tuple[InstalledCopy, ...]:
    """The package, once per architecture; nothing on a system of other packages, though it may
    have the tool. Raises Failed: timeout, unparsable if the database is broken."""
    package = plain_name(install.rpm)
    if not any(host.stat(path) for path in DATABASES):
        return ()
    timeout_s = min(TIMEOUT_S, deadline.remaining())
    answer = host.run("rpm", "-q", "--qf", FORMAT, package, timeout_s=timeout_s)
    lines = answer.text().splitlines()
    if answer.returncode != 0:
        if lines == [f"package {package} is not installed"]:
            return ()
        raise Failed("unparsable", "run rpm", f"exit code {answer.returncode}")
    return tuple(_copy(line.strip()) for line in lines if ":" in line)


def _copy(version: str) -> InstalledCopy:
    """rpm writes the epoch 0, which packages do not have, as well."""
    version = version.removeprefix("0:")
    return InstalledCopy(version=version, maker_version=upstream(version))
