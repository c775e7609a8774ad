"""What can be wrong with the app on this device, and with asking the stores for its version."""

from __future__ import annotations

from collections.abc import Callable

from checks.remedies import on_unmanaged_device
from diag.model import Layer, Problem, Remedy, RemedyContext


def _has(name: str) -> Callable[[RemedyContext], bool]:
    return lambda context: context.finding.args.get(name) is not None


def _in_no_store(context: RemedyContext) -> bool:
    return not any(_has(name)(context) for name in ("in_store", "staged", "better"))


UPDATE_IN_STORE = Remedy(code="app.update_in_store", minutes=5, applies=_has("in_store"))
UPDATE = Remedy(code="app.update", minutes=5, applies=_in_no_store)
WAIT_FOR_UPDATE = Remedy(code="app.wait_for_update", minutes=1, applies=_has("staged"))
OPEN_NEWER = Remedy(code="app.open_newer", minutes=2, applies=_has("better"))
UPDATE_OS = Remedy(
    code="app.update_system", minutes=120, risk="medium", applies=on_unmanaged_device
)
FINISH_INSTALL = Remedy(code="app.finish_install", minutes=5)
INSTALL = Remedy(code="app.install", minutes=5)
USE_BROWSER = Remedy(code="app.use_another_way", minutes=2)
LOOK_IN_STORE = Remedy(code="app.look_in_store", minutes=2)

OUTDATED = Problem(
    code="app.outdated",
    severity="warning",
    where="device",
    layer=Layer.APP,
    remedies=(OPEN_NEWER, WAIT_FOR_UPDATE, UPDATE_IN_STORE, UPDATE),
    suspect=True,
)
OS_TOO_OLD = Problem(
    code="app.os_too_old",
    severity="warning",
    where="device",
    layer=Layer.APP,
    remedies=(USE_BROWSER, UPDATE_OS),
    suspect=True,
)
HALF_INSTALLED = Problem(
    code="app.half_installed",
    severity="warning",
    where="device",
    layer=Layer.APP,
    remedies=(FINISH_INSTALL, USE_BROWSER),
    suspect=True,
)
MISSING = Problem(
    code="app.missing",
    severity="warning",
    where="device",
    layer=Layer.APP,
    remedies=(USE_BROWSER, INSTALL),
)
STORE_UNAVAILABLE = Problem(
    code="store.unavailable",
    severity="info",
    where="service",
    layer=Layer.SERVICE,
    explained_by=(
        "internet.down",
        "internet.access_suspended",
        "vpn.kill_switch",
        "path.mtu_blackhole",
        "dns.unreachable",
        "dns.failing",
        "captive_portal.signin",
        "content_filter.blocked",
        "firewall.port_blocked",
        "proxy.unreachable",
        "proxy.auth_required",
        "clock.wrong",
        "clock.timezone",
        "tls.intercepted",
    ),
    remedies=(LOOK_IN_STORE,),
)
