"""`app`: is the app on this device, and is it the version that the store has?"""

from __future__ import annotations

from checks.app import installed, stores
from checks.app.describe import describe
from checks.app.facts import AppFact
from checks.app.installed import Looked
from checks.app.installed.origin import with_origin
from checks.app.os_version import os_version
from checks.app.problems import HALF_INSTALLED, MISSING, OS_TOO_OLD, OUTDATED, STORE_UNAVAILABLE
from checks.app.rules import judge
from checks.app.stores import StoreAnswer
from checks.proxy import ProxyFact
from diag.host import Host
from diag.model import Check, Context, Failed

HAND_IN_S = 0.3
"""Room to hand in what is known before the deadline."""


def collect(host: Host, ctx: Context) -> AppFact:
    """The device is looked at while the stores are asked.

    Raises Failed: not_configured if the profile names neither a place on this OS nor a store;
    timeout if the places could not be looked at in time.
    """
    from diag.net.gather import gather

    profile = ctx.profile
    if not installed.configured(host, profile.install) and not stores.configured(profile.store):
        raise Failed("not_configured", "install and store")
    deadline = ctx.deadline.sooner(HAND_IN_S)
    places: list[Looked] = []
    answers: list[StoreAnswer] = []

    def look() -> None:
        found = installed.look(host, profile.install, deadline)
        places.extend(with_origin(host, found, profile.store))

    def ask() -> None:
        answers.extend(stores.ask_all(host, ctx, deadline))

    done = gather({"look": look, "ask": ask}, ctx.deadline)
    if "look" not in done:
        raise Failed("timeout", "look for the app")
    return AppFact(installed=tuple(places), stores=tuple(answers), os_version=os_version(host))


CHECK = Check(
    name="app",
    fact=AppFact,
    collect=collect,
    judge=judge,
    describe=describe,
    problems=(OUTDATED, OS_TOO_OLD, HALF_INSTALLED, MISSING, STORE_UNAVAILABLE),
    needs=(ProxyFact,),
    uses_network=True,
    timeout_s=6.0,
)
