"""The name servers that macOS is told to ask: `scutil --dns`, which no language translates.

Of its resolvers those count that serve all names: one with a `domain` serves that alone (a VPN's,
or the local network's), and those for scoped queries serve programs that chose an interface.
"""

from __future__ import annotations

import re

from diag.host import Host
from diag.model import Failed
from diag.net.addresses import is_address

TOOL_TIMEOUT_S = 2.0

START = "DNS configuration"
NOTHING = "No DNS configuration available"
OTHERS = re.compile(r"^DNS configuration \(", re.MULTILINE)
RESOLVER = re.compile(r"^resolver #\d+$", re.MULTILINE)
DOMAIN = re.compile(r"^\s*domain\s*:", re.MULTILINE)
SERVER = re.compile(r"^\s*nameserver\[\d+\]\s*:\s*(\S+)", re.MULTILINE)


def servers(host: Host) -> tuple[str, ...]:
    """Raises Failed if `scutil` cannot be asked."""
    text = host.run("scutil", "--dns", timeout_s=TOOL_TIMEOUT_S).text()
    if text.strip() == NOTHING:
        return ()
    if not text.lstrip().startswith(START):
        raise Failed("unparsable", "run scutil", text[:200])
    return parse(text)


def parse(text: str) -> tuple[str, ...]:
    for_all = OTHERS.split(text, maxsplit=1)[0]
    return tuple(
        address
        for resolver in RESOLVER.split(for_all)[1:]
        if not DOMAIN.search(resolver)
        for address in SERVER.findall(resolver)
        if is_address(address)
    )
