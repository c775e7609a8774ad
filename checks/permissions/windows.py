r"""Permissions on Windows: the consent store and the settings of notifications.

`...\CurrentVersion\CapabilityAccessManager\ConsentStore\CAPABILITY`, value `Value` (Allow, Deny,
Prompt: not asked yet): below HKLM for the device, below HKCU for this user's apps; there under the
package family's name for one store app, under `NonPackaged` for all other programs and, by their
path, for one of them, often without a `Value` of its own.
Policies: HKLM\SOFTWARE\Policies\Microsoft\Windows\AppPrivacy (2: forced off). Sources:
learn.microsoft.com, "Policy CSP - Privacy" and "Manage app permissions for a camera in Windows";
support.microsoft.com, "Turn on app permissions for your microphone in Windows".
"""

from __future__ import annotations

from checks.permissions.facts import AppPermission, Packing, Switch
from diag.host import Host, RegistryKey
from diag.model import Failed

CONSENT = r"Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
CAPABILITIES = {
    "camera": "webcam",
    "microphone": "microphone",
    "location": "location",
    "contacts": "contacts",
    "photos": "picturesLibrary",
    "bluetooth": "bluetooth",
    "phone": "phoneCall",
}
FOR_ALL_PROGRAMS = ("camera", "microphone", "location")
"""What Windows withholds from programs that are no store apps, too."""
POLICIES = {
    "camera": "LetAppsAccessCamera",
    "microphone": "LetAppsAccessMicrophone",
    "location": "LetAppsAccessLocation",
    "contacts": "LetAppsAccessContacts",
    "phone": "LetAppsAccessPhone",
}
POLICY_KEY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\AppPrivacy"
FORCED_OFF = 2

TOASTS = r"HKCU\Software\Microsoft\Windows\CurrentVersion\PushNotifications"
TOASTS_POLICY = r"HKCU\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\PushNotifications"
SENDERS = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Notifications\Settings"
NO_KEY = RegistryKey()


def read(host: Host, kind: str, packing: Packing, package: str, directory: str) -> AppPermission:
    """`package`: the name of a store app; `directory`: where another program lies, if known.

    Raises Failed.
    """
    if kind == "notifications":
        return _notifications(host, packing, package)
    if packing != "store" and kind not in FOR_ALL_PROGRAMS:
        return AppPermission(kind=kind)
    off = _off(host, kind, packing, package, directory)
    asked = off is not None or packing != "store" or not _prompts(host, kind, package)
    return AppPermission(kind=kind, off=off, not_asked=not asked)


def _prompts(host: Host, kind: str, package: str) -> bool:
    """Whether Windows will ask the user once this store app wants it."""
    own = rf"HKCU\Software\{CONSENT}\{CAPABILITIES[kind]}"
    names = [name for name in _key(host, own).subkeys if _is_of(name, package)]
    return any(_said(_key(host, rf"{own}\{name}")) == "prompt" for name in names)


def _off(host: Host, kind: str, packing: Packing, package: str, directory: str) -> Switch | None:
    capability = CAPABILITIES[kind]
    if packing == "store" and _key(host, POLICY_KEY).number(POLICIES.get(kind, "")) == FORCED_OFF:
        return "policy"
    if _denied(_key(host, rf"HKLM\SOFTWARE\{CONSENT}\{capability}")):
        return "device"
    own = rf"HKCU\Software\{CONSENT}\{capability}"
    of_user = _key(host, own)
    if _denied(of_user):
        return "account"
    if packing == "store":
        names = [name for name in of_user.subkeys if _is_of(name, package)]
        return "app" if any(_denied(_key(host, rf"{own}\{name}")) for name in names) else None
    programs = _key(host, rf"{own}\NonPackaged")
    if _denied(programs):
        return "desktop_apps"
    inside = f"{directory.rstrip(chr(92))}\\".replace("\\", "#").casefold() if directory else ""
    names = [name for name in programs.subkeys if inside and name.casefold().startswith(inside)]
    if any(_denied(_key(host, rf"{own}\NonPackaged\{name}")) for name in names):
        return "app"
    return None


def _notifications(host: Host, packing: Packing, package: str) -> AppPermission:
    """Of a program that is no store app, the name under which it sends is not known."""
    if _key(host, TOASTS_POLICY).number("NoToastApplicationNotification") == 1:
        return AppPermission(kind="notifications", off="policy")
    if _key(host, TOASTS).number("ToastEnabled") == 0:
        return AppPermission(kind="notifications", off="account")
    if packing != "store":
        raise Failed("unsupported", "read the settings of notifications")
    names = [name for name in _key(host, SENDERS).subkeys if _is_of(name, package)]
    off = any(_key(host, rf"{SENDERS}\{name}").number("Enabled") == 0 for name in names)
    return AppPermission(kind="notifications", off="app" if off else None)


def _is_of(name: str, package: str) -> bool:
    """Whether `Vendor.App_publisherid` or `Vendor.App_publisherid!App` is of this package."""
    family = name.partition("!")[0].casefold()
    wanted = package.casefold()
    return bool(wanted) and (family == wanted or family.rpartition("_")[0] == wanted)


def _denied(key: RegistryKey) -> bool:
    return _said(key) == "deny"


def _said(key: RegistryKey) -> str:
    return key.text("Value").casefold()


def _key(host: Host, path: str) -> RegistryKey:
    """Without such a key nothing was ever set there. Raises Failed(denied)."""
    try:
        return host.registry(path)
    except Failed as failed:
        if failed.failure.code != "tool_missing":
            raise
        return NO_KEY
