"""What can be wrong with an app's permissions, and where their switches are."""

from __future__ import annotations

from checks.remedies import on_unmanaged_device
from diag.model import Layer, Problem, Remedy, RemedyContext


def _switched_off(context: RemedyContext) -> bool:
    return context.finding.args.get("policy") is None and on_unmanaged_device(context)


def _ruled_off(context: RemedyContext) -> bool:
    return not _switched_off(context)


ALLOW = Remedy(code="permission.allow", minutes=2, applies=_switched_off)
ASK_ADMIN = Remedy(code="permission.ask_admin", who="admin", minutes=10, applies=_ruled_off)
LOOK = Remedy(code="permission.look", minutes=2)

MISSING = Problem(
    code="app.permission_missing",
    severity="warning",
    where="device",
    layer=Layer.APP,
    remedies=(ALLOW, ASK_ADMIN),
    suspect=True,
)
UNSEEN = Problem(
    code="app.permission_unseen",
    severity="info",
    where="device",
    layer=Layer.APP,
    remedies=(LOOK,),
)

PROBLEMS = (MISSING, UNSEEN)
