"""How the endpoints of a profile answered, for its author."""

from __future__ import annotations

from collections.abc import Iterator

from checks.endpoint.facts import EndpointFact
from diag.model import Args, Understood


def describe(fact: EndpointFact) -> Iterator[Understood]:
    for endpoint in fact.endpoints:
        answers = [each.http for each in endpoint.probes() if each.http and each.http.status]
        best = next((each for each in answers if each.healthy), answers[0] if answers else None)
        if best is None:
            yield Understood(key="silent", args={"id": endpoint.id}, well=False)
            continue
        told: Args = {"id": endpoint.id, "status": best.status, "page_title": best.title or None}
        if not best.healthy:
            yield Understood(key="other", args=told, well=False)
        elif best.recognised:
            yield Understood(key="recognised", args=told)
        else:
            yield Understood(key="answers", args=told)
