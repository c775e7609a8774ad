"""Permissions on Linux: what confines a Flatpak or a snap. Nothing is kept from other programs.

Flatpak: the user's answers lie in the permission store of xdg-desktop-portal (tables and values in
its documentation, "Permission Store"); `flatpak override` takes away what the app came with. Snap:
an interface that is not connected is closed (snapcraft.io/docs, "Interface management").
"""

from __future__ import annotations

from checks.browser.files import read_ini
from checks.permissions.facts import AppPermission
from checks.places import home
from diag.host import Host
from diag.model import Failed

STORE = "org.freedesktop.impl.portal.PermissionStore"
STORE_PATH = "/org/freedesktop/impl/portal/PermissionStore"
STORE_TIMEOUT_S = 1.0
NO_ENTRY = "org.freedesktop.portal.Error.NotFound"

TABLES = {
    "camera": ("devices", "camera"),
    "microphone": ("devices", "microphone"),
    "location": ("location", "location"),
    "notifications": ("notifications", "notification"),
}
REFUSED = {"no", "NONE"}
"""The first of what the store holds for an app; of a location it is how exact that may be."""

CONTEXT = {"camera": ("devices", "all"), "microphone": ("sockets", "pulseaudio")}
"""What an app without a portal needs (flatpak-metadata(5))."""

INTERFACES = {
    "camera": "camera",
    "microphone": "audio-record",
    "location": "location-observe",
    "contacts": "contacts-service",
    "bluetooth": "bluez",
}
SNAP_TIMEOUT_S = 2.0


def of_flatpak(host: Host, kind: str, app: str) -> AppPermission:
    """Raises Failed where the store cannot be asked."""
    if _overridden(host, kind, app):
        return AppPermission(kind=kind, off="app")
    if kind not in TABLES:
        return AppPermission(kind=kind)
    table, entry = TABLES[kind]
    try:
        body = host.dbus(
            "session",
            STORE,
            STORE_PATH,
            STORE,
            "Lookup",
            "ss",
            (table, entry),
            timeout_s=STORE_TIMEOUT_S,
        )
    except Failed as failed:
        if failed.failure.detail == NO_ENTRY:
            return AppPermission(kind=kind, not_asked=True)
        raise
    apps = body[0] if body else None
    said = apps.get(app) if isinstance(apps, dict) else None
    if not isinstance(said, list) or not said:
        return AppPermission(kind=kind, not_asked=True)
    return AppPermission(kind=kind, off="app" if said[0] in REFUSED else None)


def _overridden(host: Host, kind: str, app: str) -> bool:
    """Whether `flatpak override` took away what this permission needs, for the app or for all."""
    if kind not in CONTEXT:
        return False
    key, wanted = CONTEXT[kind]
    places = [
        f"{home(host)}/.local/share/flatpak/overrides",
        "/var/lib/flatpak/overrides",
    ]
    for place in places:
        for name in (app, "global"):
            held = read_ini(host, f"{place}/{name}")
            values = held.get("Context", key, fallback="") if held else ""
            entries = values.split(";")
            if f"!{wanted}" in entries:
                return True
            if wanted in entries:
                return False
    return False


def of_snap(host: Host, kind: str, snap: str) -> AppPermission:
    """Raises Failed where snapd does not say."""
    interface = INTERFACES.get(kind)
    if interface is None:
        return AppPermission(kind=kind)
    done = host.run("snap", "connections", snap, timeout_s=SNAP_TIMEOUT_S)
    lines = [line.split() for line in done.text().splitlines()[1:]]
    if done.returncode != 0:
        raise Failed("refused", "list the snap's interfaces")
    slots = [line[2] for line in lines if len(line) >= 3 and line[0] == interface]
    if not slots:  # it never asks: there is nothing that a user could connect
        return AppPermission(kind=kind)
    return AppPermission(kind=kind, off="app" if all(slot == "-" for slot in slots) else None)
