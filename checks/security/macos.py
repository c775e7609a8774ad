"""macOS: XProtect, Gatekeeper, FileVault, and whether somebody is logged in by itself."""

from __future__ import annotations

from checks.property_list import flag, plist_or_nothing
from checks.security.facts import Antivirus, SecurityFact
from diag.host import Host
from diag.model import Failed, Failure

TOOL_TIMEOUT_S = 1.0

XPROTECT = (
    "/private/var/protected/xprotect/XProtect.bundle/Contents/Info.plist",
    "/Library/Apple/System/Library/CoreServices/XProtect.bundle/Contents/Info.plist",
)
"""Since macOS 15 the first one is in use where it is there."""
LOGIN = "/Library/Preferences/com.apple.loginwindow.plist"
MANAGED_LOGIN = "/Library/Managed Preferences/com.apple.loginwindow.plist"
MANAGED_LOCK = "/Library/Managed Preferences/com.apple.screensaver.plist"
"""What an organisation prescribes; it goes before what the user has set."""

FILEVAULT = {"FileVault is On.": True, "FileVault is Off.": False}
"""The first line that `fdesetup status` says; what follows tells of work under way."""
ASSESSMENTS = {"assessments enabled": True, "assessments disabled": False}
"""What `spctl --status` says; not translated."""


def collect(host: Host) -> SecurityFact:
    encrypted: bool | None = None
    unseen: Failure | None = None
    try:
        encrypted = _first_line(host, FILEVAULT, "fdesetup", "status")
    except Failed as error:
        unseen = error.failure
    antivirus, antivirus_unseen = _antivirus(host)
    return SecurityFact(
        antivirus=antivirus,
        antivirus_unseen=antivirus_unseen,
        encrypted=encrypted,
        encryption_unseen=unseen,
        screen_lock=_screen_lock(host),
        password_free=_password_free(host),
    )


def _password_free(host: Host) -> bool:
    """`DisableAutoLoginClient` is the profile key that forbids it (device management, login)."""
    if flag(plist_or_nothing(host, MANAGED_LOGIN), "com.apple.login.mcx.DisableAutoLoginClient"):
        return False
    return bool(plist_or_nothing(host, LOGIN).get("autoLoginUser"))


def _antivirus(host: Host) -> tuple[tuple[Antivirus, ...] | None, Failure | None]:
    """Nobody can switch XProtect off; Gatekeeper, which asks it, one can."""
    try:
        on = _first_line(host, ASSESSMENTS, "spctl", "--status")
    except Failed as error:
        return None, error.failure
    updated = None
    for path in XPROTECT:
        try:
            stat = host.stat(path)
        except Failed:
            continue
        if stat is not None:
            updated = stat.modified
            break
    return (Antivirus(name="Gatekeeper and XProtect", on=on, updated=updated),), None


def _screen_lock(host: Host) -> bool | None:
    """`screenLock delay is immediate`, `screenLock delay is 300 seconds`; off: `screenLock is off`,
    or a delay of -1 seconds. Since macOS 10.13 the setting itself stands where only this tool
    reads it; `askForPassword` of the user's own preferences means nothing any more.
    """
    prescribed = flag(plist_or_nothing(host, MANAGED_LOCK), "askForPassword")
    if prescribed is not None:
        return prescribed
    try:
        said = host.run("sysadminctl", "-screenLock", "status", timeout_s=TOOL_TIMEOUT_S)
    except Failed:
        return None
    words = said.stdout + said.stderr
    if b"screenLock is off" in words or b"screenLock delay is -1" in words:
        return False
    return True if b"screenLock delay is" in words else None


def _first_line(host: Host, meanings: dict[str, bool], tool: str, *args: str) -> bool:
    said = host.run(tool, *args, timeout_s=TOOL_TIMEOUT_S)
    for line in (said.stdout + b"\n" + said.stderr).decode("utf-8", "replace").splitlines():
        if line.strip() in meanings:
            return meanings[line.strip()]
    raise Failed("unparsable", f"run {tool}", said.text()[:200])
