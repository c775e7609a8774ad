"""Values that files and registries hold where a version is expected."""

from __future__ import annotations

import unicodedata

LONGEST = 100


def first_line(value: object) -> str | None:
    """The first line of a text without control characters, cut to size; None for what is none."""
    if not isinstance(value, str):
        return None
    line = next((each for each in value.splitlines() if each.strip()), "")
    shown = "".join(sign for sign in line if unicodedata.category(sign)[0] != "C")
    return shown.strip()[:LONGEST] or None
