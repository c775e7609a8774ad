"""Which name servers this device is told to ask; here as Linux has them (resolv.conf(5),
systemd-resolved(8))."""

from __future__ import annotations

from diag.host import Host
from diag.model import Failed
from diag.net.addresses import is_address

RESOLV_CONF = "/etc/resolv.conf"
RESOLVED_UPSTREAM = "/run/systemd/resolve/resolv.conf"
RESOLVED_STUBS = frozenset({"127.0.0.53", "127.0.0.54"})
"""Where systemd-resolved listens; the servers that it asks in turn stand in its own file."""
MOST_SERVERS = 6
"""The libc itself looks at three; the stub's own ones come on top."""


def configured_servers(host: Host) -> tuple[str, ...]:
    """Addresses of the configured name servers in order, behind a stub also those that it asks.

    Empty if none is configured. Raises Failed: unsupported on other systems, denied, and what the
    system's own tool fails with.
    """
    return tuple(dict.fromkeys(_of_system(host)))[:MOST_SERVERS]


def _of_system(host: Host) -> tuple[str, ...]:
    if host.family == "windows":
        from checks.dns import windows

        return windows.servers(host)
    if host.family == "macos":
        from checks.dns import macos

        return macos.servers(host)
    if host.family != "linux":
        raise Failed("unsupported", "read name servers")
    servers = name_servers(_text(host, RESOLV_CONF))
    if RESOLVED_STUBS.intersection(servers):
        servers += name_servers(_text(host, RESOLVED_UPSTREAM))
    return servers


def _text(host: Host, path: str) -> str:
    try:
        return host.read(path).decode("utf-8", errors="replace")
    except Failed as failed:
        if failed.failure.code == "tool_missing":
            return ""
        raise


def name_servers(resolv_conf: str) -> tuple[str, ...]:
    """The addresses of its `nameserver` lines; what is no address is left out, as libc does."""
    found = []
    for line in resolv_conf.splitlines():
        words = line.split()
        if len(words) >= 2 and words[0] == "nameserver" and is_address(words[1]):
            found.append(words[1])
    return tuple(found)
