"""What every system says about pending updates, in one form."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from diag.model import Public

Automatic = Literal["all", "security", "download", "off"]
"""What a system installs by itself: everything, security updates, nothing that it has not only
downloaded, or nothing at all."""


class Patches(Struct, frozen=True, kw_only=True):
    """Updates that are known here and not installed. Held packages are in neither of the counts.

    security: None if the lists do not tell security updates apart.
    deferred: updates that are rolled out in phases and not for this device yet; not counted.
    oldest_security: an instant since which the oldest of them has been out, if that is known.
    listed: when the package lists were last brought up to date, None if unknown.
    unlisted: sources that are configured and have no lists here: their updates are not known.
    automatic: what the system installs by itself, None if unknown.
    """

    manager: Public
    pending: int
    security: int | None
    held: int = 0
    deferred: int = 0
    oldest_security: datetime | None = None
    listed: datetime | None = None
    unlisted: int = 0
    automatic: Automatic | None = None
