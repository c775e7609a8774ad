"""What a help desk or a check's author is told of a check that itself broke."""

from __future__ import annotations

import traceback


def where_it_broke(error: BaseException) -> str:
    """The error and the line that raised it, by the file's name alone: paths name users."""
    frames = traceback.extract_tb(error.__traceback__)
    place = ""
    if frames:
        module = frames[-1].filename.replace("\\", "/").rsplit("/", 1)[-1]
        place = f" at {module}:{frames[-1].lineno}"
    return f"{type(error).__name__}: {error}{place}"
