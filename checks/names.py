"""Names from outside, made comparable."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """A name as it is compared: without case, width, or how its spaces are written."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
