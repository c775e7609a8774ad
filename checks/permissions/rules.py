"""A permission that is off counts; one that the app has not asked for yet does not.

One that cannot be seen is worth a note where there is a symptom: with it, where to look.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.permissions.facts import AppPermission, PermissionsFact
from checks.permissions.problems import MISSING, UNSEEN
from diag.model import Args, Finding, Judgement, OsFamily, Unmeasured, View

LINKS: dict[OsFamily, dict[str, str]] = {
    "windows": {
        "camera": "ms-settings:privacy-webcam",
        "microphone": "ms-settings:privacy-microphone",
        "location": "ms-settings:privacy-location",
        "notifications": "ms-settings:notifications",
        "contacts": "ms-settings:privacy-contacts",
        "photos": "ms-settings:privacy-pictures",
        "bluetooth": "ms-settings:privacy-radios",
        "phone": "ms-settings:privacy-phonecalls",
    },
    "macos": {
        "camera": "x-apple.systempreferences:com.apple.preference.security?Privacy_Camera",
        "microphone": "x-apple.systempreferences:com.apple.preference.security?Privacy_Microphone",
        "location": (
            "x-apple.systempreferences:com.apple.preference.security?Privacy_LocationServices"
        ),
        "notifications": "x-apple.systempreferences:com.apple.Notifications-Settings.extension",
        "contacts": "x-apple.systempreferences:com.apple.preference.security?Privacy_Contacts",
        "photos": "x-apple.systempreferences:com.apple.preference.security?Privacy_Photos",
        "bluetooth": "x-apple.systempreferences:com.apple.preference.security?Privacy_Bluetooth",
    },
}
"""Addresses that open the page of the switch (learn.microsoft.com, "Launch Windows Settings";
the panes of System Settings have no public list)."""

ON_PAGE_OF_ITS_OWN = "notifications"
"""The one whose switches are not among those of privacy."""


def judge(fact: PermissionsFact, view: View) -> Iterator[Judgement]:
    """Nothing where the user logs in on a phone, or with a browser."""
    if view.answers.device == "phone" or view.answers.client == "browser":
        return
    for each in fact.permissions:
        subject = f"permission:{each.kind}"
        if each.off is not None:
            yield Finding(code=MISSING.code, subject=subject, args=_args(each, fact, view))
        elif each.failure is not None:
            yield Unmeasured(code=MISSING.code, subject=subject, reason=each.failure.code)
            if view.answers.symptom is not None:
                yield Finding(code=UNSEEN.code, subject=subject, args=_args(each, fact, view))


def _args(permission: AppPermission, fact: PermissionsFact, view: View) -> Args:
    """Each switch, page and way of packing is an arg of its own, for its own line of the steps."""
    name = view.profile.app.name
    sandbox = fact.packing if fact.packing in ("flatpak", "snap") else None
    privacy = permission.kind != ON_PAGE_OF_ITS_OWN
    return {
        "app": name,
        "permission": permission.kind,
        "privacy": permission.kind if privacy else None,
        "notifications": None if privacy else permission.kind,
        "link": LINKS.get(view.os.family, {}).get(permission.kind),
        "packing": fact.packing,
        "place": f"{_system(view.os.family)}_{'privacy' if privacy else 'notifications'}",
        "sandbox": sandbox,
        "off": permission.off,
        **{
            switch: name if permission.off == switch else None
            for switch in ("device", "account", "desktop_apps", "policy")
        },
        "one_app": name if permission.off == "app" else None,
    }


def _system(family: OsFamily) -> str:
    return family if family in ("windows", "macos") else "linux"
