"""Whether the language that programs are started with is there: locale(7), setlocale(3)."""

from __future__ import annotations

from diag.host import Host
from diag.model import Failed

ALWAYS_THERE = frozenset({"c", "posix", "c.utf8"})
DIRECTORY = "/usr/lib/locale"
TOOL_TIMEOUT_S = 1.0


def missing_locale(host: Host) -> str | None:
    """Its name, if it is set and cannot be found for certain."""
    wanted = [name for name in _set(host) if plain(name) not in ALWAYS_THERE and "/" not in name]
    try:
        there = {plain(each) for each in host.listdir(DIRECTORY)} if wanted else set()
        if all(plain(name) in there for name in wanted):
            return None
        listed = host.run("locale", "-a", timeout_s=TOOL_TIMEOUT_S).text().split()
    except Failed:
        return None
    there |= {plain(each) for each in listed}
    return next((name for name in wanted if plain(name) not in there), None) if listed else None


def _set(host: Host) -> list[str]:
    """LC_ALL counts before all others. LC_CTYPE may be Python's own doing where LANG is broken (PEP
    538), so both of them are looked at.
    """
    everything = host.getenv("LC_ALL")
    some = (host.getenv("LC_CTYPE"), host.getenv("LANG"))
    return [name for name in ((everything,) if everything else some) if name]


def plain(name: str) -> str:
    """`ja_JP.UTF-8` and `ja_JP.utf8` are the same to the C library, which also ignores case."""
    territory, dot, charset = name.partition(".")
    charset, at, modifier = charset.partition("@")
    return f"{territory}{dot}{charset.replace('-', '')}{at}{modifier}".casefold()
