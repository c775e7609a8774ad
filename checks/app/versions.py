"""Which of two versions is newer, as far as that can be read from them. Never as strings."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 64
"""Characters of a version that is still taken for one."""

SEPARATORS = re.compile(r"[._\-+, ]")
NUMBER = re.compile(r"[0-9]+")
LEADING = re.compile(r"^(?:(?:version|ver\.?)\s+)?(?:[vV][ .]*)?(?=[0-9])", re.IGNORECASE)
ARCHITECTURE = re.compile(
    r"\s*\((?:x64|x86|x86[_-]64|amd64|arm64|64[- ]?bit|32[- ]?bit)\)$", re.IGNORECASE
)
BUILD = re.compile(
    r"(?P<base>[^+,(]+)"
    r"(?:[+,](?P<plain>[0-9A-Za-z.]+)|\s*\((?:build )?(?P<set_off>[0-9][0-9A-Za-z.]*)\)"
    r"|\s+build (?P<named>[0-9][0-9A-Za-z.]*))",
    re.IGNORECASE,
)
PACKAGE_FIX = re.compile(r"(?<=[0-9])\.20[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9](?:[0-9]{2})?$")
TILDE = re.compile(r"~(?=[A-Za-z])")
REPACKED = re.compile(r"[+~.](dfsg|ds|repack|really)[0-9.]*$", re.IGNORECASE)
"""What Debian appends to the version of a source that it had to change."""


def compare(installed: str, offered: str) -> int | None:
    """-1, 0 or 1 as `installed` is older than, as new as, or newer than `offered`; None: unknown.

    As PEP 440 orders them if both can be read so, else number by number (1.2 equals 1.2.0), of
    which the first two that differ decide, whatever stands behind them (0.9, 2.5-SUM-21). A build
    (`+123`, `(123)`, `,123`) counts only if both name one as a number.
    """
    ours, theirs = cleaned(installed), cleaned(offered)
    if ours is None or theirs is None:
        return None
    (our_base, our_build), (their_base, their_build) = _split(ours), _split(theirs)
    order = _by_pep_440(our_base, their_base)
    if order is None:
        order = _by_numbers(our_base, their_base)
    if order is None:
        order = _by_first_numbers(our_base, their_base)
    if order != 0 or not our_build or not their_build:
        return order
    return _by_numbers(our_build, their_build) or 0


def cleaned(version: str) -> str | None:
    """With full-width signs made narrow and without a leading `v`; None if it is too long."""
    narrow = unicodedata.normalize("NFKC", version).strip()
    narrow = LEADING.sub("", narrow, count=1)
    return narrow if 0 < len(narrow) <= LONGEST else None


def _split(version: str) -> tuple[str, str]:
    """The version and its build, in whichever way it is written; what is said of the processor is
    left out."""
    plain = ARCHITECTURE.sub("", version)
    match = BUILD.fullmatch(plain)
    if match is None:
        return plain, ""
    return match["base"].strip(), match["plain"] or match["set_off"] or match["named"]


def upstream(debian: str) -> str:
    """The maker's version in a Debian one: without epoch, revision and marks of repacking."""
    version = re.sub(r"^[0-9]+:", "", debian.strip())
    version = version.rpartition("-")[0] or version
    return REPACKED.sub("", version)


def without_package_fix(chocolatey: str) -> str:
    """The maker's version in one of Chocolatey's: a package that was mended without a new version
    of the app bears the day behind it (docs.chocolatey.org, "Package Fix Version Notation")."""
    return PACKAGE_FIX.sub("", chocolatey)


def _by_pep_440(ours: str, theirs: str) -> int | None:
    """With `~` as packages of Linux write what comes before a release: 2.0~rc1."""
    from packaging.version import InvalidVersion, Version

    try:
        left, right = (Version(TILDE.sub("", each)) for each in (ours, theirs))
    except InvalidVersion:
        return None
    return (left > right) - (left < right)


def _by_numbers(ours: str, theirs: str) -> int | None:
    left, right = _numbers(ours), _numbers(theirs)
    if left is None or right is None:
        return None
    length = max(len(left), len(right))
    left += (0,) * (length - len(left))
    right += (0,) * (length - len(right))
    return (left > right) - (left < right)


def _by_first_numbers(ours: str, theirs: str) -> int | None:
    """By the numbers that both begin with, if they differ."""
    for left, right in zip(SEPARATORS.split(ours), SEPARATORS.split(theirs), strict=False):
        if not NUMBER.fullmatch(left) or not NUMBER.fullmatch(right):
            return None
        if int(left) != int(right):
            return -1 if int(left) < int(right) else 1
    return None


def _numbers(version: str) -> tuple[int, ...] | None:
    parts = SEPARATORS.split(version)
    if not all(NUMBER.fullmatch(part) for part in parts):
        return None
    return tuple(int(part) for part in parts)
