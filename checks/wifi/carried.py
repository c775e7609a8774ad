"""Which line carries what the device sends, by the facts of a run."""

from __future__ import annotations

from checks.gateway.fact import GatewayFact
from checks.wifi.facts import WifiFact
from diag.model import View


def carries(fact: WifiFact, view: View) -> bool | None:
    """Whether this Wi-Fi does: as its source said, else by the interface of the default route."""
    if fact.carries_default is not None:
        return fact.carries_default
    gateway = view.find(GatewayFact)
    if gateway is None or not gateway.routes or gateway.vpn is not False:
        return None
    return any(route.interface == fact.interface for route in gateway.routes)


def is_covered(fact: WifiFact, view: View) -> bool:
    """Whether all that leaves goes through a VPN first."""
    gateway = view.find(GatewayFact)
    return fact.line == "vpn" or (gateway is not None and gateway.vpn is True)
