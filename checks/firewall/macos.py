"""macOS: the firewall that one can switch on, for what comes in; and pf, which root alone sees."""

from __future__ import annotations

import re
from collections.abc import Sequence

from checks.firewall import pf
from checks.firewall.facts import Hit
from checks.firewall.packet import Packet
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

TOOL_TIMEOUT_S = 1.0
GLOBAL_STATE = re.compile(r"\(State = (\d)\)")
ENABLED = "Status: Enabled"
MOST_ANCHORS = 24


def state(host: Host) -> bool | None:
    """`Firewall is enabled. (State = 1)`; 2: it lets no connection in at all."""
    try:
        said = host.run("socketfilterfw", "--getglobalstate", timeout_s=TOOL_TIMEOUT_S).text()
    except Failed:
        return None
    found = GLOBAL_STATE.search(said)
    return found[1] != "0" if found else None


def hits(host: Host, targets: Sequence[tuple[str, Packet]], deadline: Deadline) -> tuple[Hit, ...]:
    """The rules that stop these packets. Raises Failed: needs_admin, tool_missing, denied."""
    if not host.is_root():
        raise Failed("needs_admin", "read the packet filter")
    if ENABLED not in _pfctl(host, deadline, "-s", "info"):
        return ()
    anchors = {"": pf.parse(_pfctl(host, deadline, "-s", "rules"))}
    if any(rule.action == "anchor" for rule in anchors[""]):
        for name in pf.names(_pfctl(host, deadline, "-v", "-s", "Anchors"))[:MOST_ANCHORS]:
            anchors[name] = pf.parse(_pfctl(host, deadline, "-a", name, "-s", "rules"))
    found = []
    for endpoint, packet in targets:
        said = pf.ruled(anchors, packet)
        if said.fate == "blocked":
            found.append(
                Hit(
                    endpoint=endpoint,
                    address=packet.address,
                    port=packet.port,
                    maker="pf",
                    rule=said.rule,
                )
            )
    return tuple(found)


def _pfctl(host: Host, deadline: Deadline, *args: str) -> str:
    done = host.run("pfctl", *args, timeout_s=deadline.within(TOOL_TIMEOUT_S).remaining())
    if done.returncode != 0:
        raise Failed("denied", "run pfctl", done.stderr.decode("utf-8", "replace")[:200])
    return done.text()
