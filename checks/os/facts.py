"""What `os` learns of a device."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from checks.os.end_of_life import Life
from checks.os.linux.app_stores import Refresh
from checks.os.linux.restart import Restart
from checks.os.patch import Patches
from diag.model import Fact, Failure, FreeText, Public

SwitchedOff = Literal["service", "policy"]
"""service: Windows Update may not start. policy: it is told not to install by itself."""


class OsFact(Fact, frozen=True, kw_only=True):
    """The release and until when it is served, pending updates, and the restart that is due.

    id, version: as os-release has them. release: what the table calls it, where that cannot be
    seen from the version (Windows: `11-24h2-w`). life: what the shipped table says of it; None
    if it does not list it. table_date: that table's date. support_ends: os-release's own word.
    extended_on: whether updates beyond the free ones come to this device; None if unknown.
    Exactly one of patches and patches_failure is set; broken_source: the file that keeps the
    package manager from working. installed: when an update was last installed, None if unknown.
    failed: tries to install one that have failed since. paused_until: until when somebody has put
    updates off, if that is still to come. switched_off: how the system's own updates have been
    disabled, if they have. app_stores: what brings apps here beside the system's own packages, and
    keeps them up to date.
    """

    id: Public
    version: Public
    release: Public = ""
    name: Public
    rolling: bool = False
    support_ends: date | None = None
    life: Life | None = None
    table_date: date
    extended_on: bool | None = None
    patches: Patches | None = None
    patches_failure: Failure | None = None
    broken_source: FreeText = ""
    installed: datetime | None = None
    failed: int = 0
    paused_until: datetime | None = None
    switched_off: SwitchedOff | None = None
    restart: Restart
    app_stores: tuple[Refresh, ...] = ()
