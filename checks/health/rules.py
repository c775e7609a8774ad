"""What keeps programs from working whatever the network and the service do."""

from __future__ import annotations

from collections.abc import Iterator

from checks.clock import SET_AUTOMATICALLY, ClockFact
from checks.health.facts import HealthFact, HeldVolume
from checks.os.facts import OsFact
from checks.remedies import ASK_ADMIN, RESTART_DEVICE, on_unmanaged_device
from checks.security.facts import SecurityFact
from diag.model import (
    DEVICE,
    Args,
    Finding,
    Judgement,
    Layer,
    Problem,
    Remedy,
    RemedyContext,
    Severity,
    Unmeasured,
    View,
)

MB = 1_000_000
GB = 1_000_000_000
FULL = 200 * MB
"""Below this Windows warns, and so does KDE; a login page wants to keep some tens of megabytes."""
FULL_SHARE = 50
"""Of a volume that is small itself, such as one in memory, a fiftieth."""
LOW = GB
LOW_SHARE = 20
"""A twentieth and less than a gigabyte: where GNOME begins to warn."""
FILES_FULL = 100
FILES_LOW = 10_000

STALLED = 10.0
"""Percent of a minute in which nothing at all went on; a device feels stuck."""
SCARCE_SHARE = 20
SCARCE = 500 * MB
"""Without such numbers: less than a twentieth of the memory, and less than half a gigabyte."""

OVERDUE_S = 30 * 86_400.0


def _is_temporary(context: RemedyContext) -> bool:
    return context.finding.args.get("use") == "temporary"


def _is_lasting(context: RemedyContext) -> bool:
    return not _is_temporary(context)


MAKE_ROOM = Remedy(code="disk.make_room", minutes=15, risk="low", applies=_is_lasting)
EMPTY_TEMPORARY = Remedy(code="disk.empty_temporary", minutes=5, risk="low", applies=_is_temporary)
SAVE_DATA = Remedy(code="disk.save_data", minutes=30)
CLOSE_PROGRAMS = Remedy(code="memory.close_programs", minutes=3)
INSTALL_LOCALE = Remedy(code="locale.install", minutes=5, risk="low", applies=on_unmanaged_device)


DISK_FULL = Problem(
    code="disk.full",
    severity="problem",
    where="device",
    layer=Layer.DEVICE,
    remedies=(MAKE_ROOM, EMPTY_TEMPORARY, ASK_ADMIN),
)
READ_ONLY = Problem(
    code="disk.read_only",
    severity="problem",
    where="device",
    layer=Layer.DEVICE,
    remedies=(SAVE_DATA, RESTART_DEVICE, ASK_ADMIN),
)
MEMORY_LOW = Problem(
    code="memory.low",
    severity="warning",
    where="device",
    layer=Layer.DEVICE,
    remedies=(CLOSE_PROGRAMS, RESTART_DEVICE),
)
UNSYNCHRONIZED = Problem(
    code="clock.unsynchronized",
    severity="info",
    where="device",
    layer=Layer.CLOCK,
    explained_by=("clock.wrong",),
    remedies=(SET_AUTOMATICALLY, ASK_ADMIN),
)
RESTART_OVERDUE = Problem(
    code="device.restart_overdue",
    severity="warning",
    where="device",
    layer=Layer.DEVICE,
    explained_by=("os.restart_pending",),
    remedies=(RESTART_DEVICE,),
)
LOCALE_MISSING = Problem(
    code="locale.missing",
    severity="info",
    where="device",
    layer=Layer.DEVICE,
    remedies=(INSTALL_LOCALE, ASK_ADMIN),
)

PROBLEMS = (DISK_FULL, READ_ONLY, MEMORY_LOW, UNSYNCHRONIZED, RESTART_OVERDUE, LOCALE_MISSING)


def judge(fact: HealthFact, view: View) -> Iterator[Judgement]:
    yield from _room(fact)
    yield from _read_only(fact)
    yield from _memory(fact, view)
    yield from _clock(view)
    yield from _restart(fact, view)
    if fact.locale_missing is not None:
        yield Finding(
            code=LOCALE_MISSING.code, subject=DEVICE, args={"locale": fact.locale_missing}
        )


def _room(fact: HealthFact) -> Iterator[Judgement]:
    """One finding, of the volume that is worst off; a volume that nobody may write to has no use
    for room.
    """
    found: list[tuple[Severity, HeldVolume, Args]] = []
    for volume in fact.volumes:
        told = _fullness(volume)
        if told is not None and volume.read_only is not True:
            found.append((told[0], volume, told[1]))
    if not found:
        if fact.unseen or not fact.volumes:
            yield Unmeasured(code=DISK_FULL.code, subject=DEVICE, reason="timeout")
        return
    severity, volume, args = min(found, key=lambda each: each[0] != "problem")
    if volume.uses[0] == "temporary":
        args = {**args, "how": "temporary_full" if severity == "problem" else "temporary_almost"}
    yield Finding(
        code=DISK_FULL.code,
        subject=DEVICE,
        severity=severity,
        args={
            **args,
            "use": volume.uses[0],
            "uses": list(volume.uses),
            "size_gb": round(volume.size / GB, 1),
        },
    )


def _fullness(volume: HeldVolume) -> tuple[Severity, Args] | None:
    if volume.size <= 0:
        return None
    args: Args = {"how": "full", "free_mb": volume.free // MB, "files_left": None}
    if volume.free < min(FULL, volume.size // FULL_SHARE):
        return "problem", args
    if volume.files and volume.files_free is not None:
        left = volume.files_free
        if left < min(FILES_FULL, volume.files // FULL_SHARE):
            return "problem", {"how": "files", "free_mb": None, "files_left": left}
        if left < min(FILES_LOW, volume.files // LOW_SHARE):
            return "warning", {"how": "almost_files", "free_mb": None, "files_left": left}
    if volume.free < min(LOW, volume.size // LOW_SHARE):
        return "warning", {**args, "how": "almost"}
    return None


def _read_only(fact: HealthFact) -> Iterator[Judgement]:
    """A home that cannot be written to, or a system that the kernel has made so."""
    homes = [each for each in fact.volumes if "home" in each.uses and each.read_only is True]
    if homes or fact.remounted:
        yield Finding(
            code=READ_ONLY.code,
            subject=DEVICE,
            args={"use": "system" if fact.remounted else "home"},
        )


def _memory(fact: HealthFact, view: View) -> Iterator[Judgement]:
    memory = fact.memory()
    if fact.pressure is not None:
        low = fact.pressure.full >= STALLED
    elif memory is not None:
        low = memory.available < min(SCARCE, memory.size // SCARCE_SHARE)
    else:
        yield Unmeasured(code=MEMORY_LOW.code, subject=DEVICE, reason="unsupported")
        return
    if low:
        yield Finding(
            code=MEMORY_LOW.code,
            subject=DEVICE,
            severity="problem" if view.answers.symptom == "slow" else "warning",
            confidence="likely",
            args={
                "available_mb": memory.available // MB if memory else None,
                "size_gb": round(memory.size / GB, 1) if memory else None,
                "stalled_percent": round(fact.pressure.full) if fact.pressure else None,
            },
        )


def _clock(view: View) -> Iterator[Judgement]:
    """A container, or Windows' own Linux, has its clock from the system around it."""
    clock, security = view.find(ClockFact), view.find(SecurityFact)
    contained = security is not None and security.kind == "container"
    if clock is not None and clock.synchronized is False and not contained:
        yield Finding(code=UNSYNCHRONIZED.code, subject=DEVICE)


def _restart(fact: HealthFact, view: View) -> Iterator[Judgement]:
    """Replaced libraries need their programs started anew, not the device."""
    system = view.find(OsFact)
    restart = system.restart if system is not None else None
    pending = restart is not None and restart.pending is True and restart.because != "libraries"
    if pending and fact.uptime_s is not None and fact.uptime_s > OVERDUE_S:
        yield Finding(
            code=RESTART_OVERDUE.code,
            subject=DEVICE,
            args={"uptime_s": round(fact.uptime_s), "days": int(fact.uptime_s // 86_400)},
        )
