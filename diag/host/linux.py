"""Linux behind `RealHost`."""

from __future__ import annotations

import socket
import time

from diag.host.posix import PosixSystem
from diag.model import Failed, OsFamily


class LinuxSystem(PosixSystem):
    family: OsFamily = "linux"
    locale = "C.UTF-8"
    tools = frozenset(
        {
            "apk",
            "apt",
            "apt-cache",
            "apt-config",
            "apt-get",
            "checkupdates",
            "crontab",
            "dnf",
            "dnf5",
            "dpkg",
            "dpkg-query",
            "flatpak",
            "getent",
            "gsettings",
            "ip",
            "iw",
            "lsb_release",
            "needrestart",
            "needs-restarting",
            "nft",
            "nmcli",
            "pacman",
            "ping",
            "realm",
            "resolvectl",
            "rpm",
            "snap",
            "systemctl",
            "timedatectl",
            "ufw",
            "yum",
            "zypper",
        }
    )
    app_dirs = (
        "/usr/local/bin",
        "/usr/local/sbin",
        "/opt/bin",
        "/usr/games",
        "/snap/bin",
        "/var/lib/snapd/snap/bin",
        "/var/lib/flatpak/exports/bin",
    )

    def leave_by(self, connection: socket.socket, interface: str) -> None:
        """socket(7); since Linux 5.7 nobody needs a privilege for it."""
        option = getattr(socket, "SO_BINDTODEVICE", None)
        if option is None:  # another Unix, served as Linux is
            raise Failed("unsupported", "choose an interface")
        connection.setsockopt(socket.SOL_SOCKET, option, interface.encode() + b"\0")

    def uptime_s(self) -> float:
        """Seconds since start, sleep included (clock_gettime(2))."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)
