"""What an administrator's configuration profiles set on a Mac, for one program.

macOS keeps it, readable by everybody, as property lists in /Library/Managed Preferences: for the
device, and below the user's name for that user (support.apple.com/guide/deployment, "Configuration
profiles").
"""

from __future__ import annotations

from typing import Any

from checks.browser.files import plist_of
from diag.host import Host

PLACE = "/Library/Managed Preferences"


def preferences(host: Host, domain: str) -> dict[str, Any]:
    """Empty if nothing is managed; the user's before the device's. Raises Failed."""
    user = host.getenv("USER")
    places = [PLACE, *([f"{PLACE}/{user}"] if user and "/" not in user else [])]
    held: dict[str, Any] = {}
    for place in places:
        held |= plist_of(host, f"{place}/{domain}.plist") or {}
    return held
