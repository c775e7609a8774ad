"""What the page and the windows of a profile were taken to say, for its author."""

from __future__ import annotations

from collections.abc import Iterator

from checks.status.observe import StatusFact
from diag.model import Args, Understood


def describe(fact: StatusFact) -> Iterator[Understood]:
    page = fact.page
    if page is not None:
        read: Args = {"adapter": page.adapter, "state": page.state, "listed": page.listed or None}
        yield Understood(key="page", args=read, well=page.state != "unknown")
        if page.named:
            yield Understood(key="parts", args={"names": [each.name for each in page.components]})
        for each in page.maintenances:
            times: Args = {
                "name": each.name,
                "start": each.start.isoformat() if each.start else None,
                "end": each.end.isoformat() if each.end else None,
            }
            yield Understood(key="announced", args=times)
    if fact.unreadable is not None:
        seen: Args = {"seen": fact.unreadable.detail or None, "reason": fact.unreadable.code}
        yield Understood(key="unreadable", args=seen, well=False)
    if fact.unreachable is not None:
        ended: Args = {"reason": fact.unreachable.code, "status": fact.unreachable.http_status}
        yield Understood(key="unreachable", args=ended, well=False)
    for slot in fact.planned:
        window: Args = {"start": slot.start.isoformat(), "end": slot.end.isoformat()}
        yield Understood(key="planned", args=window)
