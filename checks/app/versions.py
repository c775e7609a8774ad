"""Which of two versions is newer, as far as that can be read from them. Never as strings."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 64
"""Characters of a version that is still taken for one."""

SEPARATORS = re.compile(r"[._\-+, ]")
NUMBER = re.compile(r"[0-9]+")
REPACKED = re.compile(r"[+~.](dfsg|ds|repack|really)[0-9.]*$", re.IGNORECASE)
"""What Debian appends to the version of a source that it had to change."""


def compare(installed: str, offered: str) -> int | None:
    """-1, 0 or 1 as `installed` is older than, as new as, or newer than `offered`; None: unknown.

    As PEP 440 orders them if both can be read so, else number by number (1.2 equals 1.2.0). A
    build (`+123`) counts only if both name one.
    """
    ours, theirs = cleaned(installed), cleaned(offered)
    if ours is None or theirs is None:
        return None
    order = _by_pep_440(ours, theirs)
    return _by_numbers(ours, theirs) if order is None else order


def cleaned(version: str) -> str | None:
    """With full-width signs made narrow and without a leading `v`; None if it is too long."""
    narrow = unicodedata.normalize("NFKC", version).strip()
    if narrow[:1] in ("v", "V"):
        narrow = narrow[1:].lstrip(" .")
    return narrow if 0 < len(narrow) <= LONGEST else None


def upstream(debian: str) -> str:
    """The maker's version in a Debian one: without epoch, revision and marks of repacking."""
    version = re.sub(r"^[0-9]+:", "", debian.strip())
    version = version.rpartition("-")[0] or version
    return REPACKED.sub("", version)


def _by_pep_440(ours: str, theirs: str) -> int | None:
    from packaging.version import InvalidVersion, Version

    try:
        left, right = Version(ours), Version(theirs)
    except InvalidVersion:
        return None
    if (left.local is None) != (right.local is None):
        left, right = Version(left.public), Version(right.public)
    return (left > right) - (left < right)


def _by_numbers(ours: str, theirs: str) -> int | None:
    left, right = _numbers(ours), _numbers(theirs)
    if left is None or right is None:
        return None
    length = max(len(left), len(right))
    left += (0,) * (length - len(left))
    right += (0,) * (length - len(right))
    return (left > right) - (left < right)


def _numbers(version: str) -> tuple[int, ...] | None:
    parts = SEPARATORS.split(version)
    if not all(NUMBER.fullmatch(part) for part in parts):
        return None
    return tuple(int(part) for part in parts)
