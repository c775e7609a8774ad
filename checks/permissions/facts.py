"""What `app.permissions` learns: whether the system lets the app do what it needs."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from diag.model import Fact, Failure, Public

Switch = Literal["device", "account", "desktop_apps", "app", "policy"]
"""Which switch is off: for the whole device, for this user's apps, for all that are no store apps,
for this app alone; or an administrator's rule."""

Packing = Literal["store", "desktop", "bundle", "flatpak", "snap", "plain"]
"""How the app came: what decides which switches there are. store: MSIX; plain: a Linux program that
nothing confines."""


class AppPermission(Struct, frozen=True, kw_only=True):
    """One permission. off: the switch that is off; None: none is. not_asked: the app has not asked
    yet. failure: why that could not be told.
    """

    kind: Public
    off: Switch | None = None
    not_asked: bool = False
    failure: Failure | None = None


class PermissionsFact(Fact, frozen=True, kw_only=True):
    """Every permission that the profile needs, in its order."""

    packing: Packing
    permissions: tuple[AppPermission, ...]
