"""What `os.support` learns."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct

from checks.os.end_of_life import Life
from diag.model import Fact, Failure


class Today(Struct, frozen=True, kw_only=True):
    """What endoflife.date says of this release.

    life: None if it does not list the release. as_of: when those data last changed. asked_at: an
    answer of the last week is not asked for again.
    """

    life: Life | None = None
    as_of: date
    asked_at: datetime


class SupportFact(Fact, frozen=True, kw_only=True):
    """today: None where the shipped table will do: nobody was asked, or, with why in unanswered,
    nobody answered and that table lists the release.
    """

    today: Today | None = None
    unanswered: Failure | None = None
