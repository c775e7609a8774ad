"""`app`: is the app on this device, and is it the version that the store has?"""

from __future__ import annotations

from checks.app import installed, stores
from checks.app.describe import describe
from checks.app.facts import AppFact
from checks.app.installed.origin import with_origin
from checks.app.os_version import os_version
from checks.app.problems import HALF_INSTALLED, MISSING, OS_TOO_OLD, OUTDATED, STORE_UNAVAILABLE
from checks.app.rules import judge
from checks.proxy import ProxyFact
from diag.host import Host
from diag.model import Check, Context, Failed

HAND_IN_S = 0.3
"""Room to hand in what is known before the deadline."""


def collect(host: Host, ctx: Context) -> AppFact:
    """Raises Failed: not_configured if the profile names neither a place on this OS nor a store."""
    profile = ctx.profile
    if not installed.configured(host, profile.install) and not stores.configured(profile.store):
        raise Failed("not_configured", "install and store")
    deadline = ctx.deadline.sooner(HAND_IN_S)
    places = installed.look(host, profile.install, deadline)
    return AppFact(
        installed=with_origin(host, places, profile.store),
        stores=stores.ask_all(host, ctx, deadline),
        os_version=os_version(host),
    )


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
