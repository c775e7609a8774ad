"""incident.io: the shape of Statuspage, with lists that are null or left out when empty.

Told from Statuspage by the page's id, a ULID of 26 signs. Upcoming maintenances stand in the
summary only. Source: https://docs.incident.io/status-pages/
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from checks.status.adapter import Kind, below
from checks.status.kinds.statuspage import PATH, reading_of
from checks.status.normal import Reading, decode

NAME = "incident_io"
_ULID = re.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}")


class _Page(Struct):
    id: str


class _Summary(Struct):
    page: _Page


def read(bodies: Sequence[bytes], _: datetime) -> Reading:
    if not _ULID.fullmatch(decode(bodies[0], _Summary).page.id):
        raise ValueError("the page's id is not one of incident.io's")
    return reading_of(bodies[0], NAME)


KIND = Kind(name=NAME, addresses=below(PATH), read=read)
