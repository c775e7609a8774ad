"""Which proxy the programs of this device are told to use.

On Linux the environment first, as curl and most programs read it; then the desktop's setting (GNOME
and what shares its schema), as browsers read it. On Windows and macOS the system's own setting,
which apps and browsers follow; the environment only where that cannot be read. Of a PAC file the
system is asked what it says, where it can be asked.
"""

from __future__ import annotations

import ast
import fnmatch
import ipaddress
import re
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

from msgspec import Struct

from diag.host import Host
from diag.model import Failed

Source = Literal["none", "env", "settings", "pac"]
ProxyScheme = Literal["http", "https", "socks"]
WebScheme = Literal["https", "http"]
Exceptions = Literal["domains", "wildcards"]
"""How exceptions are written: as in NO_PROXY, or as Windows and macOS have them."""

DEFAULT_PORTS: dict[ProxyScheme, int] = {"http": 80, "https": 443, "socks": 1080}
VARIABLES: dict[WebScheme, tuple[str, ...]] = {
    "https": ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
    "http": ("http_proxy", "all_proxy", "ALL_PROXY"),
}
"""In the order in which curl looks. HTTP_PROXY does not count: a CGI request could set it."""
NO_PROXY_VARIABLES = ("no_proxy", "NO_PROXY")

GSETTINGS_SCHEMA = "org.gnome.system.proxy"
GSETTINGS_TIMEOUT_S = 2.0
SCRIPT_TIMEOUT_S = 1.5


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
    from checks.proxy.script import follow_script

    return follow_script(host, settings.pac_url, url, SCRIPT_TIMEOUT_S)


def _of_system(host: Host) -> Settings:
    if host.family == "windows":
        from checks.proxy.windows import read
    else:
        from checks.proxy.macos import read
    return read(host)


# --- environment ----------------------------------------------------------------------------------


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


# --- desktop --------------------------------------------------------------------------------------


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


# --- exceptions -----------------------------------------------------------------------------------


def bypasses(hostname: str, patterns: tuple[str, ...]) -> bool:
    """Whether NO_PROXY and the like exempt this host.

    `*` is every host; a domain, with or without a leading dot or `*.`, is itself and everything
    below it; an address or a network in CIDR form is itself. Ports are cut off.
    """
    return any(_matches(hostname.casefold().rstrip("."), pattern) for pattern in patterns)


def _matches(hostname: str, pattern: str) -> bool:
    pattern = pattern.strip().casefold()
    if pattern == "*":
        return True
    if not pattern or not hostname:
        return False
    if address := _address(hostname):
        network = _network(pattern) or _network(pattern.rpartition(":")[0])
        return network is not None and address in network
    domain = pattern.partition(":")[0].removeprefix("*").strip(".")
    return bool(domain) and (hostname == domain or hostname.endswith(f".{domain}"))


def bypasses_wildcards(hostname: str, patterns: tuple[str, ...]) -> bool:
    """Whether the exceptions of Windows or macOS exempt this host.

    `*` stands for anything anywhere; a name without it is that name alone; `<local>` is every name
    without a dot; a network in CIDR form may leave out its last zeros. Scheme and port are cut off.
    """
    plain = hostname.casefold().rstrip(".")
    return any(_matches_wildcards(plain, pattern.strip().casefold()) for pattern in patterns)


def _matches_wildcards(hostname: str, pattern: str) -> bool:
    if pattern == "<local>":
        return bool(hostname) and "." not in hostname and ":" not in hostname
    pattern = pattern.rpartition("://")[2]
    address, network = _address(hostname), _network(_full(pattern))
    if address is not None and network is not None:
        return address in network
    pattern = re.sub(r":\d+$", "", pattern) if pattern.count(":") < 2 else pattern.strip("[]")
    if pattern.startswith("."):
        pattern = f"*{pattern}"
    return bool(pattern) and fnmatch.fnmatchcase(hostname, pattern)


def _full(network: str) -> str:
    """`169.254/16` with all four numbers."""
    start, slash, bits = network.partition("/")
    if not slash or ":" in start or "*" in start:
        return network
    numbers = start.split(".")
    return f"{'.'.join(numbers + ['0'] * (4 - len(numbers)))}/{bits}"


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text.strip("[]"), strict=False)
    except ValueError:
        return None
