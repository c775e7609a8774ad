"""The proxy of GNOME and of the desktops that share its setting."""

from __future__ import annotations

import ast

from checks.proxy.servers import ProxyScheme, ProxyServer, Settings
from diag.host import Host
from diag.model import Failed

GSETTINGS_SCHEMA = "org.gnome.system.proxy"
GSETTINGS_TIMEOUT_S = 2.0


def from_desktop(host: Host) -> Settings:
    """GNOME's setting, read with its own tool (schema org.gnome.system.proxy).

    Without the tool or the schema there is no such setting on this device. It is each user's own:
    as root (a system service) it is not known. Raises Failed.
    """
    if host.is_root() and host.which("gsettings"):
        raise Failed("needs_user", "read the desktop's proxy")
    try:
        listed = host.run(
            "gsettings", "list-recursively", GSETTINGS_SCHEMA, timeout_s=GSETTINGS_TIMEOUT_S
        )
    except Failed as failed:
        if failed.failure.code == "tool_missing":
            return Settings()
        raise
    if listed.returncode != 0:
        return Settings()
    return parse_gsettings(listed.text())


def parse_gsettings(listed: str) -> Settings:
    """Lines `SCHEMA KEY VALUE`, the value as GVariant text."""
    values: dict[str, object] = {}
    for line in listed.splitlines():
        schema, _, rest = line.partition(" ")
        key, _, value = rest.partition(" ")
        values[f"{schema.removeprefix(GSETTINGS_SCHEMA)}.{key}".lstrip(".")] = _gvariant(value)
    mode = values.get("mode")
    if mode == "auto":
        return Settings(source="pac", pac=True)
    if mode != "manual":
        return Settings()
    socks = _manual(values, "socks", "socks")
    https = _manual(values, "https", "http") or socks
    http = _manual(values, "http", "http") or socks
    if https is None and http is None:
        return Settings()
    ignored = values.get("ignore-hosts")
    hosts = ignored if isinstance(ignored, list) else []
    return Settings(
        source="settings", https=https, http=http, no_proxy=tuple(str(each) for each in hosts)
    )


def _manual(values: dict[str, object], group: str, scheme: ProxyScheme) -> ProxyServer | None:
    host = values.get(f"{group}.host")
    port = values.get(f"{group}.port")
    if not isinstance(host, str) or not host or not isinstance(port, int) or not port:
        return None
    if group == "http" and values.get("http.use-authentication") is True:
        return ProxyServer(
            scheme=scheme,
            host=host,
            port=port,
            user=str(values.get("http.authentication-user") or ""),
            password=str(values.get("http.authentication-password") or ""),
        )
    return ProxyServer(scheme=scheme, host=host, port=port)


def _gvariant(text: str) -> object:
    """Strings, numbers, booleans and lists of them, as GVariant writes them; else None."""
    text = text.removeprefix("@as ")
    if text in ("true", "false"):
        return text == "true"
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    return value
