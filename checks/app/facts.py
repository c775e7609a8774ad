"""What `app` learns: the copies on this device, and what the stores have."""

from __future__ import annotations

from checks.app.installed import Looked
from checks.app.stores import StoreAnswer
from diag.model import Fact, Public


class AppFact(Fact, frozen=True, kw_only=True):
    """Every place that the profile names, in its order, with what was found there.

    os_version: as stores name it in what the newest version needs; None where they do not ask.
    """

    installed: tuple[Looked, ...] = ()
    stores: tuple[StoreAnswer, ...] = ()
    os_version: Public | None = None
