"""Whether the login page itself was met, as it should be, by a host that proved who it is."""

from __future__ import annotations

from checks.endpoint.facts import AddressProbe, EndpointFact
from diag.model import View


def recognised_login_host(view: View) -> str | None:
    """The host whose login page came up and was recognised by the profile's `expect_body`.

    A healthy answer alone is not enough: any page at all answers with 200.
    """
    fact = view.find(EndpointFact)
    if fact is None:
        return None
    login = {each.id for each in view.profile.endpoint if each.role == "login"}
    for endpoint in fact.endpoints:
        if endpoint.id in login and any(map(_recognised, endpoint.probes())):
            return endpoint.host
    return None


def _recognised(probe: AddressProbe) -> bool:
    return (
        probe.verified
        and probe.healthy
        and probe.http is not None
        and probe.http.recognised is True
    )
