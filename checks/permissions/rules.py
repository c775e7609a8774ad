"""A permission that is off counts; one that the app has not asked for yet does not.

One that cannot be seen is worth a note where there is a symptom: with it, where to look.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.permissions.facts import AppPermission, PermissionsFact
from checks.permissions.problems import MISSING, UNSEEN
from diag.model import DEVICE, Args, Confidence, Finding, Judgement, OsFamily, Unmeasured, View

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
            yield Finding(
                code=MISSING.code,
                subject=subject,
                args=_args(each, fact, view),
                confidence=_confidence(each, fact),
            )
        elif each.failure is not None:
            yield Unmeasured(code=MISSING.code, subject=subject, reason=each.failure.code)
    unseen = [each for each in fact.permissions if each.failure is not None and each.off is None]
    if unseen and view.answers.symptom is not None:
        yield Finding(code=UNSEEN.code, subject=DEVICE, args=_where_to_look(unseen, fact, view))


def _confidence(permission: AppPermission, fact: PermissionsFact) -> Confidence:
    """Windows shows its switch for all apps as one that programs depend on, too; some have been
    seen to go on regardless (github.com/cjpais/Handy/pull/1308)."""
    doubtful = permission.off == "account" and fact.packing == "desktop"
    return "possible" if doubtful else "certain"


def _where_to_look(unseen: list[AppPermission], fact: PermissionsFact, view: View) -> Args:
    family = view.os.family
    kinds = [each.kind for each in unseen]
    link = LINKS.get(family, {}).get(kinds[0]) if len(kinds) == 1 else None
    return {
        "app": view.profile.app.name,
        "permission": list[str](kinds),
        "place": list(dict.fromkeys(_place(kind, family) for kind in kinds)),
        "packing": fact.packing,
        "link": link,
    }


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
        "place": _place(permission.kind, view.os.family),
        "sandbox": sandbox,
        "off": permission.off,
        **{
            switch: name if permission.off == switch else None
            for switch in ("device", "account", "desktop_apps", "policy")
        },
        "one_app": name if permission.off == "app" else None,
    }


def _place(kind: str, family: OsFamily) -> str:
    """Where the switch is, as a word of `permission_place`."""
    system = family if family in ("windows", "macos") else "linux"
    return f"{system}_{'notifications' if kind == ON_PAGE_OF_ITS_OWN else 'privacy'}"
