"""What every package manager says about pending updates, in one form."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from diag.model import Public


class Patches(Struct, frozen=True, kw_only=True):
    """Updates that are known here and not installed. Held packages are in neither of the counts.

    security: None if the lists do not tell security updates apart.
    oldest_security: an instant since which the oldest of them has been out, if that is known.
    listed: when the package lists were last brought up to date, None if unknown.
    """

    manager: Public
    pending: int
    security: int | None
    held: int = 0
    oldest_security: datetime | None = None
    listed: datetime | None = None
