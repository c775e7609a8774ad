"""What `device.health` learns."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from diag.host import MemoryUse, Volume
from diag.model import Fact, Public

Use = Literal["system", "home", "temporary"]
"""What needs room: the system's own files, the user's, and what is kept for a while only."""


class HeldVolume(Struct, frozen=True, kw_only=True):
    """A volume, and what it is used for; `volume.device` is not kept."""

    uses: tuple[Use, ...]
    size: int
    free: int
    files: int | None = None
    files_free: int | None = None
    read_only: bool | None = None

    @classmethod
    def of(cls, uses: tuple[Use, ...], volume: Volume) -> HeldVolume:
        return cls(
            uses=uses,
            size=volume.size,
            free=volume.free,
            files=volume.files,
            files_free=volume.files_free,
            read_only=volume.read_only,
        )


class Pressure(Struct, frozen=True, kw_only=True):
    """How many percent of the last minute programs stood still for want of memory: some, or all of
    them (Linux, pressure stall information).
    """

    some: float
    full: float


class HealthFact(Fact, frozen=True, kw_only=True):
    """None: not known. unseen: uses whose volume could not be asked.

    remounted: the system's volume may only be read, though it is set to be written to as well.
    locale_missing: the language setting that programs are started with, if it is not installed.
    """

    volumes: tuple[HeldVolume, ...] = ()
    unseen: tuple[Use, ...] = ()
    remounted: bool | None = None
    memory_size: int | None = None
    memory_available: int | None = None
    pressure: Pressure | None = None
    uptime_s: float | None = None
    locale_missing: Public | None = None

    def memory(self) -> MemoryUse | None:
        if self.memory_size is None or self.memory_available is None:
            return None
        return MemoryUse(size=self.memory_size, available=self.memory_available)
