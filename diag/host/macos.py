"""macOS behind `RealHost`."""

from __future__ import annotations

from diag.host.posix import PosixSystem
from diag.model import OsFamily


class MacosSystem(PosixSystem):
    """CLOCK_MONOTONIC counts sleep on macOS, so the common `uptime_s` holds."""

    family: OsFamily = "macos"
    tools = frozenset(
        {
            "arp",
            "defaults",
            "ifconfig",
            "launchctl",
            "mdfind",
            "ndp",
            "netstat",
            "networksetup",
            "ping",
            "pkgutil",
            "plutil",
            "profiles",
            "route",
            "scutil",
            "softwareupdate",
            "sw_vers",
            "system_profiler",
        }
    )
    app_dirs = ("/usr/local/bin", "/opt/homebrew/bin", "/opt/local/bin")
