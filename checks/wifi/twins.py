"""Signs that somebody offers a network under another's name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from checks.wifi.facts import CLOSED, PASSWORDLESS, WifiLink
from diag.model import Confidence

Sign = Literal["always_otherwise", "known_otherwise", "closed_beside", "open_beside"]
"""always_otherwise: its owner offers this name with a login of one's own alone. known_otherwise:
the device, or the user, knows it with a key. closed_beside: another access point has the name with
a key, and this one lets in everybody. open_beside: the other way round."""


def signs(link: WifiLink) -> Iterator[Sign]:
    if link.expected in CLOSED and link.security in PASSWORDLESS:
        yield "always_otherwise"
    if link.remembered is not None:
        yield "known_otherwise"
    if any(twin.security in CLOSED for twin in link.twins):
        yield "closed_beside"
    elif link.twins:
        yield "open_beside"


def confidence(found: tuple[Sign, ...]) -> Confidence:
    """An owner may run an open network beside a closed one under one name, if carelessly."""
    strong = {"always_otherwise", "known_otherwise"} & set(found)
    return "likely" if strong or len(found) > 1 else "possible"
