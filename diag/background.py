"""A run that nobody waits for is no burden: low priority, and light where power or data cost."""

from __future__ import annotations

import contextlib
import os

import msgspec

from diag.host import Host
from diag.model import Failed, LeftOut

NICE = 10
IDLE_IO = 3
"""IOPRIO_CLASS_IDLE of Linux (ioprio_set(2))."""
BELOW_NORMAL_PRIORITY = 0x4000
VERY_LOW_IO = 0
"""BELOW_NORMAL_PRIORITY_CLASS and IoPriorityVeryLow of Windows."""
METERED = (1, 3)
"""NMMetered: yes, and guessed yes (NetworkManager D-Bus API)."""


def lower_priority() -> None:
    """Let everything else on this device go first; where that is not possible, nothing is lost."""
    import psutil

    process = psutil.Process()
    with contextlib.suppress(psutil.Error, OSError, AttributeError, ValueError):
        if os.name == "nt":
            process.nice(BELOW_NORMAL_PRIORITY)
        elif process.nice() < NICE:
            process.nice(NICE)
    with contextlib.suppress(psutil.Error, OSError, AttributeError, ValueError):
        process.ionice(VERY_LOW_IO if os.name == "nt" else IDLE_IO)


def reason_to_spare(host: Host) -> LeftOut | None:
    """Why heavy checks are left out now: on battery, or on a metered connection."""
    if _on_battery():
        return "battery"
    return "metered" if _is_metered(host) else None


def _on_battery() -> bool:
    import psutil

    try:
        battery = psutil.sensors_battery()
    except (AttributeError, OSError, ValueError):  # no such thing, or a driver that errs
        return False
    return battery is not None and battery.power_plugged is False


def _is_metered(host: Host) -> bool:
    """NetworkManager knows on Linux; elsewhere it is not known, and nothing is spared."""
    if host.family != "linux":
        return False
    manager = "org.freedesktop.NetworkManager"
    try:
        (value,) = host.dbus(
            "system",
            manager,
            "/org/freedesktop/NetworkManager",
            "org.freedesktop.DBus.Properties",
            "Get",
            "ss",
            (manager, "Metered"),
        )
        return msgspec.convert(value, int) in METERED
    except (Failed, ValueError, msgspec.ValidationError):
        return False
