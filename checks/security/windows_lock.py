r"""Windows: whether anything ever asks for the password again, as the registry tells every user.

Three things may ask: waking up, a screen saver that is set to, and a limit of inactivity. What a
policy sets goes before what the user has set. Windows comes with the first one switched on, so a
device whose registry holds nothing of all this asks.

Sources (learn.microsoft.com): the policies "Require a password when a computer wakes"
(ADMX_Power, on unless disabled), "Interactive logon: Machine inactivity limit", "Password protect
the screen saver" (ControlPanelDisplay) and "Allow users to select when a password is required when
resuming from connected standby" (CredentialProviders).
"""

from __future__ import annotations

from checks.os.windows.registry import NOTHING, key
from diag.host import Host, RegistryKey
from diag.model import Failed

LIMITS = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System"
DESKTOP = r"HKCU\Control Panel\Desktop"
DESKTOP_POLICY = r"HKCU\Software\Policies\Microsoft\Windows\Control Panel\Desktop"

CONSOLE_LOCK = "0e796bdb-100d-47d6-a2d5-f7d2daa51f51"
"""The power setting `CONSOLELOCK`: 1 asks after sleep, 0 does not."""
WAKE_POLICY = rf"HKLM\SOFTWARE\Policies\Microsoft\Power\PowerSettings\{CONSOLE_LOCK}"
SCHEMES = r"HKLM\SYSTEM\CurrentControlSet\Control\Power\User\PowerSchemes"
"""Below it a key for each plan, with what differs from that plan's defaults."""
NO_SUBGROUP = "fea3413e-7e05-4911-9a71-700331f1c294"
"""What `powercfg` calls settings of no group; their keys stand right below the plan's."""
ASKS_BY_DEFAULT = 1
NEVER = 0xFFFFFFFF
"""`DelayLockInterval`: seconds that one may be away on a device with modern standby."""


def asks_again(host: Host, portable: bool | None) -> bool | None:
    """False only where all of it has been switched off; None if a part may not be read."""
    try:
        return _limited(host) or _saver(host) or _on_wake(host, portable)
    except Failed:
        return None


def _limited(host: Host) -> bool:
    return bool(_key(host, LIMITS).number("InactivityTimeoutSecs"))


def _saver(host: Host) -> bool:
    """Whether a program is chosen for it is no matter: newer Windows locks without one, too."""
    policy, own = _key(host, DESKTOP_POLICY), _key(host, DESKTOP)

    def said(name: str) -> str:
        return _written(policy, name) or _written(own, name)

    return said("ScreenSaverIsSecure") == "1" and said("ScreenSaveActive") != "0"


def _on_wake(host: Host, portable: bool | None) -> bool:
    """What never runs on battery has no use for that half of the setting."""
    away = _key(host, DESKTOP).number("DelayLockInterval")
    if away is not None and away != NEVER:
        return True
    policy, plan = _key(host, WAKE_POLICY), _plan(host)

    def asks(name: str) -> bool:
        for held in (policy, *plan):
            value = held.number(name)
            if value is not None:
                return value != 0
        return bool(ASKS_BY_DEFAULT)

    return asks("ACSettingIndex") or (portable is not False and asks("DCSettingIndex"))


def _plan(host: Host) -> tuple[RegistryKey, ...]:
    active = _key(host, SCHEMES).text("ActivePowerScheme")
    if not active:
        return ()
    plan = rf"{SCHEMES}\{active}"
    paths = (rf"{plan}\{CONSOLE_LOCK}", rf"{plan}\{NO_SUBGROUP}\{CONSOLE_LOCK}")
    return tuple(_key(host, path) for path in paths)


def _key(host: Host, path: str) -> RegistryKey:
    """Raises Failed if it may not be read."""
    return key(host, path) or NOTHING


def _written(held: RegistryKey, name: str) -> str:
    """Text by the documents; some write a number."""
    value = held.number(name)
    return held.text(name) if value is None else str(value)
