"""Safari: its settings are closed to other programs unless the user gave full disk access.

The system's proxy and name servers are its own; iCloud Private Relay is the system's, too.
"""

from __future__ import annotations

from checks.browser.facts import BrowserSettings, SiteSettings
from checks.browser.files import plist_of
from checks.browser.site import Site
from checks.places import home
from diag.host import Host
from diag.model import Failed

SETTINGS = "Library/Containers/com.apple.Safari/Data/Library/Preferences/com.apple.Safari.plist"
SCRIPT_KEYS = (
    "WebKitPreferences.javaScriptEnabled",
    "WebKitJavaScriptEnabled",
    "com.apple.Safari.ContentPageGroupIdentifier.WebKit2JavaScriptEnabled",
)


def read(host: Host, sites: tuple[Site, ...]) -> BrowserSettings:
    """JavaScript alone: how cookies are set is not documented. Raises Failed(denied)."""
    held = plist_of(host, f"{home(host)}/{SETTINGS}")
    if held is None:
        raise Failed("denied", "read Safari's settings")
    found = [held[key] for key in SCRIPT_KEYS if isinstance(held.get(key), bool | int)]
    enabled = bool(found[0]) if found else True
    by = "user" if found else "default"
    return BrowserSettings(
        used=True,
        sites=tuple(
            SiteSettings(
                endpoint=site.endpoint,
                host=site.host,
                javascript=enabled,
                javascript_by="user" if by == "user" else "default",
            )
            for site in sites
        ),
    )
