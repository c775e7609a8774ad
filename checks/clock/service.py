"""Whether the system keeps its clock in step with a time server, as it says itself."""

from __future__ import annotations

import re

from checks.property_list import flag, plist_or_nothing
from diag.host import Host
from diag.model import Failed

TOOL_TIMEOUT_S = 1.0

TIMED = "/private/var/db/timed/Library/Preferences/com.apple.timed.plist"
"""Settings of timed, which keeps the clock of macOS in step."""

W32TIME = r"HKLM\SYSTEM\CurrentControlSet\Services\W32Time"
DISABLED = 4
LEADING_NUMBER = re.compile(rb"(\d+)\b")
REFERENCE_ID = re.compile(rb"\b0x([0-9A-Fa-f]{8})\b")
OWN_CLOCK = frozenset({0, 0x4C4F434C})
"""Reference identifiers of a clock that follows nobody: none, and LOCL (RFC 5905, figure 12)."""
LEAP_UNKNOWN = 3
STRATUM_UNSYNCHRONIZED = 16


def synchronized(host: Host) -> bool | None:
    """Whether the system keeps its clock in step; None: it does not say."""
    if host.family == "windows":
        return _by_windows(host)
    if host.family == "macos":
        return flag(plist_or_nothing(host, TIMED), "TMAutomaticTimeOnlyEnabled")
    return _by_systemd(host) if host.family == "linux" else None


def _by_windows(host: Host) -> bool | None:
    """Switched off, as the registry says; else as `w32tm` says, by position and form: its words
    are translated, and in the console's code page.

    Its service is started now and then only, and says nothing in between.
    """
    try:
        if host.registry(W32TIME).number("Start") == DISABLED:
            return False
        if host.registry(rf"{W32TIME}\Parameters").text("Type").casefold() == "nosync":
            return False
        said = host.run("w32tm", "/query", "/status", timeout_s=TOOL_TIMEOUT_S)
    except Failed:
        return None
    lines = [line.partition(b":")[2].strip() for line in said.stdout.splitlines() if line.strip()]
    leap, stratum = (LEADING_NUMBER.match(line) for line in (*lines[:2], b"", b"")[:2])
    source = REFERENCE_ID.search(said.stdout)
    if said.returncode != 0 or not (leap and stratum and source):
        return None
    return (
        int(leap[1]) != LEAP_UNKNOWN
        and 0 < int(stratum[1]) < STRATUM_UNSYNCHRONIZED
        and int(source[1], 16) not in OWN_CLOCK
    )


def _by_systemd(host: Host) -> bool | None:
    """As timedatectl(1) says it."""
    try:
        said = host.run(
            "timedatectl", "show", "--property=NTPSynchronized", timeout_s=TOOL_TIMEOUT_S
        )
    except Failed:
        return None
    return {"NTPSynchronized=yes": True, "NTPSynchronized=no": False}.get(said.text().strip())
