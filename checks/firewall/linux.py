"""The packet filter of Linux. Only root sees its rules; whether ufw or firewalld is on, everybody:
their own rules (/etc/ufw/user.rules, /etc/firewalld) are root's to read, too.
"""

from __future__ import annotations

from collections.abc import Sequence

from checks.firewall import iptables
from checks.firewall.facts import Hit, Maker
from checks.firewall.nftables import Ruleset
from checks.firewall.packet import Packet, Ruled, ruled
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

TOOL_TIMEOUT_S = 1.5
LEGACY = {"ipv4": "/proc/net/ip_tables_names", "ipv6": "/proc/net/ip6_tables_names"}
"""Name the tables of the older iptables, which nftables knows nothing of."""
SAVE = {"ipv4": "iptables-save", "ipv6": "ip6tables-save"}

IPTABLES_OWN = ("ip filter ", "ip6 filter ")
"""How nftables names the table that iptables keeps there; in iptables' own words it says more."""

UFW = "/etc/ufw/ufw.conf"
FIREWALLD = "/sys/fs/cgroup/system.slice/firewalld.service"
"""There while systemd runs it (cgroup v2)."""

Targets = Sequence[tuple[str, Packet]]
"""Endpoints by id, with a packet to each of their addresses."""


def state(host: Host) -> bool | None:
    """None if neither is here, or another program may have set rules: that says root alone."""
    try:
        if host.stat(FIREWALLD) is not None:
            return True
        lines = host.read(UFW).decode("utf-8", "replace").lower().split()
    except Failed:
        return None
    return True if "enabled=yes" in lines else False if "enabled=no" in lines else None


def hits(host: Host, targets: Targets, deadline: Deadline) -> tuple[Hit, ...]:
    """The rules that stop these packets. Raises Failed: needs_admin, tool_missing, unparsable."""
    if not host.is_root():
        raise Failed("needs_admin", "read the packet filter")
    found: dict[tuple[str, str], Hit] = {}
    nftables = _nftables(host, deadline)
    if nftables is not None:
        for endpoint, packet in targets:
            said = ruled(nftables.chains, nftables.starts(packet), packet)
            if said.fate == "blocked":
                found[endpoint, packet.address] = _hit(endpoint, packet, "nftables", said)
    for family, tool in SAVE.items():
        ours = [(each, packet) for each, packet in targets if packet.family == family]
        named = any(hit.rule.startswith(IPTABLES_OWN) for hit in found.values())
        if ours and (nftables is None or nftables.foreign or named or _has_legacy(host, family)):
            chains = iptables.parse(_run(host, deadline, tool))
            for endpoint, packet in ours:
                said = ruled(chains, [iptables.START] if chains else [], packet)
                if said.fate == "blocked":
                    found[endpoint, packet.address] = _hit(endpoint, packet, "iptables", said)
    return tuple(found.values())


def _nftables(host: Host, deadline: Deadline) -> Ruleset | None:
    if host.which("nft") is None:
        return None
    return Ruleset(_run(host, deadline, "nft", "--json", "list", "ruleset").encode())


def _has_legacy(host: Host, family: str) -> bool:
    try:
        return bool(host.read(LEGACY[family]).strip())
    except Failed:
        return False


def _run(host: Host, deadline: Deadline, tool: str, *args: str) -> str:
    done = host.run(tool, *args, timeout_s=deadline.within(TOOL_TIMEOUT_S).remaining())
    if done.returncode != 0:
        raise Failed("denied", f"run {tool}", done.stderr.decode("utf-8", "replace")[:200])
    return done.text()


def _hit(endpoint: str, packet: Packet, maker: Maker, said: Ruled) -> Hit:
    """ufw and firewalld write rules of their own, by which one knows them."""
    if "ufw" in said.rule:
        maker = "ufw"
    elif "firewalld" in said.rule:
        maker = "firewalld"
    return Hit(
        endpoint=endpoint,
        address=packet.address,
        port=packet.port,
        maker=maker,
        rule=said.rule,
        chain=said.chain,
    )
