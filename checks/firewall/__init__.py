"""`device.firewall`: is it on, and does a rule of it stop the app or a host that login needs?

Its rules are looked at only where an endpoint could not be connected to.
"""

from __future__ import annotations

from checks.endpoint.facts import EndpointFact
from checks.firewall.collect import collect
from checks.firewall.facts import FirewallFact, Hit
from checks.firewall.rules import PROBLEMS, judge
from checks.gateway import GatewayFact
from diag.model import Check

__all__ = ["CHECK", "FirewallFact", "Hit"]

CHECK = Check(
    name="device.firewall",
    fact=FirewallFact,
    collect=collect,
    judge=judge,
    problems=PROBLEMS,
    needs=(GatewayFact, EndpointFact),
    timeout_s=4.0,
)
