"""What can be wrong with an account or what is typed. No check can see it; each is inferred."""

from __future__ import annotations

from checks.remedies import CONTACT_SUPPORT
from diag.model import Blame, Finding, Layer, Problem, Remedy, RemedyContext


def _reset_helps(context: RemedyContext) -> bool:
    """There is a way to reset, and against a lock only if it is known to lift it."""
    account = context.view.profile.account
    if account is None or account.reset_url is None:
        return False
    return context.finding.code != LOCKED.code or account.reset_unlocks is True


def _lock_ends(context: RemedyContext) -> bool:
    account = context.view.profile.account
    return account is not None and account.lockout_minutes is not None


def _has_unlock(context: RemedyContext) -> bool:
    account = context.view.profile.account
    return account is not None and account.unlock is not None


def _reports_intrusion(context: RemedyContext) -> bool:
    incident = context.view.profile.incident
    return incident is not None and incident.phone is not None


def _counts_time(_: Finding, effect: Finding) -> bool:
    """A code that an app computes from the time is wrong when the time is."""
    return effect.args.get("totp") is not None


TYPE_CAREFULLY = Remedy(code="account.type_carefully", minutes=1)
RESET = Remedy(code="account.reset", minutes=5, risk="low", applies=_reset_helps)
UNLOCK = Remedy(code="account.unlock", minutes=30, applies=_has_unlock)
WAIT_FOR_UNLOCK = Remedy(code="account.wait_for_unlock", minutes=30, applies=_lock_ends)
CODE_AGAIN = Remedy(code="account.code_again", minutes=3)
MOBILE_LINE_ONLY = Remedy(code="account.own_mobile_line", minutes=2)
REPORT_INTRUSION = Remedy(
    code="account.report_intrusion", who="support", minutes=10, applies=_reports_intrusion
)


CREDENTIALS = Problem(
    code="account.credentials",
    severity="problem",
    where="account",
    layer=Layer.ACCOUNT,
    last_resort=1,
    remedies=(TYPE_CAREFULLY, RESET, CONTACT_SUPPORT, UNLOCK),
)

TWO_FACTOR = Problem(
    code="account.two_factor",
    severity="problem",
    where="account",
    layer=Layer.ACCOUNT,
    last_resort=1,
    explained_by=(Blame("clock.wrong", _counts_time), Blame("clock.timezone", _counts_time)),
    remedies=(CODE_AGAIN, CONTACT_SUPPORT),
)

LOCKED = Problem(
    code="account.locked",
    severity="problem",
    where="account",
    layer=Layer.ACCOUNT,
    remedies=(UNLOCK, WAIT_FOR_UNLOCK, RESET, CONTACT_SUPPORT),
)

SUSPENDED = Problem(
    code="account.suspended",
    severity="problem",
    where="account",
    layer=Layer.ACCOUNT,
    remedies=(CONTACT_SUPPORT,),
)

LINE_REQUIRED = Problem(
    code="account.line_required",
    severity="problem",
    where="account",
    layer=Layer.ACCOUNT,
    remedies=(MOBILE_LINE_ONLY, CONTACT_SUPPORT),
)

COMPROMISED = Problem(
    code="account.compromised",
    severity="problem",
    where="account",
    layer=Layer.ACCOUNT,
    remedies=(REPORT_INTRUSION, CONTACT_SUPPORT, RESET),
)

PROBLEMS = (CREDENTIALS, LOCKED, SUSPENDED, TWO_FACTOR, LINE_REQUIRED, COMPROMISED)
