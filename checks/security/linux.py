"""Linux: disk encryption, secure boot, the screen's lock, ClamAV. Files only, where it can be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from checks.mounts import MOUNTS, Mount, mount_of, parse_mounts
from checks.security.facts import Antivirus, Kind, SecurityFact
from diag.host import Host
from diag.model import Failed, Failure

IN_CONTAINER = ("/.dockerenv", "/run/.containerenv", "/run/systemd/container")
KERNEL = "/proc/sys/kernel/osrelease"
SESSIONS = "/run/systemd/sessions"
GRAPHICAL = ("TYPE=x11", "TYPE=wayland", "TYPE=mir")
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
SESSIONS_READ = 50

ENCRYPTED_UUID = "CRYPT-"
"""How device-mapper's identifiers of dm-crypt devices begin (LUKS, plain, VeraCrypt)."""
ENCRYPTED_TYPES = ("ecryptfs", "fuse.gocryptfs", "fuse.encfs")
UNTOLD_TYPES = ("zfs", "overlay", "tmpfs", "rootfs", "nfs", "nfs4", "9p", "virtiofs", "bcachefs")
"""File systems with ways of their own to be encrypted, or with their data elsewhere."""
STACKED = 6
"""Most layers between a file system and its disks: a logical volume on a RAID on LUKS are three."""

EFI_VARIABLES = "/sys/firmware/efi/efivars"
SECURE_BOOT = f"{EFI_VARIABLES}/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
"""Four bytes of attributes and one of value (UEFI 2.10, 3.3; efivarfs)."""

POWER = "/sys/class/power_supply"
CHASSIS = "/sys/class/dmi/id/chassis_type"
PORTABLE_CHASSIS = frozenset({"8", "9", "10", "11", "14", "30", "31", "32"})
"""SMBIOS 3.7, table 17: portable, laptop, notebook, hand-held, sub-notebook, tablet, convertible,
detachable.
"""

GSETTINGS_TIMEOUT_S = 1.0
KDE_LOCK = ".config/kscreenlockerrc"
AUTOMATIC_LOGIN = {
    "/etc/gdm3/daemon.conf": "automaticloginenable=true",
    "/etc/gdm3/custom.conf": "automaticloginenable=true",
    "/etc/gdm/custom.conf": "automaticloginenable=true",
    "/etc/lightdm/lightdm.conf": "autologin-user=",
    "/etc/sddm.conf": "user=",
}

CLAMAV = ("clamd", "clamonacc")
CLAMAV_DATA = ("/var/lib/clamav/daily.cld", "/var/lib/clamav/daily.cvd")
CLAMAV_HEADER = 512
"""Bytes; fields set off by colons, the last one the time of the build in seconds since 1970."""


def collect(host: Host, running: Iterable[str]) -> SecurityFact:
    kind = _kind(host)
    antivirus = _clamav(host, set(running))
    if kind == "container":
        return SecurityFact(kind=kind, antivirus=antivirus)
    encrypted, unseen = _encryption(host)
    return SecurityFact(
        kind=kind,
        antivirus=antivirus,
        encrypted=encrypted,
        encryption_unseen=unseen,
        portable=_portable(host),
        secure_boot=_secure_boot(host),
        screen_lock=_screen_lock(host) if kind == "personal" else None,
        password_free=_password_free(host) if kind == "personal" else None,
    )


def _kind(host: Host) -> Kind:
    if "microsoft" in _text(host, KERNEL).lower() or any(_is_there(host, p) for p in IN_CONTAINER):
        return "container"
    if any(host.getenv(name) for name in DISPLAYS):
        return "personal"
    for name in _names(host, SESSIONS)[:SESSIONS_READ]:
        if any(line in GRAPHICAL for line in _text(host, f"{SESSIONS}/{name}").splitlines()):
            return "personal"
    return "server"


# --- the disk ---


def _encryption(host: Host) -> tuple[bool | None, Failure | None]:
    """Of the system, or of the home on it: either way a thief reads nobody's files."""
    try:
        mounts = parse_mounts(host.read(MOUNTS).decode("utf-8", "replace"))
    except Failed as error:
        return None, error.failure
    told: list[bool | None] = []
    for path in ("/", host.getenv("HOME") or "/"):
        mount = mount_of(path, mounts)
        told.append(None if mount is None else _is_encrypted(host, mount))
    if True in told:
        return True, None
    if None in told:
        return None, Failure(code="unsupported", operation="disk encryption")
    return False, None


def _is_encrypted(host: Host, mount: Mount) -> bool | None:
    if mount.type in ENCRYPTED_TYPES:
        return True
    if mount.type in UNTOLD_TYPES or not mount.source.startswith("/dev/"):
        return None
    device = f"/sys/dev/block/{mount.device}"
    if mount.device.startswith("0:"):  # Btrfs has a number of its own
        device = _mapped(host, mount.source) or f"/sys/class/block/{mount.source[5:]}"
    return _is_crypt(host, device, 0) if _is_there(host, device) else None


def _mapped(host: Host, source: str) -> str | None:
    """The device behind a name below /dev/mapper."""
    name = source.removeprefix("/dev/mapper/")
    if name == source:
        return None
    for block in _names(host, "/sys/block"):
        device = f"/sys/block/{block}"
        if block.startswith("dm-") and _text(host, f"{device}/dm/name").strip() == name:
            return device
    return None


def _is_crypt(host: Host, device: str, depth: int) -> bool:
    if _text(host, f"{device}/dm/uuid").startswith(ENCRYPTED_UUID):
        return True
    below = _names(host, f"{device}/slaves") if depth < STACKED else ()
    return bool(below) and all(
        _is_crypt(host, f"/sys/class/block/{name}", depth + 1) for name in below
    )


# --- the rest ---


def _portable(host: Host) -> bool | None:
    if any(name.startswith("BAT") for name in _names(host, POWER)):
        return True
    chassis = _text(host, CHASSIS).strip()
    return chassis in PORTABLE_CHASSIS if chassis else None


def _secure_boot(host: Host) -> bool | None:
    try:
        value = host.read(SECURE_BOOT)
    except Failed:
        return None
    return value[4] == 1 if len(value) == 5 else None


def _screen_lock(host: Host) -> bool | None:
    """As the desktop of the user who runs this is set; root's own says nothing about theirs."""
    desktop = (host.getenv("XDG_CURRENT_DESKTOP") or "").upper()
    if host.is_root():
        return None
    if "KDE" in desktop:
        lines = _text(host, f"{host.getenv('HOME') or ''}/{KDE_LOCK}").lower().split()
        return "autolock=false" not in lines
    if "GNOME" not in desktop or host.which("gsettings") is None:
        return None
    key = ("org.gnome.desktop.screensaver", "lock-enabled")
    try:
        said = host.run("gsettings", "get", *key, timeout_s=GSETTINGS_TIMEOUT_S)
    except Failed:
        return None
    return {"true": True, "false": False}.get(said.text().strip())


def _password_free(host: Host) -> bool:
    return any(
        _says(line.replace(" ", "").lower(), setting)
        for path, setting in AUTOMATIC_LOGIN.items()
        for line in _text(host, path).splitlines()
    )


def _says(line: str, setting: str) -> bool:
    """A setting without a value here is made by any value."""
    if setting.endswith("="):
        return line.startswith(setting) and line != setting
    return line == setting


def _clamav(host: Host, running: set[str]) -> tuple[Antivirus, ...] | None:
    """Only where it watches: most Linux devices have no virus protection, and need none."""
    if not running.intersection(CLAMAV):
        return None
    for path in CLAMAV_DATA:
        try:
            fields = host.read(path, CLAMAV_HEADER).decode("ascii", "replace").split(":")
            built = datetime.fromtimestamp(int(fields[-1].strip()), UTC)
        except (Failed, ValueError, OverflowError, OSError):
            continue
        return (Antivirus(name="ClamAV", on=True, updated=built),)
    return (Antivirus(name="ClamAV", on=True),)


def _text(host: Host, path: str) -> str:
    try:
        return host.read(path).decode("utf-8", "replace")
    except Failed:
        return ""


def _names(host: Host, path: str) -> tuple[str, ...]:
    try:
        return host.listdir(path)
    except Failed:
        return ()


def _is_there(host: Host, path: str) -> bool:
    try:
        return host.stat(path) is not None
    except Failed:
        return False
