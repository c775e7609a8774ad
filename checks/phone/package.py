"""What `dumpsys package` says of one app.

The first block below `Packages:` counts: an app that came with the phone stands once more below
`Hidden system packages:`, with the version it was sold with. A block ends where the indent does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from msgspec import Struct

from checks.phone.facts import Granted, Permission, PhoneApp, Source

OWNER = 0
"""The number of the phone's first user."""
MISSING = "Unable to find package"
USER = re.compile(r"User (\d{1,9}):")
VERSION = re.compile(r"[\w.,+\-()\[\]/:#~ ]{1,64}")
PERMISSION = re.compile(r"([\w.]+): granted=(true|false)(?:, flags=\[([^\]]*)\])?")
PLAY = "com.android.vending"
FILE = (
    "com.google.android.packageinstaller",
    "com.android.packageinstaller",
    "com.android.shell",
    "com.samsung.android.packageinstaller",
    "com.miui.packageinstaller",
)
DISABLED = ("2", "3", "4")
"""PackageManager.COMPONENT_ENABLED_STATE_DISABLED, _DISABLED_USER, _DISABLED_UNTIL_USED."""
DECIDED = frozenset({"USER_SET", "USER_FIXED", "POLICY_FIXED", "AUTO_REVOKED"})
"""Flags of a permission that somebody has refused, or Android after long disuse."""
NOTIFICATIONS_ARE_RUNTIME = 33
"""SDK of Android 13; before, only the app-op says whether an app may notify."""

NEEDED: dict[Permission, tuple[str, ...]] = {
    "camera": ("CAMERA",),
    "microphone": ("RECORD_AUDIO",),
    "location": ("ACCESS_FINE_LOCATION", "ACCESS_COARSE_LOCATION"),
    "notifications": ("POST_NOTIFICATIONS",),
    "contacts": ("READ_CONTACTS",),
    "photos": ("READ_MEDIA_IMAGES", "READ_MEDIA_VISUAL_USER_SELECTED", "READ_EXTERNAL_STORAGE"),
    "bluetooth": ("BLUETOOTH_CONNECT", "BLUETOOTH_SCAN"),
    "phone": ("READ_PHONE_STATE", "READ_PHONE_NUMBERS", "CALL_PHONE"),
}
"""Any one of them will do (developer.android.com, Manifest.permission)."""


class Ops(Struct, frozen=True, kw_only=True):
    """What other commands said of the app: whether it may notify and work unseen."""

    notifications: str = ""
    background: str = ""
    bucket: str = ""
    denied_uids: str = ""


class _Runtime(Struct, frozen=True):
    granted: bool
    flags: frozenset[str]


def app(
    text: str, package: str, needs: Iterable[str], sdk: int | None, ops: Ops
) -> PhoneApp | None:
    """The app; None if the answer is in no known form."""
    block = list(_block(text, package))
    if not block:
        missing = MISSING in text or (f"Package [{package}]" not in text and "Packages:" in text)
        return PhoneApp(installed=False) if missing else None
    users = _users(block)
    number = _whose(users)
    user = users.get(number)
    if user is not None and not _has_it(user):
        return PhoneApp(installed=False)
    if number != OWNER:
        ops = Ops()  # the other commands answered for the owner
    runtime = _runtime(user if user is not None else block)
    state = _word(user[0], "enabled") if user is not None else None
    suspended = _word(user[0], "suspended") if user is not None else None
    uid = _first(block, "userId") or _first(block, "appId")
    return PhoneApp(
        installed=True,
        version=_version(_first(block, "versionName")),
        version_code=_number(_first(block, "versionCode")),
        source=_source(block),
        enabled=None if state is None else state not in DISABLED,
        suspended=None if suspended is None else suspended == "true",
        permissions=tuple(
            _granted(name, block, runtime, sdk, ops) for name in NEEDED if name in set(needs)
        ),
        bucket=_number(ops.bucket.strip()),
        background=op(ops.background, "RUN_ANY_IN_BACKGROUND"),
        background_data=_background_data(ops.denied_uids, _number(uid)),
    )


def op(text: str, name: str) -> bool | None:
    """Whether an app-op is allowed: `NAME: ignore; time=...`, or `Default mode: allow`."""
    modes = re.findall(rf"^(?:Uid mode: )?(?:{name}|Default mode): (\w+)", text, re.MULTILINE)
    if not modes:
        return None
    return not any(mode in ("ignore", "deny") for mode in modes)


def _block(text: str, package: str) -> Iterator[str]:
    """The lines of the app's first block, from its headline on."""
    inside = False
    _, _, below = text.partition("\nPackages:")
    for line in (below or text).splitlines():
        stripped = line.strip()
        if stripped.startswith(f"Package [{package}] "):
            if inside:
                return
            inside = True
        elif inside and stripped and len(line) - len(line.lstrip()) <= 2:
            return
        if inside:
            yield line


def _users(block: list[str]) -> dict[int, list[str]]:
    """What stands below each `User N:`, that line first. Android 14 and later print the owner's
    line twice: the first one says most.
    """
    found: dict[int, list[str]] = {}
    lines: list[str] | None = None
    for line in block:
        stripped = line.strip()
        told = USER.match(stripped)
        if told is not None:
            lines = found.setdefault(int(told.group(1)), [])
        if lines is not None:
            lines.append(stripped)
    return found


def _whose(users: dict[int, list[str]]) -> int:
    """The owner, unless only another one has it: a work profile, a private space, a second user."""
    have_it = [number for number, lines in users.items() if _has_it(lines)]
    return OWNER if OWNER in have_it or not have_it else min(have_it)


def _has_it(user: list[str]) -> bool:
    return _word(user[0], "installed") != "false"


def _runtime(lines: Iterable[str]) -> dict[str, _Runtime]:
    found: dict[str, _Runtime] = {}
    inside = False
    for line in lines:
        stripped = line.strip()
        if stripped == "runtime permissions:":
            inside = True
            continue
        told = PERMISSION.match(stripped)
        if inside and told is None:
            inside = False
        elif inside and told is not None:
            flags = frozenset(re.split(r"[ |]+", (told.group(3) or "").strip()))
            name = told.group(1).removeprefix("android.permission.")
            found[name] = _Runtime(told.group(2) == "true", flags)
    return found


def _granted(
    name: Permission, block: list[str], runtime: dict[str, _Runtime], sdk: int | None, ops: Ops
) -> Granted:
    if name == "notifications" and (sdk is None or sdk < NOTIFICATIONS_ARE_RUNTIME):
        allowed = op(ops.notifications, "POST_NOTIFICATION")
        if allowed is None:
            return Granted(name=name, state="not_asked")
        return Granted(name=name, state="granted" if allowed else "denied")
    told = [runtime[each] for each in NEEDED[name] if each in runtime]
    if any(each.granted for each in told):
        return Granted(name=name, state="granted")
    if any(each.flags & DECIDED for each in told):
        return Granted(name=name, state="denied")
    wanted = {line.strip().partition(":")[0].partition(",")[0] for line in block}
    asks = told or any(f"android.permission.{each}" in wanted for each in NEEDED[name])
    return Granted(name=name, state="not_asked" if asks else "not_wanted")


def _source(block: list[str]) -> Source:
    flags = next((line for line in block if line.strip().startswith("pkgFlags=")), "")
    if re.search(r"\bSYSTEM\b", flags):
        return "preinstalled"
    installer = _first(block, "installerPackageName")
    if installer == PLAY:
        return "play"
    if installer in FILE or installer == "null":
        return "file"
    if installer is None:
        return "unknown"
    return "other_store"


def _background_data(text: str, uid: int | None) -> bool | None:
    label, colon, uids = text.partition("UIDs:")
    if uid is None or not colon or not label.startswith("Restrict background"):
        return None
    return str(uid) not in uids.split()


def _first(block: Iterable[str], key: str) -> str | None:
    """The value of the first `key=value`, up to the next word; a version's name is a line."""
    for line in block:
        stripped = line.strip()
        if stripped.startswith(f"{key}="):
            value = stripped.removeprefix(f"{key}=")
            return value if key == "versionName" else value.partition(" ")[0]
    return None


def _word(line: str, key: str) -> str | None:
    found = re.search(rf"\b{key}=(\S+)", line)
    return found.group(1) if found else None


def _version(text: str | None) -> str | None:
    if text is None or text == "null":
        return None
    narrow = unicodedata.normalize("NFKC", text).strip()
    return narrow if VERSION.fullmatch(narrow) else None


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,18}", text) else None
