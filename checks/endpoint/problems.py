"""What can be wrong between this device and the hosts that login needs, and with them.

`endpoint.unresolved` and `endpoint.unreachable` are symptoms: they stand alone only where nothing
lower explains them. `service.maintenance` and `service.degraded` are declared by the status check.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from checks.remedies import (
    ASK_AT_WORK,
    ASK_NETWORK_OWNER,
    ASK_PROVIDER,
    CONTACT_SUPPORT,
    RESTART_ROUTER,
    TRY_ON_PHONE,
    USE_MOBILE_LINE,
    WAIT,
    on_unmanaged_device,
)
from diag.model import Blame, Finding, Layer, Problem, Remedy, RemedyContext

_PATH = (
    "link.down",
    "address.missing",
    "route.missing",
    "gateway.unreachable",
    "internet.down",
    "captive_portal.signin",
    "proxy.unreachable",
    "proxy.auth_required",
    "proxy.pac_unevaluated",
)
_NAMES = ("dns.unreachable", "dns.failing")


def _on_the_way(context: RemedyContext) -> bool:
    """Nothing of this device's own does it: another line, or another device, fares differently."""
    args = context.finding.args
    return args.get("firewall") is None and args.get("product") is None


def _own_rule(context: RemedyContext) -> bool:
    return context.finding.args.get("firewall") is not None


def _own_filter(context: RemedyContext) -> bool:
    """A program of one's own; an employer's is theirs to set."""
    kind = context.finding.args.get("product_kind")
    return kind not in (None, "company") and on_unmanaged_device(context)


OTHER_LINE = replace(USE_MOBILE_LINE, applies=_on_the_way)
OWNER = replace(ASK_NETWORK_OWNER, applies=_on_the_way)
ALLOW_HOST = Remedy(code="firewall.allow_host", minutes=5, risk="low", applies=_own_rule)
EXEMPT_APP = Remedy(code="tls.exempt_app", minutes=5, risk="low", applies=_own_filter)
NOT_THROUGH_HERE = Remedy(code="tls.do_not_continue", minutes=1)
LEAVE_TO_ADMIN = Remedy(code="tls.ask_admin", who="admin", minutes=15)
OPEN_IN_BROWSER = Remedy(code="service.open_in_browser", minutes=2)
PAUSE_RELAY = Remedy(code="service.pause_relay", minutes=2, applies=on_unmanaged_device)
WAIT_A_LITTLE = Remedy(code="service.wait_a_little", minutes=15)


def clock_explains(clock: Finding, certificate: Finding) -> bool:
    """Whether the certificate is valid at the time that it really is."""
    offset = clock.args.get("offset_s")
    not_before, not_after, checked_at = (
        certificate.args.get(key) for key in ("not_before", "not_after", "checked_at")
    )
    if not isinstance(offset, (int, float)):
        return False
    if not (
        isinstance(not_before, str) and isinstance(not_after, str) and isinstance(checked_at, str)
    ):
        return False
    true_time = datetime.fromisoformat(checked_at) - timedelta(seconds=offset)
    return datetime.fromisoformat(not_before) <= true_time <= datetime.fromisoformat(not_after)


UNRESOLVED = Problem(
    code="endpoint.unresolved",
    severity="problem",
    where="network",
    layer=Layer.DNS,
    explained_by=(*_PATH, *_NAMES, "dns.host_missing", "dns.slow"),
    remedies=(ASK_AT_WORK, USE_MOBILE_LINE, RESTART_ROUTER, ASK_NETWORK_OWNER),
)

UNREACHABLE = Problem(
    code="endpoint.unreachable",
    severity="problem",
    where="network",
    layer=Layer.FIREWALL,
    explained_by=(
        *_PATH,
        "ipv6.broken",
        "ipv4.broken",
        "firewall.port_blocked",
        "firewall.host_blocked",
        "service.unresponsive",
    ),
    remedies=(ASK_AT_WORK, TRY_ON_PHONE, USE_MOBILE_LINE, RESTART_ROUTER, ASK_PROVIDER),
)

PORT_BLOCKED = Problem(
    code="firewall.port_blocked",
    severity="problem",
    where="network",
    layer=Layer.FIREWALL,
    blocking=True,
    explained_by=("captive_portal.signin", "internet.down"),
    remedies=(ALLOW_HOST, OTHER_LINE, OWNER),
)

HOST_BLOCKED = Problem(
    code="firewall.host_blocked",
    severity="problem",
    where="network",
    layer=Layer.FIREWALL,
    rivals=("service.unresponsive",),
    explained_by=("captive_portal.signin", "firewall.port_blocked"),
    remedies=(ALLOW_HOST, TRY_ON_PHONE, OTHER_LINE, OWNER),
)

UNRESPONSIVE = Problem(
    code="service.unresponsive",
    severity="problem",
    where="service",
    layer=Layer.SERVICE,
    rivals=("firewall.host_blocked",),
    explained_by=("captive_portal.signin",),
    remedies=(TRY_ON_PHONE, CONTACT_SUPPORT, WAIT),
)

IPV6_BROKEN = Problem(
    code="ipv6.broken",
    severity="warning",
    where="network",
    layer=Layer.FAMILY,
    blocking=True,
    remedies=(ASK_AT_WORK, RESTART_ROUTER, ASK_PROVIDER),
)

IPV4_BROKEN = Problem(
    code="ipv4.broken",
    severity="warning",
    where="network",
    layer=Layer.FAMILY,
    blocking=True,
    remedies=(ASK_AT_WORK, RESTART_ROUTER, ASK_PROVIDER),
)

_BETWEEN = ("captive_portal.signin", "tls.intercepted")

EXPIRED = Problem(
    code="tls.expired",
    severity="problem",
    where="service",
    layer=Layer.TLS,
    explained_by=(
        *_BETWEEN,
        Blame("clock.wrong", clock_explains),
        Blame("clock.timezone", clock_explains),
    ),
    remedies=(TRY_ON_PHONE, CONTACT_SUPPORT, WAIT),
)

WRONG_HOST = Problem(
    code="tls.wrong_host",
    severity="problem",
    where="network",
    layer=Layer.TLS,
    explained_by=_BETWEEN,
    remedies=(USE_MOBILE_LINE, NOT_THROUGH_HERE, ASK_NETWORK_OWNER),
)

UNTRUSTED = Problem(
    code="tls.untrusted",
    severity="problem",
    where="network",
    layer=Layer.TLS,
    explained_by=_BETWEEN,
    remedies=(USE_MOBILE_LINE, NOT_THROUGH_HERE, ASK_NETWORK_OWNER),
)

CHAIN_INCOMPLETE = Problem(
    code="tls.chain_incomplete",
    severity="problem",
    where="service",
    layer=Layer.TLS,
    explained_by=_BETWEEN,
    remedies=(OPEN_IN_BROWSER, CONTACT_SUPPORT),
)

INTERCEPTED = Problem(
    code="tls.intercepted",
    severity="problem",
    where="network",
    layer=Layer.TLS,
    explained_by=("captive_portal.signin",),
    remedies=(EXEMPT_APP, OTHER_LINE, NOT_THROUGH_HERE, LEAVE_TO_ADMIN),
)

TOO_OLD = Problem(
    code="tls.too_old",
    severity="problem",
    where="service",
    layer=Layer.TLS,
    explained_by=_BETWEEN,
    remedies=(TRY_ON_PHONE, CONTACT_SUPPORT),
)

CLIENT_CERTIFICATE = Problem(
    code="tls.client_certificate_required",
    severity="problem",
    where="service",
    layer=Layer.TLS,
    explained_by=_BETWEEN,
    remedies=(OPEN_IN_BROWSER, CONTACT_SUPPORT),
)

ERROR = Problem(
    code="service.error",
    severity="problem",
    where="service",
    layer=Layer.SERVICE,
    explained_by=_BETWEEN,
    remedies=(WAIT, CONTACT_SUPPORT),
)

BUSY = Problem(
    code="service.busy",
    severity="problem",
    where="service",
    layer=Layer.SERVICE,
    explained_by=("captive_portal.signin",),
    remedies=(WAIT_A_LITTLE, CONTACT_SUPPORT),
)

REJECTS_CLIENT = Problem(
    code="service.rejects_client",
    severity="problem",
    where="service",
    layer=Layer.SERVICE,
    explained_by=("captive_portal.signin", "tls.intercepted"),
    remedies=(OPEN_IN_BROWSER, PAUSE_RELAY, USE_MOBILE_LINE, CONTACT_SUPPORT),
)

RATE_LIMITED = Problem(
    code="service.rate_limited",
    severity="problem",
    where="service",
    layer=Layer.SERVICE,
    explained_by=("captive_portal.signin",),
    remedies=(WAIT_A_LITTLE, CONTACT_SUPPORT),
)

PROBLEMS = (
    UNRESOLVED,
    UNREACHABLE,
    PORT_BLOCKED,
    HOST_BLOCKED,
    UNRESPONSIVE,
    IPV6_BROKEN,
    IPV4_BROKEN,
    EXPIRED,
    WRONG_HOST,
    UNTRUSTED,
    CHAIN_INCOMPLETE,
    INTERCEPTED,
    TOO_OLD,
    CLIENT_CERTIFICATE,
    ERROR,
    BUSY,
    REJECTS_CLIENT,
    RATE_LIMITED,
)
