"""What can be wrong with the app on this device, and with asking the stores for its version."""

from __future__ import annotations

from diag.model import Layer, Problem, Remedy

UPDATE = Remedy(code="app.update", minutes=5)
INSTALL = Remedy(code="app.install", minutes=5)
USE_BROWSER = Remedy(code="app.use_another_way", minutes=2)
LOOK_IN_STORE = Remedy(code="app.look_in_store", minutes=2)

OUTDATED = Problem(
    code="app.outdated",
    severity="warning",
    where="device",
    layer=Layer.APP,
    remedies=(UPDATE,),
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
