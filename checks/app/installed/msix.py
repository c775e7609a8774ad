r"""A package of Windows (MSIX, AppX), read from this user's part of the package repository.

`HKCU\Software\Classes\Local Settings\Software\Microsoft\Windows\CurrentVersion\AppModel\Repository\
Packages` has a key for each package of the user, named by its full name:
`Name_Version_Architecture_ResourceId_PublisherId` (learn.microsoft.com, "Package identity";
the key as osquery reads it, tables/system/windows/programs.cpp).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from checks.app.installed import InstalledCopy
from diag.app_profile import WindowsInstall
from diag.deadline import Deadline
from diag.host import Host, RegistryKey
from diag.model import Failed

PACKAGES = (
    r"HKCU\Software\Classes\Local Settings\Software\Microsoft\Windows\CurrentVersion"
    r"\AppModel\Repository\Packages"
)

FULL_NAME = re.compile(
    r"(?P<name>[A-Za-z0-9.-]{3,50})_(?P<version>\d+(?:\.\d+){3})_(?P<architecture>[a-z0-9]*)"
    r"_(?P<resource>[A-Za-z0-9.~-]*)_(?P<publisher>[a-z0-9]{13})",
    re.IGNORECASE,
)


class Package(NamedTuple):
    version: str
    resource: str
    full_name: str

    @property
    def is_main(self) -> bool:
        """Not a part of it: a language or size of pictures (`split.scale-100`), a bundle (`~`)."""
        return not self.resource.startswith(("split.", "~"))


def ask_msix(host: Host, install: WindowsInstall, _: Deadline) -> tuple[InstalledCopy, ...]:
    """The package itself, not its languages and sizes of pictures; nothing without such a key."""
    try:
        names = host.registry(PACKAGES).subkeys
    except Failed as error:
        if error.failure.code == "tool_missing":
            return ()
        raise
    wanted = (install.msix or "").casefold()
    found = [package for name in names if (package := parsed(name, wanted)) is not None]
    return tuple(_copy(host, package) for package in found if package.is_main)


def parsed(full_name: str, wanted: str) -> Package | None:
    """A full name, if it is that of this package: its name, or its family name
    (`Name_PublisherId`)."""
    match = FULL_NAME.fullmatch(full_name)
    if match is None:
        return None
    name = match["name"].casefold()
    if wanted not in (name, f"{name}_{match['publisher'].casefold()}"):
        return None
    return Package(match["version"], match["resource"], full_name)


def _copy(host: Host, package: Package) -> InstalledCopy:
    try:
        key = host.registry(f"{PACKAGES}\\{package.full_name}")
    except Failed:
        key = RegistryKey()
    return InstalledCopy(
        version=package.version,
        maker_version=package.version,
        path=key.text("PackageRootFolder") or None,
        channel="microsoft_store",
    )
