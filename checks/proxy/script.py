"""A PAC file, followed by the system itself, and lists of proxies as Windows writes them."""

from __future__ import annotations

import re

from checks.proxy.servers import ProxyServer, WebScheme, parse_proxy
from diag.host import Host
from diag.model import Failed


def follow_script(host: Host, script: str, url: str, timeout_s: float) -> ProxyServer | None:
    """What the system itself makes of a PAC file. Raises Failed."""
    servers, unreadable = parse_servers(host.proxy_script(script, url, timeout_s))
    if unreadable:
        raise Failed("unparsable", "follow the proxy script")
    return servers.get("http" if url.startswith("http:") else "https")


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
