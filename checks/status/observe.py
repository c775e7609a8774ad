"""Asking the status page, and working out the profile's planned windows."""

from __future__ import annotations

from checks.status.asking import Asker, Unreachable
from checks.status.maintenance import Slot, slots
from checks.status.normal import PageStatus, Reading
from checks.status.said import said
from diag.app_profile import StatusPage
from diag.host import Host
from diag.model import Context, Fact, Failed, Failure

HAND_IN_S = 0.3
"""Room to hand in what is known before the deadline."""

SLOTS_KEPT = 2
"""The window that runs or comes next, and the one after that."""


class StatusFact(Fact, frozen=True, kw_only=True):
    """What the vendor says of its service, and what it planned.

    At most one of `page` (what it says), `unreachable` (it gave no document) and `unreadable` (it
    gave one that says nothing we understand) is there; none without a page in the profile.
    """

    page: PageStatus | None = None
    unreachable: Unreachable | None = None
    unreadable: Failure | None = None
    planned: tuple[Slot, ...] = ()
    """Planned windows that have not ended: the one that runs now or comes next, and its next."""
    plan_unreadable: Failure | None = None


def collect(host: Host, context: Context) -> StatusFact:
    status_page = context.profile.status_page
    if status_page is None or not (status_page.url or status_page.maintenance):
        raise Failed("not_configured", "status_page")
    planned: tuple[Slot, ...] = ()
    plan_unreadable = None
    try:
        planned = slots(status_page.maintenance, host.now())[:SLOTS_KEPT]
    except ValueError as error:
        failed = Failed("unparsable", "status_page.maintenance", str(error))
        plan_unreadable = failed.failure
    if status_page.url is None:
        if plan_unreadable is not None:
            raise failed
        return StatusFact(planned=planned)
    asked = _ask(host, context, status_page, status_page.url)
    return StatusFact(
        page=asked if isinstance(asked, PageStatus) else None,
        unreachable=asked if isinstance(asked, Unreachable) else None,
        unreadable=asked if isinstance(asked, Failure) else None,
        planned=planned,
        plan_unreadable=plan_unreadable,
    )


def _ask(
    host: Host, context: Context, status_page: StatusPage, url: str
) -> PageStatus | Unreachable | Failure:
    key = f"status_page {url}"
    asker = Asker(host, context, url, context.deadline.sooner(HAND_IN_S))
    answer, found_out = asker.ask(status_page.kind, context.memory.recall(key))
    if not isinstance(answer, Reading):
        return answer
    if found_out:
        context.memory.keep(key, answer.adapter)
    return said(answer, status_page.components, host.now())
