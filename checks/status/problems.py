"""What a status page or a planned maintenance window can say is wrong.

`service.maintenance` and `service.degraded` are declared here, once. The endpoint check sees the
same two with its own eyes (a page that says so, a service that answers slowly): it yields findings
with these codes and declares them not again.
"""

from __future__ import annotations

from checks.remedies import CONTACT_SUPPORT, WAIT, WAIT_UNTIL
from diag.model import Blame, Finding, Layer, Problem, Remedy, RemedyContext


def _has_page(context: RemedyContext) -> bool:
    page = context.view.profile.status_page
    return page is not None and page.url is not None


def _merely_possible(_: Finding, effect: Finding) -> bool:
    """One silent host looks blocked or down alike; a page that says down settles it."""
    return effect.confidence == "possible"


FOLLOW_STATUS_PAGE = Remedy(code="service.follow_status", minutes=1, applies=_has_page)

_SILENCE = (
    "endpoint.unreachable",
    "service.error",
    "service.unresponsive",
    Blame("firewall.host_blocked", _merely_possible),
)

MAINTENANCE = Problem(
    code="service.maintenance",
    severity="problem",
    where="service",
    layer=Layer.SERVICE,
    explains=(
        *_SILENCE,
        "service.busy",
        "service.rejects_client",
        "service.degraded",
    ),
    remedies=(WAIT_UNTIL, WAIT, FOLLOW_STATUS_PAGE),
)

OUTAGE = Problem(
    code="service.outage",
    severity="problem",
    where="service",
    layer=Layer.SERVICE,
    explains=(*_SILENCE, "service.busy", "service.degraded"),
    remedies=(WAIT_UNTIL, WAIT, FOLLOW_STATUS_PAGE, CONTACT_SUPPORT),
)

DEGRADED = Problem(
    code="service.degraded",
    severity="warning",
    where="service",
    layer=Layer.SERVICE,
    remedies=(FOLLOW_STATUS_PAGE, WAIT),
)

PLANNED = Problem(
    code="service.maintenance_planned",
    severity="info",
    where="service",
    layer=Layer.SERVICE,
    remedies=(FOLLOW_STATUS_PAGE, WAIT),
)

ELSEWHERE = Problem(
    code="service.trouble_elsewhere",
    severity="info",
    where="service",
    layer=Layer.SERVICE,
    remedies=(FOLLOW_STATUS_PAGE,),
)

PAGE_BEHIND = Problem(
    code="status_page.behind",
    severity="info",
    where="service",
    layer=Layer.SERVICE,
    explained_by=("service.error", "service.busy"),
    remedies=(FOLLOW_STATUS_PAGE,),
)

PAGE_UNAVAILABLE = Problem(
    code="status_page.unavailable",
    severity="info",
    where="service",
    layer=Layer.SERVICE,
    explained_by=(
        "internet.down",
        "dns.unreachable",
        "dns.failing",
        "captive_portal.signin",
        "firewall.port_blocked",
        "proxy.unreachable",
        "proxy.auth_required",
        "proxy.pac_unevaluated",
        "clock.wrong",
        "clock.timezone",
        "tls.intercepted",
    ),
    remedies=(FOLLOW_STATUS_PAGE,),
)
