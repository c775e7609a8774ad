"""What Firefox was told about single sites: permissions.sqlite, table moz_perms.

The file is read as a whole and opened in memory, so that the browser is not disturbed and nothing
is written beside it; what it holds of other sites is left where it is.
"""

from __future__ import annotations

from checks.browser.files import whole
from checks.browser.site import Site
from diag.host import Host
from diag.model import Failed

ALLOW, DENY, SESSION = 1, 2, 8
"""nsIPermissionManager, nsICookiePermission."""

WAL = 2
JOURNAL = 1
FORMAT_BYTES = (18, 19)
"""Of the header (sqlite.org/fileformat.html, 1.3.2): a copy in memory has no write-ahead log."""
HEADER = 100
QUERY = "SELECT permission FROM moz_perms WHERE type = 'cookie' AND origin = ? LIMIT 1"


def cookie_permission(host: Host, directory: str, site: Site) -> int | None:
    """What was set for the site itself, or for the nearest domain above it; None: nothing.

    Raises Failed where that cannot be read.
    """
    data = whole(host, f"{directory}/permissions.sqlite")
    if data is None or len(data) < HEADER:
        return None
    said = dict(_cookie_rows(data, origins(site)))
    return next((said[origin] for origin in origins(site) if origin in said), None)


def origins(site: Site) -> list[str]:
    """The site's origin and those of the domains above it, the nearest first."""
    labels = site.host.split(".")
    port = site.origin.removeprefix(f"{site.scheme}://{site.host}")
    names = [".".join(labels[index:]) for index in range(max(1, len(labels) - 1))]
    return [f"{site.scheme}://{name}{port}" for name in names]


def _cookie_rows(data: bytes, wanted: list[str]) -> list[tuple[str, int]]:
    import sqlite3

    copy = bytearray(data)
    for place in FORMAT_BYTES:
        copy[place] = JOURNAL if copy[place] == WAL else copy[place]
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(bytes(copy))
        found = [(origin, connection.execute(QUERY, (origin,)).fetchone()) for origin in wanted]
    except (sqlite3.Error, AttributeError, MemoryError) as error:
        raise Failed("unparsable", "read the browser's permissions", type(error).__name__) from None
    finally:
        connection.close()
    return [(origin, row[0]) for origin, row in found if row and isinstance(row[0], int)]
