"""What the network itself says of its portal: the Captive Portal API (RFC 8908).

Its address comes with the lease (RFC 8910: DHCP option 114, DHCPv6 option 103, router
advertisements), and is read where this device keeps it:

- NetworkManager over D-Bus: `Dhcp4Config.Options`, as `v4_captive_portal` or `default_url`
  (src/core/dhcp/nm-dhcp-options.c);
- systemd-networkd: `CAPTIVE_PORTAL=` in /run/systemd/netif/links/*
  (src/network/networkd-state-file.c);
- dhclient: `option default-url` or `v4-captive-portal` in its leases (dhclient.leases(5)).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from checks.web_page import elsewhere
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed, Failure, FreeText, PrivateHost
from diag.net import http, tcp, tls
from diag.net.resolve import Family, lookup

Source = Literal["networkmanager", "networkd", "dhclient"]

MEDIA_TYPE = "application/captive+json"
UNRESTRICTED = "urn:ietf:params:capport:unrestricted"
"""RFC 8910, section 2: there is no portal here."""

BODY_LIMIT = 16 << 10
BUS_S = 0.5
MOST_FILES = 20

NM = "org.freedesktop.NetworkManager"
NM_ROOT = "/org/freedesktop/NetworkManager"
NM_OPTIONS = ("v4_captive_portal", "default_url")
LINKS = "/run/systemd/netif/links"
LEASES = ("/var/lib/dhcp", "/var/lib/dhclient")
FAMILIES: tuple[Family, ...] = ("ipv4", "ipv6")

_LINK_LINE = re.compile(r"^CAPTIVE_PORTAL=(\S+)", re.MULTILINE)
_LEASE_LINE = re.compile(
    r'^\s*option (?:default-url|v4-captive-portal|captive-portal|unknown-114) "([^"\n]+)"',
    re.MULTILINE,
)


class PortalApi(Struct, frozen=True, kw_only=True):
    """What the API said; `failure`: it gave no answer that RFC 8908 knows.

    portal_*: the page for the user, without its query.
    """

    source: Source
    captive: bool | None = None
    portal_scheme: Literal["http", "https"] | None = None
    portal_host: PrivateHost | None = None
    portal_path: FreeText | None = None
    seconds_left: float | None = None
    bytes_left: float | None = None
    failure: Failure | None = None


class _State(Struct):
    captive: bool
    user_portal_url: str | None = msgspec.field(name="user-portal-url", default=None)
    seconds_remaining: float | None = msgspec.field(name="seconds-remaining", default=None)
    bytes_remaining: float | None = msgspec.field(name="bytes-remaining", default=None)


def portal_api(host: Host, deadline: Deadline) -> PortalApi | None:
    """Asks the API if this network announced one."""
    announced = announced_api(host)
    if announced is None:
        return None
    source, url = announced
    try:
        return _answer(source, ask(host, url, deadline))
    except Failed as failed:
        return PortalApi(source=source, failure=failed.failure)


# --- where it is ---


def announced_api(host: Host) -> tuple[Source, str] | None:
    """Who keeps the address, and the address."""
    if host.family != "linux":
        return None
    found: list[tuple[Source, str | None]] = [
        ("networkmanager", _from_network_manager(host)),
        ("networkd", _from_files(host, LINKS, _LINK_LINE)),
    ]
    found += [("dhclient", _from_files(host, place, _LEASE_LINE)) for place in LEASES]
    return next(((source, url) for source, url in found if url and url != UNRESTRICTED), None)


def _from_network_manager(host: Host) -> str | None:
    try:
        line = _property(host, NM_ROOT, NM, "PrimaryConnection")
        lease = _property(host, line, f"{NM}.Connection.Active", "Dhcp4Config")
        options = _property(host, lease, f"{NM}.DHCP4Config", "Options")
    except Failed:
        return None
    if not isinstance(options, Mapping):
        return None
    values = (options.get(name) for name in NM_OPTIONS)
    return next((value for value in values if isinstance(value, str) and value), None)


def _property(host: Host, path: object, interface: str, name: str) -> object:
    if not isinstance(path, str) or path == "/":
        raise Failed("tool_missing", f"dbus {interface}")
    body = host.dbus(
        "system", NM, path, "org.freedesktop.DBus.Properties", "Get", "ss", (interface, name), BUS_S
    )
    if len(body) != 1:
        raise Failed("unparsable", f"dbus {interface}")
    return body[0]


def _from_files(host: Host, place: str, line: re.Pattern[str]) -> str | None:
    """The last one of the newest file that has one: a file of leases grows at its end."""
    try:
        names = host.listdir(place)[:MOST_FILES]
    except Failed:
        return None
    found = []
    for name in names:
        path = f"{place}/{name}"
        try:
            text = host.read(path).decode("utf-8", errors="replace")
            stat = host.stat(path)
        except Failed:
            continue
        if (matches := line.findall(text)) and stat is not None:
            found.append((stat.modified, str(matches[-1])))
    return max(found)[1] if found else None


# --- what it says ---


def ask(host: Host, url: str, deadline: Deadline) -> _State:
    """One GET over verified TLS (RFC 8908, section 4); nothing is followed. Raises Failed."""
    try:
        parts = urlsplit(url)
        name, port = parts.hostname or "", parts.port or 443
    except ValueError:
        raise Failed("unparsable", "portal API", "its address") from None
    if parts.scheme != "https" or not name:
        raise Failed("unparsable", "portal API", "its address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connected = _connect(host, name, port, deadline)
    if connected.sock is None:
        raise Failed("unreachable", "portal API", connected.outcome)
    secured = tls.handshake(connected.sock, name, deadline)
    if secured.sock is None:
        raise Failed("refused", "portal API", secured.outcome)
    with secured.sock as sock:
        answer = http.request(
            sock, parts.netloc, path, deadline, headers={"Accept": MEDIA_TYPE}, limit=BODY_LIMIT
        )
    if answer.outcome != "ok" or answer.status != 200:
        raise Failed("refused", "portal API", f"{answer.outcome} {answer.status}")
    try:
        return msgspec.json.decode(answer.body, type=_State)
    except msgspec.DecodeError:
        raise Failed("unparsable", "portal API", "its answer") from None


def _connect(host: Host, name: str, port: int, deadline: Deadline) -> tcp.TcpResult:
    result = tcp.TcpResult("unreachable", 0.0)
    for family in FAMILIES:
        for address in lookup(host, name, family, deadline).addresses[:1]:
            result = tcp.connect(host, address, port, deadline)
            if result.sock is not None:
                return result
    return result


def _answer(source: Source, state: _State) -> PortalApi:
    page = elsewhere("", state.user_portal_url)
    return PortalApi(
        source=source,
        captive=state.captive,
        portal_scheme=page.scheme if page else None,
        portal_host=page.host if page else None,
        portal_path=page.path if page else None,
        seconds_left=state.seconds_remaining,
        bytes_left=state.bytes_remaining,
    )
