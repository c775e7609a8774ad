"""`device`: what kind of device this is, and the last thing to try when no cause is found."""

from __future__ import annotations

from collections.abc import Iterator

from checks.os.linux.release import read_release
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

REALM_TIMEOUT_S = 2.0
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
    """`managed`: an employer or school joined this device to its domain; None: cannot be told."""

    uptime_s: float | None = None
    managed: bool | None = None
    os_name: Public | None = None
    os_version: Public | None = None


def collect(host: Host, _: Context) -> DeviceFact:
    try:
        uptime_s = host.uptime_s()
    except OSError:
        uptime_s = None
    if host.family != "linux":
        return DeviceFact(uptime_s=uptime_s)
    name, version = _release(host)
    return DeviceFact(
        uptime_s=uptime_s, managed=_joined_realm(host), os_name=name, os_version=version
    )


def _release(host: Host) -> tuple[str | None, str | None]:
    try:
        release = read_release(host)
    except Failed:
        return None, None
    return release.name or release.id, release.version or None


def _joined_realm(host: Host) -> bool | None:
    """As realmd lists it. Not being in a realm does not prove that nobody manages the device."""
    if host.which("realm") is None:
        return None
    try:
        listed = host.run("realm", "list", timeout_s=REALM_TIMEOUT_S)
    except Failed:
        return None
    lines = [line.strip() for line in listed.text().splitlines()]
    joined = any(line.startswith("configured:") and line != "configured: no" for line in lines)
    return True if joined else None


def judge(fact: DeviceFact, view: View) -> Iterator[Judgement]:
    yield DeviceInfo(managed=fact.managed, os_name=fact.os_name, os_version=fact.os_version)
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
