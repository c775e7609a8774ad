"""What can be wrong with the browser, on a PC the app itself, and what to do about it.

In the order to try: a private window (where it helps: most extensions stay out of it), another
browser, the one setting. An administrator's rule is named, not evaded: one's own phone is another
matter.
"""

from __future__ import annotations

from checks.remedies import on_unmanaged_device
from diag.model import Layer, Problem, Remedy, RemedyContext


def _by_user(context: RemedyContext) -> bool:
    return context.finding.args.get("managed") is None and on_unmanaged_device(context)


def _by_admin(context: RemedyContext) -> bool:
    return context.finding.args.get("managed") is not None or context.managed is True


def _not_ruled(context: RemedyContext) -> bool:
    """What an administrator closed is not to be opened with another browser of the same PC."""
    return context.finding.args.get("managed") is None


def _by_extension(context: RemedyContext) -> bool:
    return context.finding.args.get("extension") is not None


def _about(kind: str, context: RemedyContext) -> bool:
    return context.finding.args.get(kind) is not None and _by_user(context)


PRIVATE_WINDOW = Remedy(code="browser.private_window", minutes=1, applies=_by_extension)
ANOTHER_BROWSER = Remedy(code="browser.another", minutes=2, applies=_not_ruled)
OWN_PHONE = Remedy(
    code="browser.own_phone", minutes=2, applies=lambda context: not _not_ruled(context)
)
ALLOW_COOKIES = Remedy(code="browser.allow_cookies", minutes=2, applies=_by_user)
ALLOW_JAVASCRIPT = Remedy(code="browser.allow_javascript", minutes=2, applies=_by_user)
OWN_PROXY_OFF = Remedy(
    code="browser.own_proxy_off", minutes=2, applies=lambda context: _about("proxy", context)
)
PAUSE_TUNNEL = Remedy(
    code="browser.pause_tunnel", minutes=2, applies=lambda context: _about("tunnel", context)
)
SYSTEM_DNS = Remedy(
    code="browser.system_dns", minutes=2, applies=lambda context: _about("dns", context)
)
UPDATE = Remedy(code="browser.update", minutes=3, applies=on_unmanaged_device)
LOOK = Remedy(code="browser.look", minutes=2)
ASK_ADMIN = Remedy(code="browser.ask_admin", who="admin", minutes=10, applies=_by_admin)

COOKIES_BLOCKED = Problem(
    code="browser.cookies_blocked",
    severity="problem",
    where="device",
    layer=Layer.BROWSER,
    remedies=(PRIVATE_WINDOW, ANOTHER_BROWSER, ALLOW_COOKIES, OWN_PHONE, ASK_ADMIN),
    suspect=True,
)
JAVASCRIPT_BLOCKED = Problem(
    code="browser.javascript_blocked",
    severity="problem",
    where="device",
    layer=Layer.BROWSER,
    remedies=(ANOTHER_BROWSER, ALLOW_JAVASCRIPT, OWN_PHONE, ASK_ADMIN),
    suspect=True,
)
BARRED = Problem(
    code="browser.policy",
    severity="problem",
    where="device",
    layer=Layer.BROWSER,
    remedies=(OWN_PHONE, ASK_ADMIN),
    suspect=True,
)
PATH_DIFFERS = Problem(
    code="browser.path_differs",
    severity="warning",
    where="device",
    layer=Layer.BROWSER,
    remedies=(
        PRIVATE_WINDOW,
        ANOTHER_BROWSER,
        PAUSE_TUNNEL,
        OWN_PROXY_OFF,
        SYSTEM_DNS,
        ASK_ADMIN,
    ),
    suspect=True,
)
UNSEEN = Problem(
    code="browser.settings_unseen",
    severity="info",
    where="device",
    layer=Layer.BROWSER,
    remedies=(LOOK,),
)
OUTDATED = Problem(
    code="browser.outdated",
    severity="warning",
    where="device",
    layer=Layer.BROWSER,
    remedies=(UPDATE, ASK_ADMIN),
    suspect=True,
)

TOLD_BY_SETTINGS = (PATH_DIFFERS, COOKIES_BLOCKED, JAVASCRIPT_BLOCKED, BARRED)
SETTINGS = (*TOLD_BY_SETTINGS, UNSEEN)
