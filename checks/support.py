"""How to reach the vendor's support, as args for the texts of the remedy `support.contact`."""

from __future__ import annotations

from diag.app_profile import AppProfile
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
