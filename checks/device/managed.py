"""Who manages this device, and how that is known."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Sign = Literal["domain", "entra", "mdm", "configuration_manager"]
"""domain: joined to Active Directory, a Kerberos realm or FreeIPA. entra: joined to Microsoft Entra
ID (a work account that was merely added does not count). mdm: enrolled with a management server.
configuration_manager: Microsoft's management client is installed and assigned to a site."""


class Management(Struct, frozen=True, kw_only=True):
    """managed: None if it cannot be told; False only where the system itself says so."""

    managed: bool | None = None
    signs: tuple[Sign, ...] = ()


UNKNOWN = Management()


def managed_by(*signs: Sign) -> Management:
    return Management(managed=True, signs=tuple(dict.fromkeys(signs)))
