"""Wi-Fi on Linux: from NetworkManager, else iwd, else wpa_supplicant, else the tool iw.

Whoever manages the Wi-Fi knows most of it. What runs none of them and has no Wi-Fi device has no
Wi-Fi, and that is a fact.
"""

from __future__ import annotations

from checks.wifi.facts import WifiFact
from checks.wifi.linux import iw, iwd, network_manager, wpa_supplicant
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

MANAGERS = (network_manager.collect, iwd.collect, wpa_supplicant.collect)


def collect(host: Host, deadline: Deadline) -> WifiFact:
    """Raises Failed if there is Wi-Fi and nobody tells of it: with the reason of the first who is
    there and refuses."""
    refused: Failed | None = None
    for ask in MANAGERS:
        try:
            fact = ask(host, deadline)
        except Failed as failed:
            if failed.failure.code != "tool_missing":
                refused = refused or failed
            continue
        if fact is not None:
            return fact
    try:
        return iw.collect(host, deadline)
    except Failed as failed:
        raise refused or failed from None
