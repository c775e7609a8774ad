r"""The proxy of Windows, as its settings and what asks WinINET or WinHTTP's defaults see it.

It belongs to the user, unless a policy gives all users of the device one
(`ProxySettingsPerUser` = 0; learn.microsoft.com, "Internet Settings" policies).
"""

from __future__ import annotations

import re

from checks.proxy.script import parse_servers
from checks.proxy.servers import Settings
from diag.host import Host, RegistryKey
from diag.model import Failed

PLACE = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
OF_USER = rf"HKCU\{PLACE}"
OF_DEVICE = rf"HKLM\{PLACE}"
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings"


def read(host: Host) -> Settings:
    """Raises Failed where the registry cannot be read."""
    key = _key(host, OF_DEVICE if _one_for_all(host) else OF_USER)
    pac_url = key.text("AutoConfigURL")
    if pac_url:
        return Settings(source="pac", pac=True, pac_url=pac_url)
    if not key.number("ProxyEnable"):
        return Settings()
    servers, unreadable = parse_servers(key.text("ProxyServer"))
    if not servers and not unreadable:
        return Settings()
    return Settings(
        source="settings",
        https=servers.get("https"),
        http=servers.get("http"),
        no_proxy=tuple(filter(None, re.split(r"[;,\s]+", key.text("ProxyOverride")))),
        exceptions="wildcards",
        unreadable=unreadable,
    )


def _one_for_all(host: Host) -> bool:
    return _key(host, POLICY).number("ProxySettingsPerUser") == 0


def _key(host: Host, path: str) -> RegistryKey:
    try:
        return host.registry(path)
    except Failed as failed:
        if failed.failure.code == "tool_missing":
            return RegistryKey()
        raise
