"""What `device.security` learns."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from diag.model import Fact, Failure, Public

Kind = Literal["personal", "server", "container"]
"""Servers and containers have no owner in front of them, and other ways to be safe."""
FilterKind = Literal["antivirus", "company", "family", "ads", "debug"]


class Antivirus(Struct, frozen=True, kw_only=True):
    """A virus protection. current: whether it knows the latest threats; None: not known.

    updated: when its knowledge was last renewed, where that is said.
    """

    name: Public
    on: bool
    current: bool | None = None
    updated: datetime | None = None


class RemoteTool(Struct, frozen=True, kw_only=True):
    """A program for remote control that runs. open: its window is, or somebody is connected; else
    it only waits in the background.
    """

    name: Public
    open: bool


class WebFilter(Struct, frozen=True, kw_only=True):
    """A program on this device that reads encrypted web traffic, or may be set to.

    issuers: parts of the names that its certificates are signed by.
    """

    name: Public
    kind: FilterKind
    issuers: tuple[Public, ...] = ()


class SecurityFact(Fact, frozen=True, kw_only=True):
    """None where something is not known; beside it why, where a person could do something about it.

    antivirus: what looks after viruses here; empty: nothing does. encrypted: whether the disk with
    the system is. portable: whether this is a device that one carries about. password_free: whether
    somebody is logged in at the start without a password. programs: why those that run could not
    be listed.
    """

    kind: Kind = "personal"
    antivirus: tuple[Antivirus, ...] | None = None
    antivirus_unseen: Failure | None = None
    encrypted: bool | None = None
    encryption_unseen: Failure | None = None
    portable: bool | None = None
    secure_boot: bool | None = None
    screen_lock: bool | None = None
    password_free: bool | None = None
    remote: tuple[RemoteTool, ...] = ()
    filters: tuple[WebFilter, ...] = ()
    programs: Failure | None = None

    def filter_of(self, issuers: tuple[str, ...]) -> WebFilter | None:
        """The program here that signs certificates by one of these names."""
        names = " ".join(issuers).casefold()
        for each in self.filters:
            if any(issuer.casefold() in names for issuer in each.issuers):
                return each
        return None
