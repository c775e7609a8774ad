"""Linux behind `RealHost`."""

from __future__ import annotations

import time

from diag.host.posix import PosixSystem
from diag.model import OsFamily


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

    def uptime_s(self) -> float:
        """Seconds since start, sleep included (clock_gettime(2))."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)
