"""What the profile offers a person to turn to, as args for texts: support, and a page to open."""

from __future__ import annotations

from diag.app_profile import AppProfile, Endpoint
from diag.model import Args


def support_args(profile: AppProfile) -> Args:
    """What the profile's `[support]` says; None where it says nothing."""
    support = profile.support
    if support is None:
        return {"support_phone": None, "support_url": None, "support_hours": None, "ask_for": None}
    return {
        "support_phone": support.phone,
        "support_url": support.url,
        "support_hours": support.hours,
        "ask_for": list(support.ask_for) or None,
    }


def page_of(endpoint: Endpoint, profile: AppProfile) -> str | None:
    """What a person can open to see for themselves; an API's address shows them nothing."""
    if endpoint.role != "api":
        return endpoint.url
    return next((each.url for each in profile.endpoint if each.role == "login"), None)
