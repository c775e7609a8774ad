"""Names of servers that stand in a browser's settings."""

from __future__ import annotations

from urllib.parse import urlsplit

from diag.net.addresses import is_address, scope


def own_server(url: object) -> str | None:
    """The host of a server for names, from its address or template (RFC 8484)."""
    if not isinstance(url, str) or not url:
        return None
    try:
        return urlsplit(url.partition("{")[0]).hostname
    except ValueError:
        return None


def loopback(name: str | None) -> bool:
    """Whether that is this device itself."""
    if not name:
        return False
    return name == "localhost" or (is_address(name) and scope(name) == "loopback")
