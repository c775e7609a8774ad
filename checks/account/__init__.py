"""`account`: if all else is fine, is it the account, or what is typed?"""

from __future__ import annotations

from checks.account.facts import AccountFact
from checks.account.known_errors import matches
from checks.account.problems import PROBLEMS
from checks.account.rules import judge
from diag.host import Host
from diag.model import Check, Context, Failed


def collect(_: Host, context: Context) -> AccountFact:
    """No I/O: only what the user said, held against the profile.

    Raises Failed(not_configured) where the profile says nothing of the account, or where the user
    complains of nothing: then there is nothing to infer from.
    """
    profile, answers = context.profile, context.answers
    if profile.account is None and profile.support is None and not profile.known_error:
        raise Failed("not_configured", "account")
    if answers.symptom not in ("login", "error", "2fa") and not answers.error_text:
        raise Failed("not_configured", "symptom")
    found = matches(profile.known_error, answers.error_text or "")
    return AccountFact(error_matches=found.causes, broken_patterns=found.broken)


CHECK = Check(
    name="account",
    fact=AccountFact,
    collect=collect,
    judge=judge,
    problems=PROBLEMS,
    timeout_s=4.0,
)
