"""Hosts to which programs connect past the proxy, as each system writes them."""

from __future__ import annotations

import fnmatch
import ipaddress
import re


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
