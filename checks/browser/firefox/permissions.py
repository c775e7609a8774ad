"""What Firefox was told about single sites: permissions.sqlite, table moz_perms.

The file is read as a whole and opened in memory, so that the browser is not disturbed and nothing
is written beside it; what it holds of other sites is left where it is.
"""

from __future__ import annotations

from checks.browser.files import whole
from checks.browser.site import Site
from checks.browser.tables import rows
from diag.host import Host

ALLOW, DENY, SESSION = 1, 2, 8
"""nsIPermissionManager, nsICookiePermission."""

QUERY = "SELECT permission FROM moz_perms WHERE type = 'cookie' AND origin = ? LIMIT 1"


def cookie_permission(host: Host, directory: str, site: Site) -> int | None:
    """What was set for the site itself, or for the nearest domain above it; None: nothing.

    Raises Failed where that cannot be read.
    """
    data = whole(host, f"{directory}/permissions.sqlite")
    if not data:
        return None
    for origin in origins(site):
        for (permission,) in rows(data, QUERY, (origin,)):
            if isinstance(permission, int):
                return permission
    return None


def origins(site: Site) -> list[str]:
    """The site's origin and those of the domains above it, the nearest first."""
    labels = site.host.split(".")
    port = site.origin.removeprefix(f"{site.scheme}://{site.host}")
    names = [".".join(labels[index:]) for index in range(max(1, len(labels) - 1))]
    return [f"{site.scheme}://{name}{port}" for name in names]
