"""`app.phone`: is the app on the phone, can it be opened, and is it the one that the store has?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.app.facts import AppFact
from checks.app.stores import StoreAnswer, StoreVersion
from checks.app.versions import compare
from checks.phone.facts import PhoneApp, PhoneFact, Platform, named
from checks.phone.problems import (
    APP_DISABLED,
    APP_MISSING,
    APP_OUTDATED,
    APP_PAUSED,
    APP_RESTRICTED,
    APP_SOURCE,
    DATA_RESTRICTED,
    OF_THE_APP,
    PERMISSION,
    SYSTEM_TOO_OLD,
)
from diag.host import Host
from diag.model import (
    PHONE,
    Args,
    Check,
    Context,
    Fact,
    Failed,
    FailureCode,
    Finding,
    Judgement,
    Problem,
    Public,
    Severity,
    Unmeasured,
    View,
)

RARE = 40
"""App standby bucket from which on Android lets an app work at most now and then (UsageStats)."""


class PhoneAppFact(Fact, frozen=True, kw_only=True):
    """The profile's app on the phone; of an iPhone the system alone is told.

    data_saver: Data Saver is on, which holds every app back that is not excepted.
    """

    platform: Platform
    system: Public | None = None
    app: PhoneApp | None = None
    data_saver: bool | None = None
    cut: FailureCode | None = None


def collect(_: Host, ctx: Context) -> PhoneAppFact:
    """Takes the app's part of what was read. Raises Failed: not_configured, needs_missing."""
    install = ctx.profile.install
    if install.android is None and install.ios is None:
        raise Failed("not_configured", "install")
    phone = ctx.need(PhoneFact)
    if phone.android is not None:
        if install.android is None:
            raise Failed("not_configured", "install.android")
        return PhoneAppFact(
            platform="android",
            system=phone.android.release,
            app=phone.app,
            data_saver=phone.android.data_saver,
            cut=phone.cut,
        )
    if phone.iphone is not None:
        return PhoneAppFact(platform="ios", system=phone.iphone.version)
    raise Failed("needs_missing", "phone")


def judge(fact: PhoneAppFact, view: View) -> Iterator[Judgement]:
    asked = view.find(AppFact)
    stores = asked.stores if asked is not None else ()
    served = [
        answer.found
        for answer in stores
        if answer.found is not None and answer.found.platform == fact.platform
    ]
    yield from _system(fact, served)
    if fact.app is None:
        reason: FailureCode = "unsupported" if fact.platform == "ios" else fact.cut or "unparsable"
        for problem in OF_THE_APP:
            if problem is not SYSTEM_TOO_OLD:
                yield Unmeasured(code=problem.code, subject=PHONE, reason=reason)
    elif not fact.app.installed:
        if view.answers.client != "browser":
            yield _found(APP_MISSING, view)
    else:
        yield from _opens(fact.app, view)
        yield from _version(fact.app, served, stores, view)
        yield from _may(fact.app, view)
        yield from _unseen(fact, fact.app, view)


def _found(
    problem: Problem, view: View, severity: Severity | None = None, args: Args | None = None
) -> Finding:
    every: Args = {"app": view.profile.app.name, **(args or {})}
    return Finding(code=problem.code, subject=PHONE, args=every, severity=severity)


def _opens(app: PhoneApp, view: View) -> Iterator[Judgement]:
    if app.enabled is False:
        yield _found(APP_DISABLED, view)
    elif app.suspended:
        yield _found(APP_PAUSED, view)
    if app.source in ("file", "other_store") and view.profile.store.google_play is not None:
        yield _found(APP_SOURCE, view)


def _version(
    app: PhoneApp, served: Sequence[StoreVersion], stores: Sequence[StoreAnswer], view: View
) -> Iterator[Judgement]:
    minimum = view.profile.app.minimum_version
    accepted = _order(app, minimum)
    newer = [store for store in served if _order(app, store.version) == -1]
    if accepted == -1 or newer:
        newest = newer[0] if newer else None
        args: Args = {
            "installed": app.version,
            "newest": newest.version if newest else None,
            "released": newest.released.isoformat() if newest and newest.released else None,
            "minimum": minimum if accepted == -1 else None,
            "store_url": newest.url if newest else None,
        }
        yield _found(APP_OUTDATED, view, "problem" if accepted == -1 else None, args)
    elif minimum is not None and accepted is None:
        yield Unmeasured(code=APP_OUTDATED.code, subject=PHONE, reason="unparsable")
    elif minimum is None and not any(_order(app, store.version) is not None for store in served):
        yield Unmeasured(code=APP_OUTDATED.code, subject=PHONE, reason=_why_open(served, stores))


def _order(app: PhoneApp, version: str | None) -> int | None:
    if app.version is None or version is None:
        return None
    return compare(app.version, version)


def _why_open(served: Sequence[StoreVersion], stores: Sequence[StoreAnswer]) -> FailureCode:
    if served:
        return "unparsable"
    failure = next((answer.failure for answer in stores if answer.failure is not None), None)
    return failure.code if failure is not None else "needs_missing"


def _system(fact: PhoneAppFact, served: Sequence[StoreVersion]) -> Iterator[Judgement]:
    """The store's newest wants a newer system than the phone's."""
    if fact.system is None:
        yield Unmeasured(code=SYSTEM_TOO_OLD.code, subject=PHONE, reason=fact.cut or "unparsable")
        return
    for store in served:
        if store.minimum_os is not None and compare(fact.system, store.minimum_os) == -1:
            args: Args = {
                "system": "Android" if fact.platform == "android" else "iOS",
                "version": fact.system,
                "needed": store.minimum_os,
                "newest": store.version,
                **named(fact.platform),
            }
            yield Finding(code=SYSTEM_TOO_OLD.code, subject=PHONE, args=args)
            return


def _may(app: PhoneApp, view: View) -> Iterator[Judgement]:
    denied = [each.name for each in app.permissions if each.state == "denied"]
    if denied:
        yield _found(PERMISSION, view, args={"denied": denied})


def _unseen(fact: PhoneAppFact, app: PhoneApp, view: View) -> Iterator[Judgement]:
    """What keeps notices and codes from arriving while the app is not open."""
    severity: Severity | None = "warning" if view.answers.symptom == "2fa" else None
    if app.background_data is False or fact.data_saver:
        saver = True if fact.data_saver else None
        yield _found(DATA_RESTRICTED, view, severity, {"saver": saver})
    if app.background is False or (app.bucket is not None and app.bucket > RARE):
        yield _found(APP_RESTRICTED, view, severity)


CHECK = Check(
    name="app.phone",
    fact=PhoneAppFact,
    collect=collect,
    judge=judge,
    problems=OF_THE_APP,
    needs=(PhoneFact, AppFact),
    only_on="phone",
)
