"""What `app` learns: the copies on this device, and what the stores have."""

from __future__ import annotations

from checks.app.installed import Looked
from checks.app.stores import StoreAnswer
from diag.model import Fact


class AppFact(Fact, frozen=True, kw_only=True):
    """Every place that the profile names, in its order, with what was found there."""

    installed: tuple[Looked, ...] = ()
    stores: tuple[StoreAnswer, ...] = ()
