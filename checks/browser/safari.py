"""Safari: its settings are closed to other programs unless the user gave full disk access; what an
administrator's profile sets (domain com.apple.Safari) is open to all.

The keys are those that Safari itself writes (dumps of `defaults read com.apple.Safari` in public
dotfiles) and that the profile manifests of the Mac administrators' community list
(ProfileManifests, com.apple.safari.plist). Apple's own restrictions safariAcceptCookies and
safariAllowJavaScript are for iPhone and iPad alone (apple/device-management). The system's proxy
and name servers are Safari's; iCloud Private Relay is the system's, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checks.browser import managed
from checks.browser.facts import BrowserSettings, Cookies, SetBy, SiteSettings
from checks.browser.files import plist_of
from checks.browser.site import Site
from checks.places import home
from diag.host import Host
from diag.model import Failed, Failure

DOMAIN = "com.apple.Safari"
SETTINGS = f"Library/Containers/{DOMAIN}/Data/Library/Preferences/{DOMAIN}.plist"
SCRIPT_KEYS = (
    "WebKitPreferences.javaScriptEnabled",
    "WebKitJavaScriptEnabled",
    f"{DOMAIN}.ContentPageGroupIdentifier.WebKit2JavaScriptEnabled",
)

STORAGE_KEYS = (
    "WebKitPreferences.storageBlockingPolicy",
    "WebKitStorageBlockingPolicy",
    f"{DOMAIN}.ContentPageGroupIdentifier.WebKit2StorageBlockingPolicy",
)
"""The same by three generations of names: 0 for nobody, 1 for other sites, 2 for all (WebKit,
StorageBlockingPolicy)."""
ALL_STORAGE = 2
BLOCK_KEY = "BlockStoragePolicy"
"""What the settings window shows: 0 blocks all cookies, 1 none, 2 and 3 those of other sites."""
ALL_COOKIES = 0

Held = Mapping[str, Any]


def read(host: Host, sites: tuple[Site, ...]) -> tuple[BrowserSettings | None, Failure | None]:
    """What is known, and why not all of it. Raises Failed where a profile cannot be read."""
    forced = managed.preferences(host, DOMAIN)
    failure: Failure | None = None
    own: Held | None = None
    try:
        own = plist_of(host, f"{home(host)}/{SETTINGS}")
        if own is None:
            raise Failed("denied", "read Safari's settings")
    except Failed as failed:
        failure = failed.failure
    cookies, cookies_by = _cookies(forced, own)
    javascript, javascript_by = _javascript(forced, own)
    if cookies is None and javascript is None and failure is not None:
        return None, failure
    settings = BrowserSettings(
        used=True,
        sites=tuple(
            SiteSettings(
                endpoint=site.endpoint,
                host=site.host,
                cookies=cookies,
                cookies_by=cookies_by,
                javascript=javascript,
                javascript_by=javascript_by,
            )
            for site in sites
        ),
    )
    return settings, failure


def _cookies(forced: Held, own: Held | None) -> tuple[Cookies | None, SetBy]:
    """None also where the keys contradict each other, as some written by hand do."""
    places: tuple[tuple[Held, SetBy], ...] = ((forced, "policy"), (own or {}, "user"))
    for held, by in places:
        blocked = {held[key] == ALL_STORAGE for key in STORAGE_KEYS if _number(held, key)}
        if _number(held, BLOCK_KEY):
            blocked.add(held[BLOCK_KEY] == ALL_COOKIES)
        if len(blocked) > 1:
            return None, by
        if blocked:
            return "blocked" if blocked.pop() else "allowed", by
    return (None if own is None else "allowed"), "default"


def _javascript(forced: Held, own: Held | None) -> tuple[bool | None, SetBy]:
    places: tuple[tuple[Held, SetBy], ...] = ((forced, "policy"), (own or {}, "user"))
    for held, by in places:
        for key in SCRIPT_KEYS:
            if _number(held, key):
                return bool(held[key]), by
    return (None if own is None else True), "default"


def _number(held: Held, key: str) -> bool:
    """Whether this key says something: a number, or a truth value as `defaults` writes it."""
    return isinstance(held.get(key), int)
