"""The device through one door: see `diag.host.base`."""

from diag.deadline import Deadline
from diag.host.base import (
    Command,
    FileStat,
    Host,
    Interface,
    InterfaceAddress,
    ResolvedAddress,
    ResolveError,
)
from diag.model import Failed

__all__ = [
    "Command",
    "Deadline",
    "Failed",
    "FileStat",
    "Host",
    "Interface",
    "InterfaceAddress",
    "ResolveError",
    "ResolvedAddress",
]
