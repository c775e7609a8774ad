"""Apps that come beside the distribution's packages and update by themselves: snap, Flatpak.

Browsers come this way (Firefox on Ubuntu). Only what is known here is read: when they were last
brought up to date, and whether somebody has stopped that.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

from checks.os.linux.quiet import modified, names
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

SNAPS = "/var/lib/snapd/snaps"
FLATPAK_APPS = "/var/lib/flatpak/app"
FLATPAK_CHANGED = "/var/lib/flatpak/.changed"
"""Touched by every installation, update and removal."""
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
TOOL_TIMEOUT_S = 2.0


class Refresh(Struct, frozen=True, kw_only=True):
    """last: when apps were last updated or, of snap, last looked for. held_until: until when
    somebody has stopped updates; the year 9999 for good.
    """

    store: Literal["snap", "flatpak"]
    last: datetime | None = None
    held_until: datetime | None = None


def look(host: Host, deadline: Deadline) -> tuple[Refresh, ...]:
    """The stores that have brought apps here. Never raises: what cannot be told is left out."""
    found = []
    if any(name.endswith(".snap") for name in names(host, SNAPS)):
        with contextlib.suppress(Failed):
            found.append(_snap(host, deadline))
    if names(host, FLATPAK_APPS):
        found.append(Refresh(store="flatpak", last=modified(host, FLATPAK_CHANGED)))
    return tuple(found)


def _snap(host: Host, deadline: Deadline) -> Refresh:
    answer = host.run(
        "snap", "refresh", "--time", "--abs-time",
        timeout_s=deadline.within(TOOL_TIMEOUT_S).remaining(),
    )  # fmt: skip
    if answer.returncode != 0:
        raise Failed("unparsable", "snap refresh --time")
    return parse_snap(answer.text())


def parse_snap(text: str) -> Refresh:
    """`last: 2026-11-22T07:03:00Z`, `hold: forever`, one a line; `n/a` for what is not."""
    lines = (line.partition(": ") for line in text.splitlines())
    values = {name.strip(): value.strip() for name, _, value in lines}
    hold = values.get("hold", "")
    return Refresh(
        store="snap",
        last=_instant(values.get("last", "")),
        held_until=FOREVER if hold == "forever" else _instant(hold),
    )


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return instant.astimezone(UTC) if instant.tzinfo else None
