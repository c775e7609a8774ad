"""Which proxy the programs of this device are told to use.

On Linux the environment first, as curl and most programs read it; then the desktop's setting (GNOME
and what shares its schema), as browsers read it. On Windows and macOS the system's own setting,
which apps and browsers follow; the environment only where that cannot be read. Of a PAC file the
system is asked what it says, where it can be asked.
"""

from __future__ import annotations

import re

from checks.proxy.gnome import from_desktop
from checks.proxy.script import follow_script
from checks.proxy.servers import ProxyServer, Settings, WebScheme, parse_proxy
from diag.host import Host
from diag.model import Failed

VARIABLES: dict[WebScheme, tuple[str, ...]] = {
    "https": ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
    "http": ("http_proxy", "all_proxy", "ALL_PROXY"),
}
"""In the order in which curl looks. HTTP_PROXY does not count: a CGI request could set it."""
NO_PROXY_VARIABLES = ("no_proxy", "NO_PROXY")

SCRIPT_TIMEOUT_S = 1.5


def read_settings(host: Host) -> Settings:
    """What programs are told to use on this device.

    Raises Failed where the environment says nothing and the system's own setting cannot be read.
    """
    environment = from_environment(host)
    if host.family in ("windows", "macos"):
        try:
            return _of_system(host)
        except Failed:
            if environment.source == "none":
                raise
            return environment
    try:
        desktop = from_desktop(host)
    except Failed:
        if environment.source == "none":
            raise
        return environment
    if environment.source == "none":
        return desktop
    return Settings(
        source="env",
        https=environment.https,
        http=environment.http,
        no_proxy=environment.no_proxy,
        pac=desktop.pac,
        unreadable=environment.unreadable,
    )


def server_for(host: Host, settings: Settings, url: str) -> ProxyServer | None:
    """The proxy for this URL by these settings, a script among them; None: connect directly.

    Raises Failed if the system can be asked about its script and does not say.
    """
    if not settings.pac_url:
        return settings.server_for(url)
    return follow_script(host, settings.pac_url, url, SCRIPT_TIMEOUT_S)


def _of_system(host: Host) -> Settings:
    if host.family == "windows":
        from checks.proxy.windows import read
    else:
        from checks.proxy.macos import read
    return read(host)


def from_environment(host: Host) -> Settings:
    values = {scheme: _first(host, names) for scheme, names in VARIABLES.items()}
    servers = {scheme: parse_proxy(value) for scheme, value in values.items() if value}
    if not servers:
        return Settings()
    return Settings(
        source="env",
        https=servers.get("https"),
        http=servers.get("http"),
        no_proxy=tuple(filter(None, re.split(r"[,\s]+", _first(host, NO_PROXY_VARIABLES)))),
        unreadable=None in servers.values(),
    )


def _first(host: Host, names: tuple[str, ...]) -> str:
    return next((value.strip() for name in names if (value := host.getenv(name))), "")
