"""The proxy of macOS: what `scutil --proxy` says of the network service in use.

It prints a dictionary of SCDynamicStoreCopyProxies (SCSchemaDefinitions.h), whose words nobody
translates. What stands below `__SCOPED__` holds for one interface each.
"""

from __future__ import annotations

import re

from checks.proxy.servers import ProxyScheme, ProxyServer, Settings
from diag.host import Host
from diag.model import Failed

TOOL_TIMEOUT_S = 2.0
LOCAL_NAMES = "<local>"

ENTRY = re.compile(r"\s*(\S+) : (.*)")


def read(host: Host) -> Settings:
    """Raises Failed if `scutil` cannot be asked."""
    done = host.run("scutil", "--proxy", timeout_s=TOOL_TIMEOUT_S)
    text = done.text()
    if "<dictionary> {" not in text:
        raise Failed("unparsable", "run scutil", text[:200])
    return parse_scutil(text)


def parse_scutil(text: str) -> Settings:
    values, exceptions = _read(text)
    if values.get("ProxyAutoConfigEnable") == "1":
        return Settings(source="pac", pac=True, pac_url=values.get("ProxyAutoConfigURLString", ""))
    if values.get("ProxyAutoDiscoveryEnable") == "1":
        return Settings(source="pac", pac=True)
    socks = _server(values, "SOCKS", "socks")
    https = _server(values, "HTTPS", "http") or socks
    http = _server(values, "HTTP", "http") or socks
    if https is None and http is None:
        return Settings()
    local = (LOCAL_NAMES,) if values.get("ExcludeSimpleHostnames") == "1" else ()
    return Settings(
        source="settings",
        https=https,
        http=http,
        no_proxy=(*exceptions, *local),
        exceptions="wildcards",
    )


def _read(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """The values of the outermost dictionary, and what its list of exceptions holds."""
    values: dict[str, str] = {}
    exceptions: list[str] = []
    below: list[str] = []
    for line in text.splitlines():
        if line.strip() == "}":
            del below[-1:]
            continue
        entry = ENTRY.match(line)
        key, value = (entry[1], entry[2].strip()) if entry else ("", line.strip())
        if value.endswith("> {"):
            below.append(key)
        elif entry and len(below) == 1:
            values[key] = value
        elif entry and below == ["", "ExceptionsList"]:
            exceptions += filter(None, re.split(r"[,\s]+", value))
    return values, tuple(exceptions)


def _server(values: dict[str, str], group: str, scheme: ProxyScheme) -> ProxyServer | None:
    """Passwords lie in the keychain, from which programs get them; they are not asked for here."""
    name, port = values.get(f"{group}Proxy"), values.get(f"{group}Port", "")
    if values.get(f"{group}Enable") != "1" or not name:
        return None
    if not port.isdecimal() or not 0 < int(port) < 65_536:
        return None
    return ProxyServer(scheme=scheme, host=name, port=int(port))
