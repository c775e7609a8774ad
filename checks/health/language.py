"""Whether the language that programs are started with is there: locale(7), setlocale(3)."""

from __future__ import annotations

from diag.host import Host
from diag.model import Failed

VARIABLES = ("LC_ALL", "LC_CTYPE", "LANG")
"""In the order in which they count."""
ALWAYS_THERE = frozenset({"c", "posix", "c.utf8"})
DIRECTORY = "/usr/lib/locale"
TOOL_TIMEOUT_S = 1.0


def missing_locale(host: Host) -> str | None:
    """Its name, if it is set and cannot be found for certain."""
    name = next((value for each in VARIABLES if (value := host.getenv(each))), "")
    if not name or "/" in name or plain(name) in ALWAYS_THERE:
        return None
    try:
        if any(plain(each) == plain(name) for each in host.listdir(DIRECTORY)):
            return None
        listed = host.run("locale", "-a", timeout_s=TOOL_TIMEOUT_S).text().split()
    except Failed:
        return None
    return name if listed and plain(name) not in {plain(each) for each in listed} else None


def plain(name: str) -> str:
    """`ja_JP.UTF-8` and `ja_JP.utf8` are the same to the C library, which also ignores case."""
    territory, dot, charset = name.partition(".")
    charset, at, modifier = charset.partition("@")
    return f"{territory}{dot}{charset.replace('-', '')}{at}{modifier}".casefold()
