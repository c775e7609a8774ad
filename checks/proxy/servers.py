"""What a proxy is, and what is configured of it."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

from msgspec import Struct

from checks.proxy.exceptions import bypasses, bypasses_wildcards

Source = Literal["none", "env", "settings", "pac"]
ProxyScheme = Literal["http", "https", "socks"]
WebScheme = Literal["https", "http"]
Exceptions = Literal["domains", "wildcards"]
"""How exceptions are written: as in NO_PROXY, or as Windows and macOS have them."""

DEFAULT_PORTS: dict[ProxyScheme, int] = {"http": 80, "https": 443, "socks": 1080}


class ProxyServer(Struct, frozen=True, kw_only=True):
    """A proxy as one connects to it. Holds credentials, so it never stands in a fact."""

    scheme: ProxyScheme
    host: str
    port: int
    user: str | None = None
    password: str | None = None

    @property
    def url(self) -> str:
        """With the credentials, as a client library takes it."""
        login = ""
        if self.user is not None:
            login = f"{quote(self.user, safe='')}:{quote(self.password or '', safe='')}@"
        host = f"[{self.host}]" if ":" in self.host else self.host
        scheme = "socks5h" if self.scheme == "socks" else self.scheme
        return f"{scheme}://{login}{host}:{self.port}"

    @property
    def has_credentials(self) -> bool:
        return self.user is not None


class Settings(Struct, frozen=True, kw_only=True):
    """What is configured. `unreadable`: a setting is there that names no proxy one can read.

    pac: a script decides. pac_url: where it lies, if this system can be asked what it says.
    """

    source: Source = "none"
    https: ProxyServer | None = None
    http: ProxyServer | None = None
    no_proxy: tuple[str, ...] = ()
    exceptions: Exceptions = "domains"
    pac: bool = False
    pac_url: str = ""
    unreadable: bool = False

    def server_for(self, url: str) -> ProxyServer | None:
        """The proxy for this URL; None: programs connect directly."""
        parts = urlsplit(url)
        server = self.http if parts.scheme == "http" else self.https
        if server is None or self.bypasses(parts.hostname or ""):
            return None
        return server

    def bypasses(self, hostname: str) -> bool:
        """Whether programs connect directly to this host."""
        if self.exceptions == "wildcards":
            return bypasses_wildcards(hostname, self.no_proxy)
        return bypasses(hostname, self.no_proxy)


def parse_proxy(value: str) -> ProxyServer | None:
    """`http://user:secret@proxy.test:8080`, or without the scheme; None if it cannot be read."""
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        port = parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    kind: ProxyScheme
    if scheme == "http":
        kind = "http"
    elif scheme == "https":
        kind = "https"
    elif scheme.startswith("socks"):
        kind = "socks"
    else:
        return None
    if not parts.hostname or re.search(r"[\s/\\]", parts.hostname):
        return None
    return ProxyServer(
        scheme=kind,
        host=parts.hostname,
        port=port or DEFAULT_PORTS[kind],
        user=unquote(parts.username) if parts.username is not None else None,
        password=unquote(parts.password) if parts.password is not None else None,
    )
