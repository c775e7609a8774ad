"""Asking the status page, and working out the profile's planned windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from checks.status.adapters import Adapter, for_kind
from checks.status.maintenance import Slot, slots
from checks.status.normal import PageStatus
from diag.app_profile import StatusPage
from diag.host import Host
from diag.model import Context, Fact, Failed, Failure, FailureCode, FreeText

if TYPE_CHECKING:
    from diag.net.documents import Document

HAND_IN_S = 0.3
"""Room to hand in what is known before the deadline."""

SLOTS_KEPT = 2
"""The window that runs or comes next, and the one after that."""

_NOT_REACHED: tuple[FailureCode, ...] = ("timeout", "refused", "unreachable", "denied")


class Unreachable(Struct, frozen=True, kw_only=True):
    """The page gave no document: how the attempt ended, and its HTTP status if it had one."""

    code: FailureCode
    http_status: int | None = None
    detail: FreeText = ""


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
    adapters = for_kind(status_page.kind)
    if not adapters:
        return Failure(code="unsupported", operation="status_page.kind", detail=status_page.kind)
    seen: PageStatus | Unreachable | Failure
    for adapter in adapters:
        seen = _ask_as(adapter, host, context, status_page, url)
        if isinstance(seen, PageStatus):
            break
    return seen


def _ask_as(
    adapter: Adapter, host: Host, context: Context, status_page: StatusPage, url: str
) -> PageStatus | Unreachable | Failure:
    from checks.proxy import proxy_for
    from diag.net import documents

    address = url.rstrip("/") + adapter.path
    proxy = proxy_for(host, context, address)
    try:
        document = documents.get(
            host,
            address,
            context.deadline.sooner(HAND_IN_S),
            proxy=proxy.url if proxy is not None else None,
        )
    except Failed as failed:
        failure = failed.failure
        if failure.code in _NOT_REACHED:
            return Unreachable(code=failure.code, detail=failure.detail)
        return failure
    if document.status >= 500 or document.status in (401, 403, 429):
        return Unreachable(code="refused", http_status=document.status)
    if document.status != 200:
        return _unreadable(adapter, f"HTTP {document.status} for {adapter.path}")
    if not document.complete:
        return _unreadable(adapter, "more than a summary can be")
    try:
        return adapter.read(document.body, status_page.components, host.now())
    except ValueError as error:
        return _unreadable(adapter, f"{_kind(document)}: {error}")


def _unreadable(adapter: Adapter, seen: str) -> Failure:
    return Failure(code="unparsable", operation=f"status_page.{adapter.name}", detail=seen)


def _kind(document: Document) -> str:
    """What came instead, in two words, for the one who mends the profile."""
    start = document.body[:200].lstrip().lower()
    return "a web page" if start.startswith((b"<!doctype html", b"<html")) else "not a summary"
