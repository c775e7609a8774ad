"""What a phone's own settings say about the trouble on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from checks.clock import GRAVE_S, WRONG_S, offsets_by_host, told
from checks.endpoint import EndpointFact
from checks.internet import InternetFact
from checks.phone.facts import Android, PhoneFact, PhoneNetwork, named
from checks.phone.problems import (
    AIRPLANE,
    AUTO_TIME_OFF,
    CLOCK_WRONG,
    DEBUGGING,
    NO_INTERNET,
    NOT_READABLE,
    OFFLINE,
    ON_THE_PHONE,
    PRIVATE_DNS,
    PROXY,
    SAVER,
    SEVERAL,
    SIGNIN,
    STORAGE_FULL,
    VERSION_ONLY,
    VPN,
)
from diag.model import (
    PHONE,
    Args,
    FailureCode,
    Finding,
    Judgement,
    Problem,
    Severity,
    Unmeasured,
    View,
)

LOW_BYTES = 500 * 1_000_000
"""Android warns and stops updates near this (StorageManager: 500 MB at most)."""
SEEN = (NOT_READABLE.code, SEVERAL.code)
"""These are known of every phone, readable or not."""


def judge(fact: PhoneFact, view: View) -> Iterator[Judgement]:
    if fact.others:
        yield _found(SEVERAL, {"model": fact.model, "others": fact.others})
    if fact.unread is not None:
        yield _not_readable(fact)
        yield from _unmeasured(ON_THE_PHONE, "needs_missing")
    elif fact.android is None:
        yield _not_readable(fact)
        yield from _unmeasured(ON_THE_PHONE, "unsupported")
    else:
        android = fact.android
        yield from _network(android, fact.cut)
        yield from _clock(android, view, fact.cut)
        yield from _storage(android, fact.cut)
        yield from _notes(android, view, fact.cut)


def open_because(cut: FailureCode | None) -> FailureCode:
    """Why an answer is missing: the phone stopped, or what it said is in no known form."""
    return cut or "unparsable"


def _found(problem: Problem, args: Args | None = None, severity: Severity | None = None) -> Finding:
    return Finding(code=problem.code, subject=PHONE, args=args or {}, severity=severity)


def _unmeasured(problems: tuple[Problem, ...], reason: FailureCode) -> Iterator[Unmeasured]:
    for problem in problems:
        if problem.code not in SEEN:
            yield Unmeasured(code=problem.code, subject=PHONE, reason=reason)


def _not_readable(fact: PhoneFact) -> Finding:
    """With the names of the systems whose settings are worth listing."""
    args: Args = {
        "reason": fact.unread or VERSION_ONLY,
        "model": _kind(fact.model) if fact.unread is None else None,
        **named(*((fact.platform,) if fact.platform else ("android", "ios"))),
    }
    return _found(NOT_READABLE, args)


def _kind(model: str | None) -> str:
    """What its owner calls it: a model is `iPhone10,2`."""
    return "iPad" if model is not None and model.startswith("iPad") else "iPhone"


def _network(android: Android, cut: FailureCode | None) -> Iterator[Judgement]:
    network = android.network
    if network is None:
        unknown = (AIRPLANE, OFFLINE, PRIVATE_DNS, SIGNIN, NO_INTERNET, VPN)
        yield from _unmeasured(unknown, open_because(cut))
    elif not network.connected:
        wifi_off = True if android.wifi_on is False else None
        if android.airplane:
            yield _found(AIRPLANE)
        else:
            yield _found(OFFLINE, {"wifi_off": wifi_off})
    else:
        yield from _beyond(android, network)
        if network.vpn:
            yield _found(VPN)
    if android.proxy or (network is not None and network.proxy):
        yield _found(PROXY, severity=None if not _works(network) else "info")


def _works(network: PhoneNetwork | None) -> bool:
    return network is not None and network.validated is True


def _beyond(android: Android, network: PhoneNetwork) -> Iterator[Judgement]:
    """A network is there; does anything lie beyond it?"""
    args: Args = {"transport": network.transport}
    strict = android.private_dns == "strict"
    if network.portal:
        yield Finding(code=SIGNIN.code, subject=PHONE, args=args)
    elif strict and (network.private_dns_broken or not network.validated):
        yield Finding(
            code=PRIVATE_DNS.code,
            subject=PHONE,
            args={**args, "host": android.private_dns_host},
            confidence="certain" if network.private_dns_broken else "likely",
        )
    elif not network.validated:
        yield Finding(code=NO_INTERNET.code, subject=PHONE, args=args, confidence="likely")


def _clock(android: Android, view: View, cut: FailureCode | None) -> Iterator[Judgement]:
    """The phone's clock by that of this PC, and this PC's by what servers say."""
    if android.clock_ahead_s is None:
        yield from _unmeasured((CLOCK_WRONG,), open_because(cut))
    else:
        servers = told(offsets_by_host(view.find(InternetFact), view.find(EndpointFact)))
        ahead = android.clock_ahead_s + (servers[0] if servers else 0.0)
        if abs(ahead) > WRONG_S:
            yield _wrong_clock(android.clock_ahead_s, ahead, view, sure=servers is not None)
    if android.auto_time is False:
        yield _found(AUTO_TIME_OFF)


def _wrong_clock(of_this_pc: float, ahead: float, view: View, *, sure: bool) -> Finding:
    """How far the phone is ahead of this PC's clock, and of the time."""
    codes = view.profile.account is not None and "totp" in view.profile.account.two_factor
    grave = abs(ahead) > GRAVE_S or (codes and view.answers.symptom == "2fa")
    return Finding(
        code=CLOCK_WRONG.code,
        subject=PHONE,
        args={
            "ahead_s": round(ahead) if sure and ahead > 0 else None,
            "behind_s": round(-ahead) if sure and ahead < 0 else None,
            "ahead_of_pc_s": round(ahead) if not sure and ahead > 0 else None,
            "behind_pc_s": round(-ahead) if not sure and ahead < 0 else None,
            "phone_time": (view.taken_at + timedelta(seconds=of_this_pc)).isoformat(),
        },
        severity="problem" if grave and sure else None,
        confidence="certain" if sure else "possible",
    )


def _storage(android: Android, cut: FailureCode | None) -> Iterator[Judgement]:
    if android.free_bytes is None:
        yield from _unmeasured((STORAGE_FULL,), open_because(cut))
    elif android.free_bytes < LOW_BYTES:
        yield _found(STORAGE_FULL, {"free_mb": android.free_bytes // 1_000_000})


def _notes(android: Android, view: View, cut: FailureCode | None) -> Iterator[Judgement]:
    """What matters where something has to arrive by itself, and what some apps mind."""
    waits = view.answers.symptom in ("2fa", "slow")
    if android.battery_saver is None:
        yield from _unmeasured((SAVER,), open_because(cut))
    elif android.battery_saver:
        yield _found(SAVER, severity="warning" if waits else None)
    yield _found(DEBUGGING)
