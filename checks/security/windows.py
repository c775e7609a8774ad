"""Windows: what its Security Center, Defender, the shell and the registry say."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

import msgspec
from msgspec import Struct

from checks.security.facts import Antivirus, Kind, SecurityFact
from checks.security.windows_lock import asks_again
from diag.deadline import Deadline
from diag.host import Host, powershell
from diag.model import Failed, Failure

T = TypeVar("T")

VERSION = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
SECURE_BOOT = r"HKLM\SYSTEM\CurrentControlSet\Control\SecureBoot\State"
LOGON = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon"

STATE_ON = 0x1000
STATE_MASK = 0xF000
OUT_OF_DATE = 0x10
"""Bits of `productState`, which follow the Windows Security Center's own values for a product's
state and the state of its signatures (iwscapi.h: WSC_SECURITY_PRODUCT_STATE, _SIGNATURE_STATUS).
"""
DEFENDER = ("windows defender", "microsoft defender")
ENCRYPTED = {1: True, 2: False, 3: True, 4: False, 6: True}
"""System.Volume.BitLockerProtection: on, off, encrypting, decrypting, locked. What is suspended (5)
is encrypted, with its key beside it: neither.
"""


class Product(Struct, frozen=True):
    name: str
    state: int


class SecurityCenter(Struct, frozen=True):
    """The products that have registered with it."""

    antivirus: tuple[Product, ...] = ()
    firewalls: tuple[Product, ...] = ()


class Defender(Struct, frozen=True):
    """mode: Normal; Passive Mode where another product looks after viruses."""

    mode: str
    real_time: bool
    age_days: int


def security_center(host: Host, deadline: Deadline) -> SecurityCenter:
    """Raises Failed. Windows Server has none."""
    return _section(host, "security_center", SecurityCenter, deadline)


def switched_on(state: int) -> bool:
    return state & STATE_MASK == STATE_ON


def collect(host: Host, deadline: Deadline) -> SecurityFact:
    antivirus: tuple[Antivirus, ...] | None = None
    antivirus_unseen: Failure | None = None
    kind = _kind(host)
    if kind == "personal":
        try:
            antivirus = _antivirus(host, deadline)
        except Failed as error:
            antivirus_unseen = error.failure
    encrypted: bool | None = None
    encryption_unseen: Failure | None = None
    try:
        encrypted = ENCRYPTED.get(_section(host, "disk_encryption", int, deadline))
    except Failed as error:
        encryption_unseen = error.failure
    portable = _portable(host, deadline)
    return SecurityFact(
        kind=kind,
        antivirus=antivirus,
        antivirus_unseen=antivirus_unseen,
        encrypted=encrypted,
        encryption_unseen=encryption_unseen,
        portable=portable,
        secure_boot=_flag(host, SECURE_BOOT, "UEFISecureBootEnabled"),
        screen_lock=asks_again(host, portable) if kind == "personal" else None,
        password_free=_signs_in_by_itself(host),
    )


def _antivirus(host: Host, deadline: Deadline) -> tuple[Antivirus, ...]:
    """Defender's own word on itself is newer than the Security Center's."""
    defender: Defender | None = None
    try:
        defender = _section(host, "defender", Defender, deadline)
    except Failed:
        defender = None  # it can be removed, or refuse to tell
    found = []
    for product in security_center(host, deadline).antivirus:
        on = switched_on(product.state)
        current = not product.state & OUT_OF_DATE
        if defender is None or not product.name.casefold().startswith(DEFENDER):
            found.append(Antivirus(name=product.name, on=on, current=current))
            continue
        on = on and (defender.real_time or defender.mode.casefold() != "normal")
        updated = host.now() - timedelta(days=min(defender.age_days, 10_000))
        found.append(Antivirus(name=product.name, on=on, current=current, updated=updated))
    return tuple(found)


def _kind(host: Host) -> Kind:
    try:
        server = host.registry(VERSION).text("InstallationType").casefold().startswith("server")
    except Failed:
        return "personal"
    return "server" if server else "personal"


def _portable(host: Host, deadline: Deadline) -> bool | None:
    try:
        return _section(host, "batteries", int, deadline) > 0
    except Failed:
        return None


def _signs_in_by_itself(host: Host) -> bool | None:
    try:
        return host.registry(LOGON).text("AutoAdminLogon") == "1"
    except Failed:
        return None


def _flag(host: Host, key: str, value: str) -> bool | None:
    """None where there is no such value: a PC without UEFI has no secure boot to switch on."""
    try:
        number = host.registry(key).number(value)
    except Failed:
        return None
    return None if number is None else bool(number)


def _section(host: Host, name: str, kind: type[T], deadline: Deadline) -> T:
    said = powershell.ask(host, name, deadline.remaining())
    try:
        return msgspec.convert(said, kind)
    except msgspec.ValidationError:
        raise Failed("unparsable", f"powershell {name}") from None
