"""`endpoint`: do the hosts that login needs answer, layer by layer, and as they should?"""

from __future__ import annotations

from checks.address import AddressFact
from checks.endpoint.describe import describe
from checks.endpoint.facts import EndpointFact
from checks.endpoint.probe import collect
from checks.endpoint.problems import PROBLEMS
from checks.endpoint.rules import judge
from checks.proxy import ProxyFact
from diag.model import Check

__all__ = ["CHECK", "EndpointFact"]

CHECK = Check(
    name="endpoint",
    fact=EndpointFact,
    collect=collect,
    judge=judge,
    describe=describe,
    problems=PROBLEMS,
    needs=(AddressFact, ProxyFact),
    uses_network=True,
    timeout_s=6.5,
)
