"""`os.phone`: does the phone's system still get security updates, and are they installed?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from checks.app.versions import compare
from checks.os.end_of_life import Life, table
from checks.phone.facts import PhoneFact, Platform, named
from checks.phone.problems import OF_THE_SYSTEM, SYSTEM_OLD
from diag.host import Host
from diag.model import (
    PHONE,
    Args,
    Check,
    Context,
    Fact,
    Failed,
    Finding,
    Judgement,
    Public,
    Unmeasured,
    View,
)

OLD_PATCH = timedelta(days=6 * 31)
"""Makers patch monthly or every three months; MVT warns at the same age."""
GRACE = timedelta(days=30)
"""An update reaches every phone within weeks of its release."""
IPAD = "iPad"


class PhoneOsFact(Fact, frozen=True, kw_only=True):
    """The phone's release, and what the shipped table says of it; None if it does not list it.

    patch: Android's security patch level.
    """

    platform: Platform
    name: Public
    version: Public | None = None
    patch: date | None = None
    life: Life | None = None
    table_date: date


def collect(_: Host, ctx: Context) -> PhoneOsFact:
    """Raises Failed(needs_missing) if no phone was read."""
    phone = ctx.need(PhoneFact)
    if phone.android is not None:
        return _fact("android", "Android", phone.android.release, phone.android.patch)
    if phone.iphone is not None:
        pad = (phone.model or "").startswith(IPAD)
        return _fact("ios", "iPadOS" if pad else "iOS", phone.iphone.version, None)
    raise Failed("needs_missing", "phone")


def _fact(platform: Platform, name: str, version: str | None, patch: date | None) -> PhoneOsFact:
    lives = table()
    return PhoneOsFact(
        platform=platform,
        name=name,
        version=version,
        patch=patch,
        life=lives.find(name.lower(), version) if version else None,
        table_date=lives.date,
    )


def judge(fact: PhoneOsFact, view: View) -> Iterator[Judgement]:
    today = view.taken_at.date()
    args: Args = {"system": fact.name, "version": fact.version, **named(fact.platform)}
    if fact.platform == "android":
        if fact.patch is None:
            yield Unmeasured(code=SYSTEM_OLD.code, subject=PHONE, reason="unparsable")
        elif today - fact.patch > OLD_PATCH:
            months = (today - fact.patch).days // 30
            args |= {"patch": fact.patch.isoformat(), "months": months}
            yield Finding(code=SYSTEM_OLD.code, subject=PHONE, args=args)
        return
    yield from _ios(fact, today, args)


def _ios(fact: PhoneOsFact, today: date, args: Args) -> Iterator[Judgement]:
    """Apple numbers its updates; a phone may be newer than the table, which then says nothing."""
    life = fact.life
    if life is None or fact.version is None:
        yield Unmeasured(code=SYSTEM_OLD.code, subject=PHONE, reason="needs_missing")
        return
    ended = life.ends is not None and today > life.ends
    behind = bool(life.latest) and compare(fact.version, life.latest) == -1
    settled = life.released is None or today - life.released > GRACE
    if ended or (behind and settled):
        args |= {
            "ended": life.ends.isoformat() if ended and life.ends else None,
            "latest": life.latest if behind else None,
        }
        yield Finding(code=SYSTEM_OLD.code, subject=PHONE, args=args)


CHECK = Check(
    name="os.phone",
    fact=PhoneOsFact,
    collect=collect,
    judge=judge,
    problems=OF_THE_SYSTEM,
    needs=(PhoneFact,),
    only_on="phone",
)
