"""What is unsafe about logging in on this device. Nothing of it stops a login by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from checks.device import DeviceFact
from checks.remedies import ASK_ADMIN, on_unmanaged_device
from checks.security.facts import Antivirus, SecurityFact
from diag.model import (
    DEVICE,
    FailureCode,
    Finding,
    Judgement,
    Layer,
    Problem,
    Remedy,
    Severity,
    Unmeasured,
    View,
)

SIGNATURES_OLD = {"windows": timedelta(days=7), "linux": timedelta(days=7)}
"""After seven days Defender itself counts as out of date (policy AVSignatureDue)."""
XPROTECT_OLD = timedelta(days=180)
"""Apple renews it every few weeks; the date is the file's, so this is generous."""


SWITCH_ANTIVIRUS_ON = Remedy(
    code="antivirus.switch_on", minutes=3, risk="none", applies=on_unmanaged_device
)
RENEW_SIGNATURES = Remedy(code="security.renew_signatures", minutes=5, applies=on_unmanaged_device)
ENCRYPT = Remedy(
    code="encryption.switch_on", minutes=60, risk="medium", applies=on_unmanaged_device
)
END_REMOTE = Remedy(code="security.end_remote_access", minutes=2)
SECURE_BOOT_ON = Remedy(
    code="secure_boot.switch_on", minutes=15, risk="medium", applies=on_unmanaged_device
)
LOCK_SCREEN = Remedy(code="screen_lock.switch_on", minutes=2, applies=on_unmanaged_device)

ANTIVIRUS_OFF = Problem(
    code="antivirus.off",
    severity="warning",
    where="device",
    layer=Layer.DEVICE,
    remedies=(SWITCH_ANTIVIRUS_ON, ASK_ADMIN),
)
SIGNATURES = Problem(
    code="security.signatures_old",
    severity="warning",
    where="device",
    layer=Layer.DEVICE,
    remedies=(RENEW_SIGNATURES, ASK_ADMIN),
)
REMOTE_ACCESS = Problem(
    code="security.remote_access",
    severity="warning",
    where="device",
    layer=Layer.APP,  # before other warnings: it cannot wait
    remedies=(END_REMOTE,),
)
ENCRYPTION_OFF = Problem(
    code="encryption.off",
    severity="info",
    where="device",
    layer=Layer.DEVICE,
    remedies=(ASK_ADMIN, ENCRYPT),
)
SECURE_BOOT_OFF = Problem(
    code="secure_boot.off",
    severity="info",
    where="device",
    layer=Layer.DEVICE,
    remedies=(ASK_ADMIN, SECURE_BOOT_ON),
)
SCREEN_LOCK_OFF = Problem(
    code="screen_lock.off",
    severity="info",
    where="device",
    layer=Layer.DEVICE,
    remedies=(LOCK_SCREEN, ASK_ADMIN),
)

PROBLEMS = (
    ANTIVIRUS_OFF,
    SIGNATURES,
    REMOTE_ACCESS,
    ENCRYPTION_OFF,
    SECURE_BOOT_OFF,
    SCREEN_LOCK_OFF,
)


def judge(fact: SecurityFact, view: View) -> Iterator[Judgement]:
    yield from _programs(fact, view)
    yield from _signatures(fact, view)
    if fact.kind == "personal":
        yield from _antivirus(fact, view)
        yield from _encryption(fact)
        yield from _start(fact, view)


def _programs(fact: SecurityFact, view: View) -> Iterator[Judgement]:
    """Whose work it is to steer this device from afar may do so: on a managed one it is a note."""
    if fact.programs is not None:
        yield _open(REMOTE_ACCESS.code, fact.programs.code)
    opened = [each.name for each in fact.remote if each.open]
    waiting = [each.name for each in fact.remote if not each.open]
    if not opened and not waiting:
        return
    device = view.find(DeviceFact)
    managed = device is not None and device.managed is True
    severity: Severity = "warning" if opened and not managed else "info"
    yield Finding(
        code=REMOTE_ACCESS.code,
        subject=DEVICE,
        args={"programs": opened or None, "waiting": waiting or None},
        severity=severity,
        confidence="certain" if opened else "possible",
    )


def _antivirus(fact: SecurityFact, view: View) -> Iterator[Judgement]:
    """On Linux its absence is nothing to report."""
    if view.os.family not in ("windows", "macos"):
        return
    if fact.antivirus is None:
        reason = fact.antivirus_unseen.code if fact.antivirus_unseen else "unsupported"
        yield _open(ANTIVIRUS_OFF.code, reason)
    elif not any(each.on for each in fact.antivirus):
        names = [each.name for each in fact.antivirus]
        yield Finding(
            code=ANTIVIRUS_OFF.code,
            subject=DEVICE,
            args={"products": names or None, "system": view.os.family},
        )


def _signatures(fact: SecurityFact, view: View) -> Iterator[Judgement]:
    """Of what is on; where several are, the one that knows most counts."""
    working = [each for each in fact.antivirus or () if each.on]
    limit = SIGNATURES_OLD.get(view.os.family, XPROTECT_OLD)
    if not working or not all(_is_old(each, view.taken_at, limit) for each in working):
        return
    newest = max((each.updated for each in working if each.updated), default=None)
    yield Finding(
        code=SIGNATURES.code,
        subject=DEVICE,
        severity="warning" if view.os.family == "windows" else "info",
        args={
            "products": [each.name for each in working],
            "updated": newest.isoformat() if newest else None,
            "age_days": (view.taken_at - newest).days if newest else None,
        },
    )


def _is_old(antivirus: Antivirus, now: datetime, limit: timedelta) -> bool:
    if antivirus.updated is not None and now - antivirus.updated > limit:
        return True
    return antivirus.current is False


def _encryption(fact: SecurityFact) -> Iterator[Judgement]:
    """Worth a warning on a device that can be left on a train."""
    if fact.encrypted is None:
        if fact.encryption_unseen is not None:
            yield _open(ENCRYPTION_OFF.code, fact.encryption_unseen.code)
    elif not fact.encrypted:
        yield Finding(
            code=ENCRYPTION_OFF.code,
            subject=DEVICE,
            args={"portable": True if fact.portable else None},
            severity="warning" if fact.portable else "info",
            confidence="likely",  # a drive may encrypt by itself
        )


def _start(fact: SecurityFact, view: View) -> Iterator[Judgement]:
    """Windows 11 and some apps ask for secure boot; many Linux devices do well without."""
    if view.os.family == "windows" and fact.secure_boot is False:
        yield Finding(code=SECURE_BOOT_OFF.code, subject=DEVICE)
    alone = fact.password_free is True and fact.encrypted is not True
    if fact.screen_lock is False or alone:
        yield Finding(
            code=SCREEN_LOCK_OFF.code,
            subject=DEVICE,
            args={"how": "start" if alone else "lock"},
            # There are more ways to be asked than the registry tells of, a smart card's for one.
            confidence="likely" if view.os.family == "windows" and not alone else "certain",
        )


def _open(code: str, reason: FailureCode) -> Unmeasured:
    return Unmeasured(code=code, subject=DEVICE, reason=reason)
