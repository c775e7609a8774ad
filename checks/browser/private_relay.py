"""iCloud Private Relay, through which Safari reaches websites, as the system last noted its state.

~/Library/Preferences/com.apple.networkserviceproxy.plist holds, archived by NSKeyedArchiver under
NSPServiceStatusManagerInfo, the object ServiceStatus with PrivacyProxyServiceStatus. Apple
documents none of it. 0 and 6 are recorded, of Macs where it is off and where it is not offered;
that only 1 means "in use" is how the system's own networkserviceproxy takes it: 0 switched off,
2 disturbed, 3 held back, 4 and 6 not offered in this region, 7 no network for it. Any other is not
known.
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
IN_USE = 1
STATES: dict[int, Tunnel] = {
    0: "none",
    IN_USE: "private_relay",
    **dict.fromkeys((2, 3, 4, 6, 7), "paused"),
}


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
    """The archive holds a history, too: what `ServiceStatus` names is the state of now."""
    top, objects = archive.get("$top"), archive.get("$objects")
    status = _named(objects, top.get("ServiceStatus") if isinstance(top, dict) else None)
    value = _named(objects, status.get(STATUS) if isinstance(status, dict) else None)
    return STATES.get(value) if type(value) is int else None


def _named(objects: object, value: object) -> object:
    """What a reference of the archive stands for; anything else is itself."""
    from plistlib import UID

    if not isinstance(value, UID):
        return value
    held = objects if isinstance(objects, list) else []
    return held[value.data] if value.data < len(held) else None
