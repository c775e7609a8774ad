"""`device`: what kind of device this is, and the last thing to try when no cause is found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from checks.device.managed import UNKNOWN, Management, Sign
from checks.remedies import RESTART_DEVICE
from diag.host import Host
from diag.model import (
    DEVICE,
    Check,
    Context,
    DeviceInfo,
    Fact,
    Failed,
    Finding,
    Judgement,
    Layer,
    Problem,
    Public,
    View,
)

FRESH_S = 1800.0
"""A device that started less than half an hour ago gains nothing from starting again."""
HELPED_BY_RESTART = ("login", "error", "slow", "other")
"""A second factor that does not arrive comes through another device."""


DEVICE_RESTART = Problem(
    code="device.restart",
    severity="warning",
    where="device",
    layer=Layer.DEVICE,
    last_resort=2,
    remedies=(RESTART_DEVICE,),
)


class DeviceFact(Fact, frozen=True, kw_only=True):
    """managed: an organisation manages this device; None: cannot be told. managed_by: how that is
    known. at_work: the network in use is that of the domain which this device is joined to; None:
    nothing tells.
    """

    uptime_s: float | None = None
    managed: bool | None = None
    managed_by: tuple[Sign, ...] = ()
    at_work: Literal[True] | None = None
    os_name: Public | None = None
    os_version: Public | None = None


def collect(host: Host, _: Context) -> DeviceFact:
    try:
        uptime_s = host.uptime_s()
    except OSError:
        uptime_s = None
    name, version = _release(host)
    who = _management(host)
    return DeviceFact(
        uptime_s=uptime_s,
        managed=who.managed,
        managed_by=who.signs,
        at_work=_at_work(host, who),
        os_name=name,
        os_version=version,
    )


def _management(host: Host) -> Management:
    """Never raises: what a system does not tell is not known."""
    if host.family == "linux":
        from checks.device.linux import management
    elif host.family == "windows":
        from checks.device.windows import management
    elif host.family == "macos":
        from checks.device.macos import management
    else:
        return UNKNOWN
    return management(host)


def _at_work(host: Host, who: Management) -> Literal[True] | None:
    """`wifi` says so of a network that is none of its own."""
    if host.family != "windows" or "domain" not in who.signs:
        return None
    from checks.device.windows import on_its_domain

    return True if on_its_domain(host) else None


def _release(host: Host) -> tuple[str | None, str | None]:
    """As people know it: `Windows 11 Pro 24H2`, and the exact version for whoever helps them."""
    try:
        if host.family == "linux":
            from checks.os.linux import release as linux

            found = linux.read_release(host)
            return found.name or found.id, found.version or None
        if host.family == "windows":
            from checks.os.windows import release as windows

            edition = windows.read_release(host)
            return edition.name, edition.version
        if host.family == "macos":
            from checks.os.macos import release as macos

            system = macos.read_release(host)
            return system.name, f"{system.version} ({system.build})"
    except Failed:
        pass
    return None, None


def judge(fact: DeviceFact, view: View) -> Iterator[Judgement]:
    yield DeviceInfo(
        managed=fact.managed,
        managed_by=fact.managed_by or None,
        os_name=fact.os_name,
        os_version=fact.os_version,
    )
    if view.answers.symptom not in HELPED_BY_RESTART or view.answers.device != "this":
        return
    if fact.uptime_s is not None and fact.uptime_s >= FRESH_S:
        yield Finding(
            code=DEVICE_RESTART.code,
            subject=DEVICE,
            args={"uptime_s": round(fact.uptime_s)},
            confidence="possible",
        )


CHECK = Check(
    name="device",
    fact=DeviceFact,
    collect=collect,
    judge=judge,
    problems=(DEVICE_RESTART,),
    timeout_s=3.0,
)
