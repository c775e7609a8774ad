"""Room, memory and settings that all else on a device rests on. Files only, where it can be."""

from __future__ import annotations

import re

from checks.health.facts import HealthFact, HeldVolume, Pressure, Use
from checks.health.language import missing_locale
from checks.mounts import MOUNTS, mount_of, parse_mounts
from diag.host import Host, Volume
from diag.model import Context, Failed

PRESSURE = "/proc/pressure/memory"
LAST_MINUTE = re.compile(r"^(some|full) .*?\bavg60=([\d.]+)", re.MULTILINE)
FSTAB = "/etc/fstab"
WRITTEN_TO = ("ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "jfs")
"""File systems that turn read-only by themselves after errors."""
READ_ONLY = "ro"
MOST_FSTAB = 1 << 16


def collect(host: Host, _: Context) -> HealthFact:
    held: dict[int, tuple[tuple[Use, ...], Volume]] = {}
    unseen: list[Use] = []
    for use, path in _paths(host).items():
        try:
            volume = host.volume(path)
        except Failed as error:
            if error.failure.code != "tool_missing":
                unseen.append(use)
            continue
        uses, _seen = held.get(volume.device, ((), volume))
        held[volume.device] = ((*uses, use), volume)
    size, available = _memory(host)
    return HealthFact(
        volumes=tuple(HeldVolume.of(uses, volume) for uses, volume in held.values()),
        unseen=tuple(unseen),
        remounted=_remounted(host) if host.family == "linux" else None,
        memory_size=size,
        memory_available=available,
        pressure=_pressure(host) if host.family == "linux" else None,
        uptime_s=_uptime(host),
        locale_missing=missing_locale(host) if host.family == "linux" else None,
    )


def _paths(host: Host) -> dict[Use, str]:
    if host.family == "windows":
        found = {
            "system": f"{host.getenv('SystemDrive') or 'C:'}\\",
            "home": host.getenv("USERPROFILE"),
            "temporary": host.getenv("TEMP"),
        }
    else:
        # What one sees as / on a Mac is two volumes, and the system's own is full by design.
        system = "/System/Volumes/Data" if host.family == "macos" else "/"
        found = {
            "system": system,
            "home": host.getenv("HOME"),
            "temporary": host.getenv("TMPDIR") or "/tmp",  # noqa: S108 - asked for its room only
        }
    order: tuple[Use, ...] = ("system", "home", "temporary")
    return {use: path for use in order if (path := found[use])}


def _memory(host: Host) -> tuple[int | None, int | None]:
    try:
        memory = host.memory()
    except Failed:
        return None, None
    return memory.size, memory.available


def _pressure(host: Host) -> Pressure | None:
    """proc_pressure(5): `full avg10=0.00 avg60=0.00 avg300=0.00 total=0`."""
    try:
        text = host.read(PRESSURE).decode("ascii", "replace")
    except Failed:
        return None
    said = {kind: float(percent) for kind, percent in LAST_MINUTE.findall(text)}
    if set(said) != {"some", "full"}:
        return None
    return Pressure(some=said["some"], full=said["full"])


def _uptime(host: Host) -> float | None:
    try:
        return host.uptime_s()
    except OSError:
        return None


def _remounted(host: Host) -> bool | None:
    """Read-only in spite of /etc/fstab: the kernel does that after errors on the disk."""
    try:
        text = host.read(MOUNTS).decode("utf-8", "replace")
        fstab = host.read(FSTAB, MOST_FSTAB).decode("utf-8", "replace")
    except Failed:
        return None
    root = mount_of("/", parse_mounts(text))
    if root is None or root.type not in WRITTEN_TO:
        return None
    wanted = [line.split() for line in fstab.splitlines() if not line.lstrip().startswith("#")]
    options = next((each[3] for each in wanted if len(each) > 3 and each[1] == "/"), None)
    if options is None or READ_ONLY in options.split(","):
        return None
    return READ_ONLY in root.options
