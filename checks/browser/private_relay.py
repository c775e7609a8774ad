"""iCloud Private Relay, through which Safari reaches websites, as the system last noted its state.

~/Library/Preferences/com.apple.networkserviceproxy.plist holds, archived by NSKeyedArchiver under
NSPServiceStatusManagerInfo, PrivacyProxyServiceStatus: 0 off, 1 on, 2 paused. Apple documents none
of it (the values are those that device management tools rely on): any other is not known.
"""

from __future__ import annotations

from typing import Any

from checks.browser.facts import Tunnel
from checks.browser.files import plist_of
from checks.places import home
from checks.property_list import parse_plist
from diag.host import Host
from diag.model import Failed

PLACE = "Library/Preferences/com.apple.networkserviceproxy.plist"
STATUS = "PrivacyProxyServiceStatus"
STATES: dict[int, Tunnel] = {0: "none", 1: "private_relay", 2: "paused"}


def read(host: Host) -> Tunnel | None:
    """None where it cannot be told."""
    try:
        held = plist_of(host, f"{home(host)}/{PLACE}")
        if held is None:
            return None
        archive = held.get("NSPServiceStatusManagerInfo")
        return _state(parse_plist(archive)) if isinstance(archive, bytes) else None
    except Failed:
        return None


def _state(archive: dict[str, Any]) -> Tunnel | None:
    from plistlib import UID

    held = archive.get("$objects")
    objects: list[Any] = held if isinstance(held, list) else []
    for each in objects:
        if isinstance(each, dict) and STATUS in each:
            value = each[STATUS]
            if isinstance(value, UID) and value.data < len(objects):
                value = objects[value.data]
            return STATES.get(value) if type(value) is int else None
    return None
