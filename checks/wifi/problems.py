"""What can be wrong with a Wi-Fi: risks, and a signal too weak to carry anything."""

from __future__ import annotations

from msgspec import structs

from checks.remedies import USE_MOBILE_LINE
from diag.model import Blame, Finding, Layer, Problem, Remedy, RemedyContext


def is_interfered_with(context: RemedyContext) -> bool:
    """Somebody in between was seen at work, not only possible."""
    return context.finding.args.get("interfered") is not None


def is_free_of_interference(context: RemedyContext) -> bool:
    return not is_interfered_with(context)


def may_be_ones_own(context: RemedyContext) -> bool:
    """The signs are few, and nobody but the user knows."""
    return context.finding.confidence == "possible" and not is_interfered_with(context)


def has_joined_it(context: RemedyContext) -> bool:
    """The doubtful one itself, not one of the same name beside it."""
    return context.finding.args.get("which") == "joined"


def has_likely_joined_it(context: RemedyContext) -> bool:
    return has_joined_it(context) and context.finding.confidence != "possible"


def location_is_withheld(context: RemedyContext) -> bool:
    return context.finding.args.get("withheld") == "location"


def _is_likely(cause: Finding, effect: Finding) -> bool:
    del effect
    return cause.confidence != "possible"


LEAVE_NOW = Remedy(code="wifi.leave_now", minutes=2, risk="low", applies=has_likely_joined_it)
USE_MOBILE_IF_JOINED = structs.replace(USE_MOBILE_LINE, applies=has_joined_it)
ASK_WHICH = Remedy(code="wifi.ask_which", minutes=3)
LEAVE_IF_INTERFERED = Remedy(
    code="wifi.leave_now", minutes=2, risk="low", applies=is_interfered_with
)
NO_PASSWORD_HERE = Remedy(code="wifi.no_password_here", minutes=1, applies=is_free_of_interference)
NO_AUTO_JOIN = Remedy(code="wifi.no_auto_join", minutes=1)
TRUST = Remedy(code="wifi.trust", minutes=1, applies=may_be_ones_own)
ROUTER_ENCRYPTION = Remedy(code="wifi.router_encryption", who="network_owner", minutes=15)
MOVE_CLOSER = Remedy(code="wifi.move_closer", minutes=2)
LOOK_YOURSELF = Remedy(code="wifi.look_yourself", minutes=1)
ALLOW_LOCATION = Remedy(code="wifi.allow_location", minutes=1, applies=location_is_withheld)

EXPLAINED_BY_A_TWIN = (
    *("dns.hijacked", "tls.intercepted", "tls.untrusted", "tls.wrong_host"),
    *("wifi.public", "wifi.open"),
)

EVIL_TWIN = Problem(
    code="wifi.evil_twin",
    severity="warning",
    where="network",
    layer=Layer.WIFI,
    explains=tuple(Blame(code, _is_likely) for code in EXPLAINED_BY_A_TWIN),
    remedies=(LEAVE_NOW, ASK_WHICH, USE_MOBILE_IF_JOINED, NO_AUTO_JOIN),
)

PUBLIC = Problem(
    code="wifi.public",
    severity="warning",
    where="network",
    layer=Layer.WIFI,
    explains=("wifi.open",),
    remedies=(LEAVE_IF_INTERFERED, USE_MOBILE_LINE, NO_PASSWORD_HERE, NO_AUTO_JOIN, TRUST),
)

OPEN = Problem(
    code="wifi.open",
    severity="warning",
    where="network",
    layer=Layer.WIFI,
    remedies=(USE_MOBILE_LINE, NO_PASSWORD_HERE, ROUTER_ENCRYPTION),
)

WEAK_ENCRYPTION = Problem(
    code="wifi.weak_encryption",
    severity="warning",
    where="network",
    layer=Layer.WIFI,
    remedies=(ROUTER_ENCRYPTION, USE_MOBILE_LINE),
)

WEAK_SIGNAL = Problem(
    code="wifi.weak_signal",
    severity="warning",
    where="network",
    layer=Layer.WIFI,
    explains=("gateway.unreachable",),
    remedies=(MOVE_CLOSER, USE_MOBILE_LINE),
)

WITHHELD = Problem(
    code="wifi.withheld",
    severity="info",
    where="device",
    layer=Layer.WIFI,
    remedies=(LOOK_YOURSELF, ALLOW_LOCATION),
)

PROBLEMS = (EVIL_TWIN, PUBLIC, OPEN, WEAK_ENCRYPTION, WEAK_SIGNAL, WITHHELD)
