"""What the app's own messages mean: the profile's patterns over the text that the user typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from msgspec import Struct

from diag.app_profile import KnownError
from diag.model import Failure, Public

MATCH_S = 0.2
"""Longest that one pattern may search; a careless one can search for ever."""

TEXT_LIMIT = 4000
"""Characters of the user's text that are searched."""


class Matches(Struct, frozen=True, kw_only=True):
    """The causes whose patterns match, each once, in the profile's order; and what broke."""

    causes: tuple[Public, ...] = ()
    broken: tuple[Failure, ...] = ()


def matches(known: Iterable[KnownError], text: str) -> Matches:
    """Search without regard to case or width."""
    import regex

    plain = unicodedata.normalize("NFKC", text[:TEXT_LIMIT])
    causes: dict[str, None] = {}
    broken = []
    for each in known:
        try:
            pattern = unicodedata.normalize("NFKC", each.pattern)
            if regex.search(pattern, plain, regex.IGNORECASE, timeout=MATCH_S):
                causes[each.cause] = None
        except TimeoutError:
            broken.append(Failure(code="timeout", operation="known_error", detail=each.pattern))
        except regex.error as error:
            detail = f"{each.pattern}: {error}"
            broken.append(Failure(code="unparsable", operation="known_error", detail=detail))
    return Matches(causes=tuple(causes), broken=tuple(broken))
