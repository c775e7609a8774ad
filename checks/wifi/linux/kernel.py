"""What the kernel and systemd-networkd leave in files: which devices are Wi-Fi, the lease, the
router's hardware address. Read in-process; nothing is started for it.
"""

from __future__ import annotations

from checks.gateway.system import plain_mac
from checks.gateway.tables import parse_ipv4
from checks.wifi.address import ANDROID_METERED, interface_of, prefix_from_mask, prefix_of
from checks.wifi.facts import Lease
from checks.wifi.known import is_public_domain
from diag.host import Host
from diag.model import Failed

NET = "/sys/class/net"
LEASES = "/run/systemd/netif/leases"
"""By interface index; systemd writes them for everybody to read (sd-dhcp-lease)."""
ATF_COM = 0x02
"""Flag of /proc/net/arp: the entry is complete (<linux/if_arp.h>)."""


def wifi_devices(host: Host) -> tuple[str, ...] | None:
    """Names of the devices with a radio (cfg80211 links them to it); None: cannot be told."""
    try:
        names = host.listdir(NET)
        return tuple(name for name in names if host.stat(f"{NET}/{name}/phy80211") is not None)
    except Failed:
        return None


def router_mac(host: Host, interface: str) -> str | None:
    """Of the IPv4 router by which this interface leads out, if the kernel has talked to it."""
    try:
        routes = parse_ipv4(host.read("/proc/net/route").decode("ascii", "replace"))
        lines = host.read("/proc/net/arp").decode("ascii", "replace").splitlines()[1:]
    except Failed:
        return None
    gateways = {route.gateway for route in routes if route.interface == interface}
    for line in lines:
        fields = line.split()
        if len(fields) < 6 or fields[5] != interface or fields[0] not in gateways:
            continue
        if fields[2].startswith("0x") and int(fields[2], 16) & ATF_COM:
            return plain_mac(fields[3]) or None
    return None


def lease(host: Host, interface: str) -> Lease | None:
    """What systemd-networkd was lent, else the network's size alone."""
    try:
        index = host.read(f"{NET}/{interface}/ifindex").decode("ascii", "replace").strip()
        text = host.read(f"{LEASES}/{index}").decode("utf-8", "replace")
    except Failed:
        prefix = prefix_of(interface_of(host, interface))
        return None if prefix is None else Lease(prefix=prefix)
    fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    return lease_from(
        fields.get("NETMASK", ""),
        fields.get("LIFETIME", ""),
        fields.get("DOMAINNAME", ""),
        _hex(fields.get("VENDOR_SPECIFIC", "")),
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
