"""Windows behind `RealHost`. Importable everywhere; ctypes is touched inside the methods only."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from typing import Any

from diag.host.base import MemoryUse, RegistryKey, RegistryValue, Volume
from diag.host.system import kill_descendants, memory_by_psutil, processes_by_psutil
from diag.model import Failed, OsFamily

TOOLS: dict[str, tuple[str, ...]] = {
    "arp": (r"System32\arp.exe",),
    "dsregcmd": (r"System32\dsregcmd.exe",),
    "ipconfig": (r"System32\ipconfig.exe",),
    "netsh": (r"System32\netsh.exe",),
    "ping": (r"System32\PING.EXE",),
    "powershell": (r"System32\WindowsPowerShell\v1.0\powershell.exe",),
    "reg": (r"System32\reg.exe",),
    "route": (r"System32\ROUTE.EXE",),
    "schtasks": (r"System32\schtasks.exe",),
    "systeminfo": (r"System32\systeminfo.exe",),
    "w32tm": (r"System32\w32tm.exe",),
}
"""Below the Windows directory."""

CREATE_NEW_PROCESS_GROUP = 0x00000200
CREATE_NO_WINDOW = 0x08000000

HIVES = {"HKCU": "HKEY_CURRENT_USER", "HKLM": "HKEY_LOCAL_MACHINE"}
MOST_ENTRIES = 2000
"""Most values, and most keys below, that are read of a key of the registry."""
LARGEST_VALUE = 1 << 16

ABSOLUTE = re.compile(r"[A-Za-z]:\\")


class WindowsSystem:
    """Tools of the Windows directory, which administrators alone may change."""

    family: OsFamily = "windows"

    def __init__(self, windows_dir: str | None = None) -> None:
        self.windows_dir = windows_dir or _windows_dir()

    def candidates(self, tool: str) -> tuple[str, ...]:
        if ABSOLUTE.match(tool):
            return (tool,)
        return tuple(f"{self.windows_dir}\\{path}" for path in TOOLS.get(tool.lower(), ()))

    def trusted(self, path: str) -> bool:
        """What lies below the Windows directory or Program Files, as their permissions say."""
        drive = self.windows_dir[:2]
        roots = (self.windows_dir, f"{drive}\\Program Files", f"{drive}\\Program Files (x86)")
        plain = path.lower()
        return "\\..\\" not in plain and plain.startswith(tuple(f"{r.lower()}\\" for r in roots))

    def environment(self) -> dict[str, str]:
        system32 = f"{self.windows_dir}\\System32"
        clean = {
            "SystemRoot": self.windows_dir,
            "windir": self.windows_dir,
            "ComSpec": f"{system32}\\cmd.exe",
            "PATH": f"{system32};{self.windows_dir}",
            "PATHEXT": ".COM;.EXE",
        }
        kept = ("TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "ProgramData")
        return clean | {name: os.environ[name] for name in kept if name in os.environ}

    def popen_options(self) -> dict[str, Any]:
        return {
            "cwd": self.windows_dir,
            "creationflags": CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW,
        }

    def ended(self, process: subprocess.Popen[bytes]) -> bool:
        return process.poll() is not None

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        if not self.ended(process):
            kill_descendants(process.pid)
            process.kill()

    def leave_by(self, connection: socket.socket, interface: str) -> None:
        """By its own address: since Vista a packet leaves by the interface that holds its source
        address (RFC 1122's strong host model).
        """
        import errno

        import psutil

        for held in psutil.net_if_addrs().get(interface, ()):
            if held.family == connection.family and not held.address.startswith("fe80:"):
                connection.bind((held.address, 0))
                return
        raise OSError(errno.EADDRNOTAVAIL, "no address of this family")

    def is_root(self) -> bool:
        return bool(_library("shell32").IsUserAnAdmin())

    def registry(self, path: str) -> RegistryKey:
        winreg = _module("winreg")
        hive, _, key = path.partition("\\")
        if hive not in HIVES:
            raise Failed("unsupported", "read the registry", path)
        access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
        with winreg.OpenKey(getattr(winreg, HIVES[hive]), key, 0, access) as opened:
            subkeys, values, _ = winreg.QueryInfoKey(opened)
            held = [winreg.EnumValue(opened, index) for index in range(min(values, MOST_ENTRIES))]
            names = [winreg.EnumKey(opened, index) for index in range(min(subkeys, MOST_ENTRIES))]
        known = {name: _registry_value(value) for name, value, _ in held}
        return RegistryKey(
            values={name: value for name, value in known.items() if value is not None},
            subkeys=tuple(names),
        )

    def proxy_script(self, script: str, url: str, timeout_s: float) -> str:
        from diag.host.winhttp import proxies

        return proxies(script, url, timeout_s)

    def uptime_s(self) -> float:
        import ctypes

        ticks = _library("kernel32").GetTickCount64
        ticks.restype = ctypes.c_uint64
        return float(ticks()) / 1000

    def volume(self, path: str) -> Volume:
        """GetDiskFreeSpaceExW, which knows of quotas."""
        import shutil

        said = shutil.disk_usage(path)
        return Volume(size=said.total, free=said.free, device=os.stat(path).st_dev)  # noqa: PTH116

    def memory(self) -> MemoryUse:
        return memory_by_psutil()

    def processes(self) -> set[str]:
        return processes_by_psutil()

    def zone(self) -> str:
        """As ICU tells it, which Windows 10 version 1903 and later bring along (icu.dll)."""
        import ctypes

        name = (ctypes.c_uint16 * 128)()
        status = ctypes.c_int32(0)
        try:
            length = _library("icu").ucal_getDefaultTimeZone(name, 128, ctypes.byref(status))
        except OSError:
            return ""
        if status.value > 0 or not 0 < length <= 128:
            return ""
        return bytes(name)[: 2 * length].decode("utf-16-le")


def _registry_value(value: Any) -> RegistryValue | None:
    """As `winreg` gives it; a list is REG_MULTI_SZ. None: of another kind, empty or too large."""
    if isinstance(value, list):
        return tuple(str(each) for each in value)
    if isinstance(value, str | bytes):
        return value if len(value) <= LARGEST_VALUE else None
    return value if isinstance(value, int) else None


def _module(name: str) -> Any:
    """A module that Python has on Windows alone: type checkers elsewhere know nothing of it."""
    from importlib import import_module

    return import_module(name)


def _library(name: str) -> Any:
    """A system DLL. `ctypes.WinDLL` exists on Windows alone, hence the detour."""
    import ctypes

    return vars(ctypes)["WinDLL"](name)


def _windows_dir() -> str:
    """As the kernel says; the environment could say anything. The usual place off Windows."""
    import ctypes

    if "WinDLL" not in vars(ctypes):
        return r"C:\Windows"
    buffer = ctypes.create_unicode_buffer(260)
    length = _library("kernel32").GetSystemWindowsDirectoryW(buffer, 260)
    return buffer.value if 0 < length < 260 else r"C:\Windows"
