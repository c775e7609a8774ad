"""Whether the system lets the app do what the profile says that it needs."""

from __future__ import annotations

import msgspec

from checks.app import installed
from checks.app.installed import Looked
from checks.permissions.facts import AppPermission, Packing, PermissionsFact
from diag.app_profile import Install
from diag.host import Host
from diag.model import Context, Failed

HAND_IN_S = 0.3


def collect(host: Host, ctx: Context) -> PermissionsFact:
    """Raises Failed: not_configured if the app needs nothing or is not on this device."""
    needs = ctx.profile.permissions.needs
    if not needs:
        raise Failed("not_configured", "permissions")
    install = _without_command(ctx.profile.install)
    if not installed.configured(host, install):
        raise Failed("not_configured", "install")
    places = installed.look(host, install, ctx.deadline.sooner(HAND_IN_S))
    copy = next(((place.source, place) for place in places if place.copies), None)
    if copy is None:
        raise Failed("not_configured", "the app is not on this device")
    packing = _packing(host, copy[0])
    return PermissionsFact(
        packing=packing,
        permissions=tuple(_one(host, kind, packing, install, copy[1]) for kind in needs),
    )


def _without_command(install: Install) -> Install:
    """A program need not be started to see what confines it."""
    linux = install.linux
    if linux is None or not linux.command:
        return install
    return msgspec.structs.replace(install, linux=msgspec.structs.replace(linux, command=()))


def _packing(host: Host, source: str) -> Packing:
    if host.family == "windows":
        return "store" if source == "msix" else "desktop"
    if host.family == "macos":
        return "bundle"
    if source == "flatpak":
        return "flatpak"
    return "snap" if source == "snap" else "plain"


def _one(host: Host, kind: str, packing: Packing, install: Install, place: Looked) -> AppPermission:
    try:
        return _asked(host, kind, packing, install, place)
    except Failed as failed:
        return AppPermission(kind=kind, failure=failed.failure)


def _asked(
    host: Host, kind: str, packing: Packing, install: Install, place: Looked
) -> AppPermission:
    if install.windows is not None and packing in ("store", "desktop"):
        from checks.permissions import windows

        directory = next((copy.path for copy in place.copies if copy.path), None) or ""
        if directory.casefold().endswith(".exe"):
            directory = directory.rpartition("\\")[0]
        return windows.read(host, kind, packing, install.windows.msix or "", directory)
    if install.macos is not None and packing == "bundle":
        from checks.permissions import macos

        return macos.read(host, kind, install.macos.bundle_id)
    if install.linux is not None and packing in ("flatpak", "snap"):
        from checks.permissions import linux

        if packing == "flatpak":
            return linux.of_flatpak(host, kind, install.linux.flatpak or "")
        return linux.of_snap(host, kind, install.linux.snap or "")
    return AppPermission(kind=kind)
