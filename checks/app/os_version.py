"""The version of the system as stores name it: 14.5 of macOS, 10.0.22631.4317 of Windows."""

from __future__ import annotations

from checks.property_list import read_plist, text
from diag.host import Host
from diag.model import Failed, OsFamily

SYSTEM_VERSION = "/System/Library/CoreServices/SystemVersion.plist"
"""ProductVersion; what `sw_vers` reads."""
COMPATIBLE = "10.16"
"""What macOS 11 and later tell programs that were made for older ones."""

CURRENT_VERSION = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"


def os_version(host: Host) -> str | None:
    """None on Linux, where stores do not ask for one, and where it cannot be read."""
    try:
        if host.family == "macos":
            return _macos(host)
        if host.family == "windows":
            return _windows(host)
    except Failed:
        pass
    return None


def _macos(host: Host) -> str | None:
    version = text(read_plist(host, SYSTEM_VERSION), "ProductVersion")
    return version if version and version != COMPATIBLE else None


def _windows(host: Host) -> str | None:
    """The numbers are in values of their own since Windows 10."""
    key = host.registry(CURRENT_VERSION)
    major, minor = key.number("CurrentMajorVersionNumber"), key.number("CurrentMinorVersionNumber")
    build = key.text("CurrentBuildNumber")
    if major is None or minor is None or not build.isdecimal():
        return None
    revision = key.number("UBR")
    return f"{major}.{minor}.{build}" + (f".{revision}" if revision is not None else "")


WINDOWS_11 = 22000
"""Its first build; the version's first number is still that of Windows 10."""


def os_name(family: OsFamily, version: str | None) -> str | None:
    """How people know this version: macOS 14.5, Windows 11 (22631); as it is if it is another's."""
    if version is None or family not in ("macos", "windows"):
        return version
    if family == "macos":
        return f"macOS {version}"
    parts = version.split(".")
    if parts[:2] != ["10", "0"] or len(parts) < 3 or not parts[2].isdecimal():
        return version
    return f"Windows {11 if int(parts[2]) >= WINDOWS_11 else 10} ({parts[2]})"
