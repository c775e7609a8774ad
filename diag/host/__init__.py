"""The device through one door: see `diag.host.base`.

The hosts themselves are imported when they are first asked for, so that checks, which need the
protocol alone, stay cheap to import.
"""

from typing import TYPE_CHECKING, Any

from diag.deadline import Deadline
from diag.host.base import (
    Command,
    FileStat,
    Host,
    Interface,
    InterfaceAddress,
    MemoryUse,
    RegistryKey,
    ResolvedAddress,
    ResolveError,
    Volume,
)
from diag.model import Failed

if TYPE_CHECKING:
    from diag.host.real import RealHost, real_host
    from diag.host.recording import Recording, RecordingHost
    from diag.host.replay import NotRecorded, ReplayHost

__all__ = [
    "Command",
    "Deadline",
    "Failed",
    "FileStat",
    "Host",
    "Interface",
    "InterfaceAddress",
    "MemoryUse",
    "NotRecorded",
    "RealHost",
    "Recording",
    "RecordingHost",
    "RegistryKey",
    "ReplayHost",
    "ResolveError",
    "ResolvedAddress",
    "Volume",
    "real_host",
]

_LATE = {
    "NotRecorded": "replay",
    "RealHost": "real",
    "Recording": "recording",
    "RecordingHost": "recording",
    "ReplayHost": "replay",
    "real_host": "real",
}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
