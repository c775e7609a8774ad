"""What can be wrong with a Wi-Fi: risks, and a signal too weak to carry anything."""

from __future__ import annotations

from checks.remedies import USE_MOBILE_LINE
from diag.model import Layer, Problem, Remedy

NO_PASSWORD_HERE = Remedy(code="wifi.no_password_here", minutes=1)
ROUTER_ENCRYPTION = Remedy(code="wifi.router_encryption", who="network_owner", minutes=15)
MOVE_CLOSER = Remedy(code="wifi.move_closer", minutes=2)

PUBLIC = Problem(
    code="wifi.public",
    severity="warning",
    where="network",
    layer=Layer.WIFI,
    explains=("wifi.open",),
    remedies=(USE_MOBILE_LINE, NO_PASSWORD_HERE),
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

PROBLEMS = (PUBLIC, OPEN, WEAK_ENCRYPTION, WEAK_SIGNAL)
