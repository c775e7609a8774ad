"""When the account is blamed, for what, and when it is not."""

from __future__ import annotations

from typing import Any

import pytest

from checks import endpoint
from checks.account import CHECK
from checks.account.facts import AccountFact
from checks.endpoint.facts import (
    AddressProbe,
    EndpointFact,
    EndpointProbe,
    FamilyProbe,
    HttpExchange,
    TlsExchange,
)
from diag.explain import diagnose
from diag.model import (
    Answers,
    Diagnosis,
    Failed,
    Finding,
    RemedyContext,
    Symptom,
    Unmeasured,
    View,
)
from tests.support import context, findings, profile_from, replay, snapshot, view

ENDPOINTS = [
    {"id": "www", "url": "https://www.app.test/", "role": "web"},
    {"id": "login", "url": "https://login.app.test/", "role": "login", "expect_body": "ログイン"},
]
ACCOUNT: dict[str, Any] = {
    "two_factor": ["sms", "totp"],
    "reset_url": "https://login.app.test/reset",
    "lockout_after": 5,
    "reset_unlocks": False,
    "unlock": {"en": "At a branch", "ja": "店頭または自動契約機"},
    "method": [
        {
            "name": {"en": "Card number and PIN", "ja": "カード番号と暗証番号"},
            "id": {"pattern": "[0-9]{10}"},
            "secret": {"pattern": "[0-9]{4}"},
        }
    ],
}
SUPPORT = {"phone": "0120-000-000", "ask_for": [{"en": "member number", "ja": "会員番号"}]}
KNOWN = [
    {"pattern": "E-1203", "cause": "account.locked"},
    {"pattern": "E-9", "cause": "service.busy"},
    {"pattern": "古い", "cause": "app.outdated"},
]


def met(
    recognised: bool | None = True,
    which: str = "login",
    tls: str | None = "ok",
    **http: Any,
) -> EndpointFact:
    """`tls`: None for a plain page, which anyone on the way could have written."""
    exchange = HttpExchange(
        **{
            "outcome": "ok",
            "status": 200,
            "took_s": 0.1,
            "expected": True,
            "recognised": recognised,
            **http,
        }
    )
    probe = AddressProbe(
        address="93.184.215.10",
        scope="global",
        tcp="ok",
        tcp_s=0.01,
        tls=TlsExchange(outcome=tls, took_s=0.1) if tls else None,  # type: ignore[arg-type]
        http=exchange,
    )
    family = FamilyProbe(family="ipv4", usable=True, resolve="ok", resolve_s=0.01, probes=(probe,))
    host = f"{which}.app.test"
    return EndpointFact(
        endpoints=(EndpointProbe(id=which, host=host, port=443, tls=bool(tls), families=(family,)),)
    )


def seen(
    *facts: EndpointFact,
    symptom: Symptom | None = "login",
    error: str | None = None,
    **profile: Any,
) -> View:
    whole = {"endpoint": ENDPOINTS, "account": ACCOUNT, "support": SUPPORT, **profile}
    answers = Answers(symptom=symptom, error_text=error)
    return view(*facts, profile=profile_from(whole), answers=answers)


def told(at: View, *matches: str) -> list[Finding]:
    return findings(CHECK, AccountFact(error_matches=matches), at)


@pytest.mark.parametrize("symptom", ["login", "error"])
def test_a_login_page_that_came_up_as_it_should_leaves_the_account(symptom: Symptom) -> None:
    (found,) = told(seen(met(), symptom=symptom))
    assert (found.code, found.subject, found.confidence) == (
        "account.credentials",
        "account",
        "possible",
    )
    assert found.args["host"] == "login.app.test"
    assert found.args["lockout_after"] == 5
    assert found.args["methods"] == [
        {
            "en": "Card number and PIN: 10 half-width digits; 4 half-width digits",
            "ja": "カード番号と暗証番号（半角数字 10 桁、半角数字 4 桁）",
        }
    ]
    assert found.args["support_phone"] == "0120-000-000"
    assert found.args["ask_for"] == [{"en": "member number", "ja": "会員番号"}]


@pytest.mark.parametrize(
    "fact",
    [
        met(recognised=None),
        met(recognised=False),
        met(sorry=True),
        met(says="busy"),
        met(expected=False, status=403),
        met(outcome="timeout"),
        met(tls="untrusted"),
        met(tls=None),
        met(which="www"),
        EndpointFact(endpoints=()),
        None,
    ],
)
def test_anything_less_leaves_it_unknown(fact: EndpointFact | None) -> None:
    judged = list(CHECK.judge(AccountFact(), seen(*([fact] if fact else []))))
    assert [type(each) for each in judged] == [Unmeasured]
    assert judged[0] == Unmeasured(
        code="account.credentials", subject="account", reason="needs_missing", lacks="endpoint"
    )


def test_the_second_step_has_hints_for_the_ways_there_are() -> None:
    (found,) = told(seen(symptom="2fa"))
    assert (found.code, found.confidence) == ("account.two_factor", "possible")
    assert found.args["two_factor"] == ["sms", "totp"]
    assert (found.args["sms"], found.args["totp"], found.args["email"]) == ("sms", "totp", None)


def test_the_apps_own_message_goes_before_guesses() -> None:
    (found,) = told(seen(met(), error="E-1203 x"), "account.locked")
    assert (found.code, found.subject, found.confidence) == ("account.locked", "account", "likely")
    assert found.args["error_text"] == "E-1203 x"


@pytest.mark.parametrize(
    ("cause", "profile", "subject"),
    [
        ("service.busy", {}, "endpoint:login"),
        ("service.busy", {"endpoint": []}, "service"),
        ("service.busy", {"endpoint": ENDPOINTS[:1]}, "endpoint:www"),
        ("app.outdated", {}, "device"),
        ("input.full_width", {}, "account"),
        ("captive_portal.signin", {}, "path"),
    ],
)
def test_a_message_may_speak_of_anything(cause: str, profile: dict[str, Any], subject: str) -> None:
    (found,) = told(seen(error="x", **profile), cause)
    assert (found.code, found.subject) == (cause, subject)


def remedies(code: str, account: dict[str, Any]) -> list[str]:
    at = seen(account={**ACCOUNT, **account})
    problem = next(each for each in CHECK.problems if each.code == code)
    asked = RemedyContext(Finding(code=code, subject="account"), at, None)
    return [each.code for each in problem.remedies if each.applies(asked)]


def test_first_type_with_care_then_reset_then_call() -> None:
    assert remedies("account.credentials", {}) == [
        "account.type_carefully",
        "account.reset",
        "support.contact",
        "account.unlock",
    ]
    assert "account.reset" not in remedies("account.credentials", {"reset_url": None})


@pytest.mark.parametrize(
    ("account", "codes"),
    [
        ({}, ["account.unlock", "support.contact"]),
        ({"reset_unlocks": None}, ["account.unlock", "support.contact"]),
        ({"reset_unlocks": True}, ["account.unlock", "account.reset", "support.contact"]),
        (
            {"unlock": None, "lockout_minutes": 30},
            ["account.wait_for_unlock", "support.contact"],
        ),
    ],
)
def test_a_reset_is_offered_against_a_lock_only_if_it_lifts_it(
    account: dict[str, Any], codes: list[str]
) -> None:
    assert remedies("account.locked", account) == codes


@pytest.mark.parametrize(
    ("unlocks", "keeps", "may_keep"),
    [(True, None, None), (False, "Example", None), (None, None, "Example")],
)
def test_that_a_reset_lifts_a_lock_is_never_promised(
    unlocks: bool | None, keeps: str | None, may_keep: str | None
) -> None:
    (found,) = told(seen(met(), account={**ACCOUNT, "reset_unlocks": unlocks}))
    names = {"en": "Example", "ja": "例"}
    assert found.args["keeps_lock"] == (names if keeps else None)
    assert found.args["may_keep_lock"] == (names if may_keep else None)


def collect(answers: Answers, **profile: Any) -> AccountFact:
    return CHECK.collect(replay(), context(profile_from(profile), answers=answers))


def test_the_message_is_held_against_the_profile() -> None:
    fact = collect(Answers(symptom="error", error_text="Ｅ－１２０３、古い版"), known_error=KNOWN)
    assert fact.error_matches == ("account.locked", "app.outdated")


@pytest.mark.parametrize(
    ("answers", "profile"),
    [
        (Answers(symptom="login"), {}),
        (Answers(symptom="login"), {"endpoint": ENDPOINTS}),
        (Answers(), {"account": ACCOUNT}),
        (Answers(symptom="slow"), {"account": ACCOUNT}),
    ],
)
def test_without_a_profile_or_a_complaint_there_is_nothing_to_infer(
    answers: Answers, profile: dict[str, Any]
) -> None:
    with pytest.raises(Failed) as failed:
        collect(answers, **profile)
    assert failed.value.failure.code == "not_configured"


@pytest.mark.parametrize("profile", [{"account": {}}, {"support": SUPPORT}, {"known_error": KNOWN}])
def test_any_of_the_three_sections_is_enough(profile: dict[str, Any]) -> None:
    assert collect(Answers(symptom="login"), **profile) == AccountFact()


def diagnosis(fact: EndpointFact, symptom: Symptom = "login") -> Diagnosis:
    checks = {check.name: check for check in (endpoint.CHECK, CHECK)}
    at = seen(symptom=symptom)
    taken = snapshot(
        {"endpoint": fact, "account": AccountFact()},
        profile=at.profile,
        answers=at.answers,
        os=at.os.family,
        taken_at=at.taken_at,
    )
    return diagnose(taken, checks)


def test_all_is_well_and_still_no_login_is_the_account_possibly() -> None:
    found = diagnosis(met())
    assert (found.verdict.where, found.verdict.confidence) == ("account", "possible")
    assert found.remedies[0].remedy.code == "account.type_carefully"


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        (met(recognised=False, expected=False, status=403), "service.rejects_client"),
        (met(recognised=False, expected=False, status=429), "service.rate_limited"),
        (met(recognised=False, sorry=True), "service.busy"),
        (met(recognised=False, expected=False, status=503), "service.error"),
    ],
)
def test_a_service_that_does_not_serve_is_never_the_account(fact: EndpointFact, code: str) -> None:
    found = diagnosis(fact)
    assert [each.problem.code for each in found.causes] == [code]
