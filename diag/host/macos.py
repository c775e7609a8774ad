"""macOS behind `RealHost`."""

from __future__ import annotations

import socket

from diag.host.posix import PosixSystem
from diag.model import OsFamily

IP_BOUND_IF = 25
IPV6_BOUND_IF = 125
"""<netinet/in.h> and <netinet6/in6.h> of Darwin; Python has no names for them."""


class MacosSystem(PosixSystem):
    """CLOCK_MONOTONIC counts sleep on macOS, so the common `uptime_s` holds."""

    family: OsFamily = "macos"
    tool_dirs = (*PosixSystem.tool_dirs, "/usr/libexec/ApplicationFirewall")
    tools = frozenset(
        {
            "arp",
            "defaults",
            "fdesetup",
            "ifconfig",
            "ipconfig",
            "launchctl",
            "mdfind",
            "ndp",
            "netstat",
            "networksetup",
            "osascript",
            "pfctl",
            "ping",
            "ping6",
            "pkgutil",
            "plutil",
            "profiles",
            "route",
            "scutil",
            "security",
            "socketfilterfw",
            "softwareupdate",
            "spctl",
            "sw_vers",
            "sysctl",
            "sysadminctl",
            "system_profiler",
        }
    )
    app_dirs = ("/usr/local/bin", "/opt/homebrew/bin", "/opt/local/bin")

    def proxy_script(self, script: str, url: str, timeout_s: float) -> str:
        from diag.host.cfnetwork import proxies

        return proxies(script, url, timeout_s)

    def leave_by(self, connection: socket.socket, interface: str) -> None:
        """ip(4), ip6(4): any program may."""
        index = socket.if_nametoindex(interface)
        if connection.family == socket.AF_INET6:
            connection.setsockopt(socket.IPPROTO_IPV6, IPV6_BOUND_IF, index)
        else:
            connection.setsockopt(socket.IPPROTO_IP, IP_BOUND_IF, index)
