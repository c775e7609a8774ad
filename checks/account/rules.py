"""What an account's trouble is inferred from: the app's own message, or that all else is fine."""

from __future__ import annotations

from collections.abc import Iterator

from checks.account.facts import AccountFact
from checks.account.login_page import recognised_login_host
from checks.account.problems import CREDENTIALS, TWO_FACTOR
from checks.account.words import method_in_words
from checks.support import support_args
from diag.app_profile import AppProfile
from diag.model import (
    DEVICE,
    PATH,
    SERVICE,
    Args,
    Finding,
    Judgement,
    Unmeasured,
    View,
    endpoint_subject,
)

ACCOUNT = "account"
"""Subject of a finding about the user's account or what they type."""

TWO_FACTOR_KINDS = ("sms", "email", "voice", "totp", "push", "passkey", "security_key")
"""Each is an arg of its own, so that only the hints for what this service has are given."""

ERROR_TEXT_SHOWN = 200
"""Characters of the app's message that are repeated in a report's evidence."""

_SUBJECTS = {
    "account": ACCOUNT,
    "input": ACCOUNT,
    "app": DEVICE,
    "browser": DEVICE,
    "device": DEVICE,
    "os": DEVICE,
    "disk": DEVICE,
    "clock": DEVICE,
}
"""What a cause is about, by the first word of its code; the service's are about the login."""


def judge(fact: AccountFact, view: View) -> Iterator[Judgement]:
    if fact.error_matches:
        yield from _what_the_app_says(fact, view)
    elif view.answers.symptom == "2fa":
        yield Finding(
            code=TWO_FACTOR.code, subject=ACCOUNT, args=_args(view), confidence="possible"
        )
    else:
        host = recognised_login_host(view) if view.answers.symptom in ("login", "error") else None
        if host is not None:
            args: Args = {**_args(view), "host": host}
            yield Finding(code=CREDENTIALS.code, subject=ACCOUNT, args=args, confidence="possible")
        else:
            yield Unmeasured(
                code=CREDENTIALS.code, subject=ACCOUNT, reason="needs_missing", lacks="endpoint"
            )


def _what_the_app_says(fact: AccountFact, view: View) -> Iterator[Finding]:
    said = (view.answers.error_text or "")[:ERROR_TEXT_SHOWN] or None
    args: Args = {**_args(view), "error_text": said}
    for code in fact.error_matches:
        subject = _subject(code, view.profile)
        yield Finding(code=code, subject=subject, args=args, confidence="likely")


def _subject(code: str, profile: AppProfile) -> str:
    family = code.partition(".")[0]
    if family != "service":
        return _SUBJECTS.get(family, PATH)
    login = profile.login_endpoints()
    return endpoint_subject(login[0].id) if login else SERVICE


def _args(view: View) -> Args:
    profile = view.profile
    account, incident = profile.account, profile.incident
    args: Args = {
        **support_args(profile),
        "incident_phone": incident.phone if incident else None,
        "incident_ask_for": (list(incident.ask_for) or None) if incident else None,
    }
    if account is None:
        return args
    name = profile.app.name
    return {
        **args,
        "methods": [method_in_words(each) for each in account.method] or None,
        "lockout_after": account.lockout_after,
        "lockout_minutes": account.lockout_minutes,
        "reset_url": account.reset_url,
        "reset_unlocks": account.reset_unlocks,
        "keeps_lock": name if account.reset_unlocks is False else None,
        "may_keep_lock": name if account.reset_unlocks is None else None,
        "unlock": account.unlock,
        "two_factor": list(account.two_factor) or None,
        **{kind: kind if kind in account.two_factor else None for kind in TWO_FACTOR_KINDS},
    }
