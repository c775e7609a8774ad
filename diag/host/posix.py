"""What Linux and macOS have in common. Importable everywhere; it works on POSIX systems only."""

from __future__ import annotations

import os
import re
import socket
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

from diag.host.base import MemoryUse, RegistryKey, Volume
from diag.host.system import (
    kill_descendants,
    known_zone,
    memory_by_psutil,
    processes_by_psutil,
)
from diag.model import Failed, OsFamily

LINKS_FOLLOWED = 40
"""As many symbolic links as the Linux kernel follows before it gives up (path_resolution(7))."""

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*\Z")


class PosixSystem:
    """Tools by absolute path, process groups, owners and modes."""

    family: OsFamily = "other"
    locale = "C"
    tool_dirs: tuple[str, ...] = ("/usr/bin", "/bin", "/usr/sbin", "/sbin")
    tools: frozenset[str] = frozenset()
    app_dirs: tuple[str, ...] = ("/usr/local/bin", "/opt/bin")

    def candidates(self, tool: str) -> tuple[str, ...]:
        """The tools of this OS's list are looked for in the system's directories alone.

        Any other name is an app's own command, named by its profile: an absolute path, or a name
        in the system's directories or those where apps are installed.
        """
        if tool.startswith("/"):
            return (os.path.normpath(tool),)
        if not NAME.match(tool):
            return ()
        directories = self.tool_dirs if tool in self.tools else self.tool_dirs + self.app_dirs
        return tuple(f"{directory}/{tool}" for directory in directories)

    def trusted(self, path: str) -> bool:
        """Every directory, link and file on the way belongs to root, and only root may write."""
        ahead = [part for part in path.split("/") if part]
        at = "/"
        links = 0
        try:
            while ahead:
                part = ahead.pop(0)
                if part == ".":
                    continue
                if part == "..":
                    at = os.path.dirname(at)  # noqa: PTH120 - text only, nothing resolved twice
                    continue
                if not _only_root_writes(os.lstat(at)):
                    return False
                here = os.path.join(at, part)  # noqa: PTH118
                status = os.lstat(here)
                if not stat.S_ISLNK(status.st_mode):
                    at = here
                    continue
                links += 1
                if status.st_uid != 0 or links > LINKS_FOLLOWED:
                    return False
                target = os.readlink(here)  # noqa: PTH115
                if target.startswith("/"):
                    at = "/"
                ahead[:0] = [part for part in target.split("/") if part]
            return _only_root_writes(os.lstat(at))
        except OSError:
            return False

    def environment(self) -> dict[str, str]:
        import pwd

        try:
            home = pwd.getpwuid(os.getuid()).pw_dir
        except KeyError:
            home = "/"
        clean = {"PATH": ":".join(self.tool_dirs), "LC_ALL": self.locale, "HOME": home}
        if not self.is_root():
            kept = ("XDG_RUNTIME_DIR", "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS")
            clean |= {name: os.environ[name] for name in kept if name in os.environ}
        return clean

    def popen_options(self) -> dict[str, Any]:
        return {"cwd": "/", "start_new_session": True}

    def ended(self, process: subprocess.Popen[bytes]) -> bool:
        if process.returncode is not None:
            return True
        if not hasattr(os, "waitid"):  # macOS before Python 3.13
            return process.poll() is not None
        try:
            state = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return process.poll() is not None
        return state is not None

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        if not self.ended(process):
            kill_descendants(process.pid)
        try:
            os.killpg(process.pid, 9)
        except OSError:
            return

    def leave_by(self, connection: socket.socket, interface: str) -> None:  # noqa: ARG002
        raise Failed("unsupported", "choose an interface")

    def registry(self, path: str) -> RegistryKey:  # noqa: ARG002 - one form
        raise Failed("unsupported", "read the registry")

    def proxy_script(self, script: str, url: str, timeout_s: float) -> str:  # noqa: ARG002
        raise Failed("unsupported", "follow the proxy script")

    def is_root(self) -> bool:
        return os.geteuid() == 0

    def uptime_s(self) -> float:
        return time.clock_gettime(time.CLOCK_MONOTONIC)

    def volume(self, path: str) -> Volume:
        """statvfs(3). Some file systems, such as Btrfs, have no limit of files and say 0."""
        said = os.statvfs(path)
        return Volume(
            size=said.f_blocks * said.f_frsize,
            free=said.f_bavail * said.f_frsize,
            files=said.f_files or None,
            files_free=said.f_favail if said.f_files else None,
            read_only=bool(said.f_flag & os.ST_RDONLY),
            device=os.stat(path).st_dev,  # noqa: PTH116
        )

    def memory(self) -> MemoryUse:
        return memory_by_psutil()

    def processes(self) -> set[str]:
        return processes_by_psutil()

    def zone(self) -> str:
        """From TZ, the link /etc/localtime or /etc/timezone, in this order, as libc does."""
        set_by_user = os.environ.get("TZ", "").removeprefix(":")
        if set_by_user:
            named = zone_of_path(set_by_user)
            return named if known_zone(named) else _fixed_zone()
        try:
            return zone_of_path(os.readlink("/etc/localtime"))  # noqa: PTH115
        except OSError:
            pass
        try:
            return Path("/etc/timezone").read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return ""


def zone_of_path(path: str) -> str:
    """`Asia/Tokyo` of `../usr/share/zoneinfo/Asia/Tokyo`; empty for what is no zone's name.

    macOS links through /var/db/timezone/zoneinfo, some distributions through posix/ or right/.
    """
    name = path.rpartition("zoneinfo/")[2] if "zoneinfo/" in path else path
    name = name.removeprefix("posix/").removeprefix("right/")
    return name if re.fullmatch(r"[A-Za-z][\w+-]*(/[\w+-]+)*", name) and name != "localtime" else ""


def _fixed_zone() -> str:
    """A zone for a POSIX TZ such as JST-9: whole hours without summer time only."""
    if time.daylight or time.timezone % 3600:
        return ""
    hours = time.timezone // 3600
    return f"Etc/GMT{hours:+d}" if hours else "UTC"


def _only_root_writes(status: os.stat_result) -> bool:
    others = status.st_mode & stat.S_IWOTH
    group = status.st_mode & stat.S_IWGRP and status.st_gid != 0
    return status.st_uid == 0 and not others and not group
