"""Sign-in pages: the one that is there now, and that one was there in an earlier run.

The OS forgets a page as soon as somebody has signed in, and the next run meets none. So a run that
met one keeps the day, and the next one on this network reads it. It is kept once all facts of the
run are there: this check does not wait for the probes.
"""

from __future__ import annotations

from datetime import date, datetime

from checks.gateway.fact import GatewayFact
from checks.internet.facts import InternetFact
from checks.internet.rules import SHUT_OFF, portal_confidence
from checks.wifi.carried import carries
from checks.wifi.facts import OWN_KEY, WifiFact
from diag.model import Memory, Network, View, network_key

WHAT = "portal"
KEPT_DAYS = 180
"""A hotel is visited again within half a year; an owner changes by then."""


def page_now(fact: WifiFact, view: View) -> bool:
    """Whether the OS or our own probes met one. A provider's notice (unpaid, used up) is none."""
    internet = view.find(InternetFact)
    if internet is not None and _is_a_notice(internet):
        return False
    if fact.connectivity == "portal":
        return True
    return internet is not None and not internet.works and portal_confidence(internet) is not None


def page_before(memory: Memory, network: Network, now: datetime) -> bool:
    key = network_key(memory, network)
    said = memory.recall(key + WHAT) if key is not None else None
    try:
        age = now.date() - date.fromisoformat(said or "")
    except ValueError:
        return False
    return 0 <= age.days <= KEPT_DAYS


def remember(fact: WifiFact, network: Network, view: View, memory: Memory) -> None:
    if not page_now(fact, view) or not _is_worth_it(fact, view):
        return
    key = network_key(memory, network, make=True)
    if key is not None:
        memory.keep(key + WHAT, view.taken_at.date().isoformat())


def _is_worth_it(fact: WifiFact, view: View) -> bool:
    """Not a page that is another line's, a mere refusal, or a home router's own.

    A router that has lost its line shows its own page in place of every other. Of an open network
    that says nothing, but of one with a key it would make a home suspect for half a year.
    """
    link = fact.link
    if link is None or fact.trusted is not None or carries(fact, view) is False:
        return False
    if link.security in OWN_KEY and (link.router_name or _is_the_routers(view)):
        return False
    internet = view.find(InternetFact)
    if fact.connectivity == "portal" or internet is None:
        return True
    announced = internet.api is not None and bool(internet.api.captive)
    return announced or any(each.asks_to_sign_in for each in internet.probes if not each.via_proxy)


def _is_the_routers(view: View) -> bool:
    gateway, internet = view.find(GatewayFact), view.find(InternetFact)
    if gateway is None or internet is None:
        return False
    routers = {route.gateway for route in gateway.routes if route.gateway}
    return any(each.portal_host in routers for each in internet.probes if each.portal_host)


def _is_a_notice(internet: InternetFact) -> bool:
    return not internet.works and any(
        probe.says in SHUT_OFF for probe in internet.probes if not probe.via_proxy
    )
