r"""The proxy of Windows, as its settings and what asks WinINET or WinHTTP's defaults see it.

It belongs to the user, unless a policy gives all users of the device one
(`ProxySettingsPerUser` = 0; learn.microsoft.com, "Internet Settings" policies).
"""

from __future__ import annotations

import re

from checks.proxy.settings import ProxyServer, Settings, WebScheme, parse_proxy
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


def follow_script(host: Host, script: str, url: str, timeout_s: float) -> ProxyServer | None:
    """What Windows itself makes of it. Raises Failed."""
    servers, unreadable = parse_servers(host.proxy_script(script, url, timeout_s))
    if unreadable:
        raise Failed("unparsable", "follow the proxy script")
    return servers.get("http" if url.startswith("http:") else "https")


def _one_for_all(host: Host) -> bool:
    return _key(host, POLICY).number("ProxySettingsPerUser") == 0


def _key(host: Host, path: str) -> RegistryKey:
    try:
        return host.registry(path)
    except Failed as failed:
        if failed.failure.code == "tool_missing":
            return RegistryKey()
        raise


def parse_servers(value: str) -> tuple[dict[WebScheme, ProxyServer], bool]:
    """`proxy:8080` for everything, or `http=proxy:8080;https=proxy:8443;socks=proxy:1080`; and
    whether something there names no proxy that one can read.

    Where there are entries by scheme, SOCKS serves those that have none of their own.
    """
    entries = [entry for entry in re.split(r"[;\s]+", value) if entry]
    named = {
        scheme.lower(): server for scheme, sign, server in map(_parted, entries) if sign and server
    }
    if not named:
        server = parse_proxy(entries[0]) if entries else None
        return ({"https": server, "http": server} if server else {}), bool(entries) and not server
    found: dict[WebScheme, ProxyServer] = {}
    unreadable = False
    schemes: tuple[WebScheme, ...] = ("https", "http")
    for scheme in schemes:
        written = named.get(scheme)
        if written is None and "socks" in named:
            written = f"socks://{named['socks'].rpartition('/')[2]}"
        server = parse_proxy(written) if written else None
        if server is not None:
            found[scheme] = server
        unreadable = unreadable or (written is not None and server is None)
    return found, unreadable


def _parted(entry: str) -> tuple[str, str, str]:
    return entry.partition("=")
