"""What lets the app's own addresses past a rule, and nothing else: one command for each chain."""

from __future__ import annotations

from collections.abc import Iterable

from checks.firewall.facts import Hit

IPTABLES = {"ipv4": "iptables", "ipv6": "ip6tables"}
FIELD = {"ipv4": "ip", "ipv6": "ip6"}


def commands(hits: Iterable[Hit]) -> list[str]:
    """For an administrator's terminal on Linux; they hold until the next start, except ufw's.

    firewalld keeps its tables to itself, and other systems have windows for it.
    """
    found: list[str] = []
    together: dict[tuple[str, str, str, int], list[str]] = {}
    for hit in hits:
        family = "ipv6" if ":" in hit.address else "ipv4"
        together.setdefault((hit.maker, hit.chain, family, hit.port), []).append(hit.address)
    for (maker, chain, family, port), all_addresses in sorted(together.items()):
        addresses = sorted(set(all_addresses))
        if maker == "nftables":
            said = addresses[0] if len(addresses) == 1 else f"{{ {', '.join(addresses)} }}"
            where = f"{FIELD[family]} daddr {said} tcp dport {port}"
            found.append(f"nft insert rule {chain} {where} accept")
        elif maker == "iptables":
            where = f"-d {','.join(addresses)} -p tcp --dport {port}"
            found.append(f"{IPTABLES[family]} -I {chain} {where} -j ACCEPT")
        elif maker == "ufw":
            found += [
                f"ufw prepend allow out to {address} port {port} proto tcp" for address in addresses
            ]
    return found
