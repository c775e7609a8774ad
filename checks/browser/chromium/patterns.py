"""Which setting Chromium applies to a page, and which addresses its administrator bars.

Content settings: components/content_settings/core/common/content_settings_pattern.h. Addresses:
support.google.com/chrome/a/answer/9942583, "URL blocklist filter format".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from checks.browser.site import PORTS, Site

ALLOW, BLOCK, SESSION = 1, 2, 4
"""ContentSetting. 3 is "ask", which neither cookies nor JavaScript know."""

MOST_RULES = 20_000

Rank = tuple[int, int, int, int]
"""How closely a pattern fits; of several the closest counts."""

_PATTERN = re.compile(
    r"(?:(?P<scheme>[a-z*][a-z0-9+.*-]*)://)?(?P<below>\[\*\.\])?"
    r"(?P<host>\[[0-9a-f:.]+\]|[^/:\[\]]+)(?::(?P<port>\d+|\*))?(?P<path>/.*)?$"
)


def fits(pattern: str, site: Site) -> Rank | None:
    """How closely a content settings pattern fits the site; None if it does not."""
    text = pattern.strip().casefold()
    if text == "*":
        return (0, 0, 0, 0)
    match = _PATTERN.match(text)
    if match is None or match["path"] not in (None, "/", "/*"):
        return None
    scheme, port, host = match["scheme"], match["port"], match["host"]
    if scheme not in (None, "*", site.scheme):
        return None
    if port not in (None, "*", str(site.port)):
        return None
    closeness = _host_fits(host, site.host, below=match["below"] is not None)
    if closeness is None:
        return None
    return (*closeness, int(port not in (None, "*")), int(scheme not in (None, "*")))


def _host_fits(host: str, name: str, *, below: bool) -> tuple[int, int] | None:
    if host == "*":
        return (0, 0)
    if host == name:
        return (len(name), 1)
    if below and name.endswith(f".{host}"):
        return (len(host), 0)
    return None


def setting_for(rules: Iterable[tuple[str, int]], site: Site) -> int | None:
    """What the closest of these rules (pattern, setting) says; None if none fits."""
    best: tuple[Rank, int] | None = None
    for pattern, setting in rules:
        rank = fits(pattern, site)
        if rank is not None and (best is None or rank > best[0]):
            best = (rank, setting)
    return best[1] if best else None


def own_rules(exceptions: object) -> list[tuple[str, int]]:
    """The rules that a user made for pages of their own right, from Preferences.

    Keys are `PATTERN,PATTERN`: for what, and within which page (`*`: any).
    """
    if not isinstance(exceptions, Mapping):
        return []
    rules = []
    for key, value in list(exceptions.items())[:MOST_RULES]:
        what, _, within = str(key).partition(",")
        setting = value.get("setting") if isinstance(value, Mapping) else None
        if within in ("*", "") and isinstance(setting, int):
            rules.append((what, setting))
    return rules


def listed_rules(lists: Mapping[int, object]) -> list[tuple[str, int]]:
    """The rules of an administrator's lists of patterns, by setting."""
    return [(entry, setting) for setting, held in lists.items() for entry in texts(held)]


def texts(held: object) -> list[str]:
    if not isinstance(held, Sequence) or isinstance(held, str | bytes):
        return []
    return [each for each in held[:MOST_RULES] if isinstance(each, str)]


def barred(block: object, allow: object, site: Site) -> bool:
    """Whether these lists of addresses keep the page from being opened; a tie is an exception."""
    blocked = max((rank for each in texts(block) if (rank := _covers(each, site))), default=None)
    if blocked is None:
        return False
    allowed = max((rank for each in texts(allow) if (rank := _covers(each, site))), default=None)
    return allowed is None or blocked > allowed


def _covers(entry: str, site: Site) -> tuple[int, int, int] | None:
    """How closely `[scheme://][.]host[:port][/path]` fits: a host covers what is below it, unless
    a dot stands before it."""
    text = entry.strip().casefold().partition("?")[0]
    scheme, separator, rest = text.rpartition("://")
    if separator and scheme not in ("*", site.scheme):
        return None
    rest, slash, path = rest.partition("/")
    path = f"/{path}".rstrip("*") if slash else ""
    if path and not site.path.startswith(path):
        return None
    host, _, port = rest.partition(":") if not rest.startswith("[") else (rest, "", "")
    if port not in ("", "*") and port != str(site.port):
        return None
    if host == "*":
        return (1, 0, len(path)) if site.scheme in PORTS else None
    exact = host.startswith(".")
    name = host.removeprefix(".")
    if not name or (site.host != name and (exact or not site.host.endswith(f".{name}"))):
        return None
    return (1 + len(name), int(exact), len(path))
