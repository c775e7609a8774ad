r"""The name servers that Windows is told to ask, as the registry holds them.

A rule of the Name Resolution Policy Table for all names goes before every connection's own servers
([MS-GPNRPT]); group policy's rules make Windows ignore the local ones. Otherwise every connection
that is up has servers of its own: those typed in for the network it is on or for the connection,
else those that DHCP gave. What a router announces over IPv6 alone (RFC 8106) does not stand there.
"""

from __future__ import annotations

import ipaddress
import re

from checks.lines import software_made
from diag.host import Host, RegistryKey
from diag.model import Failed
from diag.net.addresses import is_address

SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
INTERFACES_IPV4 = rf"{SERVICES}\Tcpip\Parameters\Interfaces"
INTERFACES_IPV6 = rf"{SERVICES}\Tcpip6\Parameters\Interfaces"
CONNECTIONS = (
    r"HKLM\SYSTEM\CurrentControlSet\Control\Network\{4D36E972-E325-11CE-BFC1-08002BE10318}"
)
"""Where each interface's GUID has the name by which people know the connection."""
POLICIES = (
    r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\DNSClient\DnsPolicyConfig",
    rf"{SERVICES}\Dnscache\Parameters\DnsPolicyConfig",
)
ALL_NAMES = "."
TYPED_IN = ("ProfileNameServer", "NameServer")


def servers(host: Host) -> tuple[str, ...]:
    """Raises Failed where the registry or the interfaces cannot be read."""
    return _of_all_names(host) or _of_connections(host)


def _of_all_names(host: Host) -> tuple[str, ...]:
    for policy in POLICIES:
        rules = [_key(host, rf"{policy}\{name}") for name in _key(host, policy).subkeys]
        if rules:
            written = [r.text("GenericDNSServers") for r in rules if ALL_NAMES in _names(r)]
            return _addresses(" ".join(written))
    return ()


def _names(rule: RegistryKey) -> tuple[str, ...]:
    names = rule.values.get("Name")
    return names if isinstance(names, tuple) else (rule.text("Name"),)


def _of_connections(host: Host) -> tuple[str, ...]:
    in_use = {
        interface.name
        for interface in host.interfaces()
        if interface.up and not software_made(host.family, interface)
    }
    found: list[str] = []
    for guid in _key(host, INTERFACES_IPV4).subkeys:
        if _key(host, rf"{CONNECTIONS}\{guid.upper()}\Connection").text("Name") in in_use:
            ipv4 = _key(host, rf"{INTERFACES_IPV4}\{guid}")
            ipv6 = _key(host, rf"{INTERFACES_IPV6}\{guid}")
            found += _typed_in(ipv4) or _addresses(ipv4.text("DhcpNameServer"))
            found += _typed_in(ipv6) or _packed(ipv6.values.get("Dhcpv6DNSServers"))
    return tuple(found)


def _typed_in(interface: RegistryKey) -> tuple[str, ...]:
    return next(filter(None, (_addresses(interface.text(name)) for name in TYPED_IN)), ())


def _addresses(written: str) -> tuple[str, ...]:
    return tuple(each for each in re.split(r"[,;\s]+", written) if each and is_address(each))


def _packed(value: object) -> tuple[str, ...]:
    """Addresses of 16 bytes, one after the other."""
    if not isinstance(value, bytes):
        return ()
    whole = range(0, len(value) - len(value) % 16, 16)
    return tuple(str(ipaddress.IPv6Address(value[at : at + 16])) for at in whole)


def _key(host: Host, path: str) -> RegistryKey:
    """Empty if there is no such key."""
    try:
        return host.registry(path)
    except Failed as failed:
        if failed.failure.code == "tool_missing":
            return RegistryKey()
        raise
