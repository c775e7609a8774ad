"""When releases of operating systems stop getting free security updates: a table that is shipped.

The table has a date of its own; `scripts/end_of_life.py` builds it from endoflife.date's data.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from diag.model import Public

OLD = timedelta(days=180)
"""Makers prolong and add releases: an older table may be wrong, and says so."""


class Life(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Until when a release gets security updates from its maker, as of the table's date.

    ends: the last day of free security updates; None: no end is announced.
    extended: the last day of updates that need a subscription or an enrolment, if there are any.
    regular: the last day of ordinary support, where a lighter one that is free too (Debian LTS)
    lasts until `ends`.
    latest: the newest point release or build of this release, of systems whose makers number them
    (Apple, Microsoft); released: its day.
    """

    ends: date | None = None
    extended: date | None = None
    regular: date | None = None
    latest: Public = ""
    released: date | None = None


class Table(Struct, frozen=True, kw_only=True):
    """Releases by the operating system's id: os-release's ID, or windows, windows-server, macos,
    ios, ipados, android.

    products: what endoflife.date calls each of them.
    """

    date: date
    source: str
    products: dict[str, str]
    systems: dict[str, dict[str, Life]]

    def find(self, system: str, version: str) -> Life | None:
        """The life of a release; None if it is not listed."""
        release = self.release(system, version)
        return self.systems[system][release] if release else None

    def release(self, system: str, version: str) -> str | None:
        """What the table calls the release of this version; None if it is not listed."""
        return find_release(self.systems.get(system, {}), version)


def find_release(releases: Container[str], version: str) -> str | None:
    """What the release of this version is listed as: `3.20.3` as `3.20`, `9.4` as `9`."""
    while version and version not in releases:
        version = version.rpartition(".")[0]
    return version or None


@cache
def table() -> Table:
    text = files("checks.os").joinpath("end_of_life.json").read_bytes()
    return msgspec.json.decode(text, type=Table)
