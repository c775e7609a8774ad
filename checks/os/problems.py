"""What can be wrong with an operating system's updates, and what helps."""

from __future__ import annotations

from checks.remedies import on_unmanaged_device
from diag.model import Blame, Finding, Layer, Problem, Remedy

DAY_S = 86_400

INSTALL_UPDATES = Remedy(code="os.install_updates", minutes=30, applies=on_unmanaged_device)
ASK_ADMIN = Remedy(
    code="os.ask_admin", who="admin", minutes=10, applies=lambda context: context.managed is True
)
RESTART = Remedy(code="os.restart", minutes=5, risk="low")
SWITCH_ON = Remedy(code="os.switch_updates_on", minutes=10, applies=on_unmanaged_device)
RESUME = Remedy(code="os.resume_updates", minutes=2, applies=on_unmanaged_device)
BACK_UP = Remedy(code="os.back_up", minutes=30, applies=on_unmanaged_device)
UPGRADE = Remedy(code="os.upgrade_release", minutes=120, risk="medium", applies=on_unmanaged_device)
ENROL = Remedy(
    code="os.enrol",
    minutes=15,
    applies=lambda context: (
        context.managed is not True and context.finding.args.get("offered") is not None
    ),
)
ENROL_WINDOWS = Remedy(
    code="os.enrol_windows",
    minutes=10,
    applies=lambda context: (
        context.managed is not True and context.finding.args.get("windows_esu") is not None
    ),
)
UPDATE_APPS = Remedy(code="os.update_apps", minutes=10, applies=on_unmanaged_device)
REPAIR_SOURCES = Remedy(code="os.repair_sources", minutes=20, applies=on_unmanaged_device)
UPDATE_DIAG = Remedy(code="os.update_diag", minutes=5)
LOOK_FOR_UPDATES = Remedy(code="os.look_for_updates", minutes=5, applies=on_unmanaged_device)


def _made_it_old(clock: Finding, old: Finding) -> bool:
    """By a clock that is ahead everything is old; here that is most of its age."""
    ahead, days = clock.args.get("ahead_s"), old.args.get("lists_age_days", old.args.get("days"))
    if not isinstance(ahead, (int, float)) or not isinstance(days, (int, float)):
        return False
    return 2 * ahead >= days * DAY_S


def _passed_the_end(clock: Finding, end: Finding) -> bool:
    """By the right time, support has not ended yet."""
    right, ended = clock.args.get("server_time"), end.args.get("ended")
    return isinstance(right, str) and isinstance(ended, str) and right[: len(ended)] <= ended


END_OF_LIFE = Problem(
    code="os.end_of_life",
    severity="warning",
    where="device",
    layer=Layer.DEVICE,
    explained_by=(Blame("clock.wrong", _passed_the_end),),
    remedies=(ENROL, ENROL_WINDOWS, BACK_UP, UPGRADE, ASK_ADMIN),
)
UPDATES_PENDING = Problem(
    code="os.updates_pending",
    severity="warning",
    where="device",
    layer=Layer.DEVICE,
    remedies=(INSTALL_UPDATES, ASK_ADMIN),
)
LISTS_OLD = Problem(
    code="os.updates_unchecked",
    severity="info",
    where="device",
    layer=Layer.DEVICE,
    # The archive of a release that has ended stands still, however often one looks.
    explained_by=("os.end_of_life", Blame("clock.wrong", _made_it_old)),
    remedies=(LOOK_FOR_UPDATES, ASK_ADMIN),
)
UPDATES_PAUSED = Problem(
    code="os.updates_paused",
    severity="warning",
    where="device",
    layer=Layer.DEVICE,
    explains=("os.updates_pending",),
    remedies=(RESUME, ASK_ADMIN),
)
UPDATES_STALLED = Problem(
    code="os.updates_stalled",
    severity="warning",
    where="device",
    layer=Layer.DEVICE,
    explained_by=("os.updates_paused", "os.updates_off"),
    remedies=(LOOK_FOR_UPDATES, ASK_ADMIN),
)
UPDATES_OFF = Problem(
    code="os.updates_off",
    severity="warning",
    where="device",
    layer=Layer.DEVICE,
    explains=("os.updates_pending", "os.updates_unchecked"),
    remedies=(SWITCH_ON, ASK_ADMIN),
)
RESTART_PENDING = Problem(
    code="os.restart_pending",
    severity="info",
    where="device",
    layer=Layer.DEVICE,
    remedies=(RESTART,),
)
APPS_LATE = Problem(
    code="os.apps_not_updated",
    severity="info",
    where="device",
    layer=Layer.DEVICE,
    remedies=(UPDATE_APPS, ASK_ADMIN),
)
SOURCES_BROKEN = Problem(
    code="os.sources_broken",
    severity="warning",
    where="device",
    layer=Layer.DEVICE,
    remedies=(REPAIR_SOURCES, ASK_ADMIN),
)
DATES_OLD = Problem(
    code="os.dates_old",
    severity="info",
    where="device",
    layer=Layer.DEVICE,
    explained_by=(Blame("clock.wrong", _made_it_old),),
    remedies=(UPDATE_DIAG,),
)
