"""The default browser of macOS: who handles https links, by the Launch Services database.

~/Library/Preferences/com.apple.LaunchServices/com.apple.launchservices.secure.plist holds what
differs from how the system came: without an entry it is Safari.
"""

from __future__ import annotations

from checks.browser.default import Default
from checks.browser.files import plist_of
from checks.browser.known import by_bundle_id
from checks.places import home
from diag.host import Host

DATABASE = "Library/Preferences/com.apple.LaunchServices/com.apple.launchservices.secure.plist"


def find(host: Host) -> Default | None:
    held = plist_of(host, f"{home(host)}/{DATABASE}") or {}
    handlers = held.get("LSHandlers")
    for handler in handlers if isinstance(handlers, list) else ():
        if not isinstance(handler, dict) or handler.get("LSHandlerURLScheme") != "https":
            continue
        for role in ("LSHandlerRoleAll", "LSHandlerRoleViewer"):
            name = handler.get(role)
            if isinstance(name, str) and name not in ("", "-"):
                return Default(product=by_bundle_id(name))
    return Default(product=by_bundle_id("com.apple.safari"))
