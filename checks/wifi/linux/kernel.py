"""What the kernel and systemd-networkd leave in files: which devices are Wi-Fi, the lease, the
neighbours. Read in-process; nothing is started for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from checks.gateway.linux import ATF_COM
from checks.gateway.system import Entry, plain_mac
from checks.gateway.tables import parse_ipv4
from checks.wifi import neighbours
from checks.wifi.address import (
    ANDROID_METERED,
    age_of,
    interface_of,
    is_random,
    is_shared,
    prefix_from_mask,
    prefix_of,
)
from checks.wifi.facts import Lease, WifiFact
from checks.wifi.known import is_public_domain
from checks.wifi.neighbours import Around, Given, addresses_in
from diag.host import Host
from diag.model import Failed

NET = "/sys/class/net"
LEASES = "/run/systemd/netif/leases"
"""By interface index; systemd writes them for everybody to read (sd-dhcp-lease)."""
ATF_PERM = 0x04
"""Flag of /proc/net/arp: somebody wrote the entry down; nobody was seen (<linux/if_arp.h>)."""


def wifi_devices(host: Host) -> tuple[str, ...] | None:
    """Names of the devices with a radio (cfg80211 links them to it); None: cannot be told."""
    try:
        names = host.listdir(NET)
        return tuple(name for name in names if host.stat(f"{NET}/{name}/phy80211") is not None)
    except Failed:
        return None


def placed(host: Host, fact: WifiFact, interface: str) -> WifiFact:
    """The fact with what files say of the network that this interface is on."""
    given = _given(host, interface)
    near = around(host, interface, given.servers)
    return replace(
        fact,
        phone_addresses=is_shared(host, [interface]),
        random_mac=is_random(interface_of(host, interface)),
        lease=given.lease,
        router=near.router,
        others_seen=near.others_seen,
    )


def around(host: Host, interface: str, servers: tuple[str, ...] = ()) -> Around:
    """Who the kernel has talked to on this interface: IPv4, as /proc/net/arp has no other."""
    try:
        routes = parse_ipv4(host.read("/proc/net/route").decode("ascii", "replace"))
        lines = host.read("/proc/net/arp").decode("ascii", "replace").splitlines()[1:]
    except Failed:
        return Around()
    routers = [route.gateway for route in routes if route.interface == interface and route.gateway]
    known = tuple(_entries(lines, interface))
    return neighbours.around(known, routers, interface_of(host, interface), servers)


def _entries(lines: list[str], interface: str) -> Iterator[Entry]:
    """proc(5): address, hardware type, flags, hardware address, mask, device."""
    for line in lines:
        fields = line.split()
        if len(fields) < 6 or fields[5] != interface:
            continue
        try:
            flags = int(fields[2], 16)
        except ValueError:
            continue
        mac = plain_mac(fields[3])
        if mac and flags & (ATF_COM | ATF_PERM) == ATF_COM:
            yield Entry(fields[0], mac)


def _given(host: Host, interface: str) -> Given:
    """What systemd-networkd was lent, else the network's size alone."""
    try:
        index = host.read(f"{NET}/{interface}/ifindex").decode("ascii", "replace").strip()
        path = f"{LEASES}/{index}"
        text = host.read(path).decode("utf-8", "replace")
        written = host.stat(path)
    except Failed:
        prefix = prefix_of(interface_of(host, interface))
        return Given(lease=None if prefix is None else Lease(prefix=prefix))
    fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    lease = lease_from(
        fields.get("NETMASK", ""),
        fields.get("LIFETIME", ""),
        fields.get("DOMAINNAME", ""),
        _hex(fields.get("VENDOR_SPECIFIC", "")),
    )
    return Given(
        lease=replace(
            lease, held_s=age_of(host, written.modified.timestamp() if written else None)
        ),
        servers=addresses_in(fields.get("SERVER_ADDRESS", ""), fields.get("DNS", "")),
    )


def lease_from(mask: str, seconds: str, domain: str, vendor: bytes = b"") -> Lease:
    return Lease(
        prefix=prefix_from_mask(mask),
        seconds=int(seconds) if seconds.isascii() and seconds.isdigit() else None,
        phone=ANDROID_METERED in vendor,
        public_domain=is_public_domain(domain),
    )


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
