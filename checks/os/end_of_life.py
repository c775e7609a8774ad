"""When releases of operating systems stop getting free security updates: a table that is shipped.

The table has a date of its own; `scripts/end_of_life.py` builds it from endoflife.date's data.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct


class Life(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Until when a release gets security updates from its maker, as of the table's date.

    ends: the last day of free security updates; None: no end is announced.
    extended: the last day of updates that need a subscription or an enrolment, if there are any.
    """

    ends: date | None = None
    extended: date | None = None


class Table(Struct, frozen=True, kw_only=True):
    """Releases by the operating system's id (os-release's ID; windows, macos)."""

    date: date
    source: str
    systems: dict[str, dict[str, Life]]

    def find(self, system: str, version: str) -> Life | None:
        """The life of a release: `3.20.3` is found as `3.20`, `9.4` as `9`; None if not listed."""
        releases = self.systems.get(system, {})
        while version:
            if version in releases:
                return releases[version]
            version = version.rpartition(".")[0]
        return None


@cache
def table() -> Table:
    text = files("checks.os").joinpath("end_of_life.json").read_bytes()
    return msgspec.json.decode(text, type=Table)
