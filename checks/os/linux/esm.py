"""Whether Ubuntu's updates beyond the free ones (ESM, with Ubuntu Pro) come to this device."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct

from checks.os.linux.quiet import exists
from diag.host import Host
from diag.model import Failed

STATUS = "/var/lib/ubuntu-advantage/status.json"
"""What `pro status` last found, for everybody to read."""
SOURCES = tuple(
    f"/etc/apt/sources.list.d/ubuntu-esm-infra.{suffix}" for suffix in ("sources", "list")
)
SERVICE = "esm-infra"
"""The one that prolongs the release itself; esm-apps is about the packages beside it."""


class Service(Struct, frozen=True):
    name: str = ""
    status: str = ""


class Status(Struct, frozen=True):
    """The fields of `pro status --format json` that matter here."""

    attached: bool = False
    expires: str | None = None
    services: list[Service] = []


def esm_on(host: Host) -> bool:
    """The subscription's own word, else whether its archive is among apt's sources."""
    try:
        status = msgspec.json.decode(host.read(STATUS), type=Status)
    except (Failed, msgspec.MsgspecError, ValueError):
        return any(exists(host, path) for path in SOURCES)
    enabled = any(each.name == SERVICE and each.status == "enabled" for each in status.services)
    return status.attached and enabled and not _past(status.expires, host.now())


def _past(instant: str | None, now: datetime) -> bool:
    try:
        return instant is not None and datetime.fromisoformat(instant) < now
    except (ValueError, TypeError):
        return False
