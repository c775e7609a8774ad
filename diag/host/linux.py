"""Linux behind `RealHost`."""

from __future__ import annotations

import errno
import os
import socket
import time
from pathlib import Path

from diag.host.base import MemoryUse
from diag.host.posix import PosixSystem
from diag.model import Failed, OsFamily

KIB = 1024
COMM_LENGTH = 15
"""TASK_COMM_LEN without its final NUL (prctl(2), PR_SET_NAME)."""
CMDLINE_READ = 4096


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
            "bootc",
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
            "ip6tables-save",
            "iptables-save",
            "iw",
            "locale",
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
            "rpm-ostree",
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

    def memory(self) -> MemoryUse:
        """MemAvailable of proc_meminfo(5)."""
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        said = {name: value for name, _, value in (line.partition(":") for line in lines)}
        try:
            size, available = (int(said[key].split()[0]) for key in ("MemTotal", "MemAvailable"))
        except (KeyError, ValueError, IndexError):
            raise OSError(errno.ENODATA, "no such line") from None
        return MemoryUse(size=size * KIB, available=available * KIB)

    def processes(self) -> set[str]:
        """proc_pid_comm(5); a name that is cut off there is completed from the command line."""
        names = set()
        for entry in os.listdir("/proc"):  # noqa: PTH208
            if not entry.isdigit():
                continue
            try:
                name = _contents(f"/proc/{entry}/comm").rstrip("\n")
                if len(name) == COMM_LENGTH:
                    started_as = _contents(f"/proc/{entry}/cmdline").partition("\0")[0]
                    whole = started_as.rpartition("/")[2]
                    name = whole if whole.startswith(name) else name
            except OSError:
                continue
            names.add(name)
        return names


def _contents(path: str) -> str:
    with open(path, "rb") as file:  # noqa: PTH123 - thousands of them, and Path is slow
        return file.read(CMDLINE_READ).decode("utf-8", "replace")
