"""What is known of this network from before: what the user said of it, and what was met on it."""

from __future__ import annotations

from typing import get_args

from msgspec.structs import replace

from checks.wifi import portals
from checks.wifi.facts import PASSWORDLESS, Security, WifiFact
from checks.wifi.points import differ
from diag.host import Host
from diag.model import Context, Failed, KnownNetwork, Memory, Network, View

KINDS: tuple[Security, ...] = get_args(Security)


def network_of(fact: WifiFact) -> Network | None:
    """As the user would know it again; None where neither its name nor its router is known."""
    link = fact.link
    if link is None or (link.ssid is None and fact.router is None):
        return None
    return Network(ssid=link.ssid, security=link.security, router=fact.router)


def recognised(host: Host, context: Context, fact: WifiFact) -> WifiFact:
    network = network_of(fact)
    if network is None:
        return fact
    fact = _vouched_for(fact, network, _known(host))
    return replace(fact, captive_before=portals.page_before(context.memory, network, host.now()))


def remember(fact: WifiFact, view: View, memory: Memory) -> None:
    """For later runs: that this one met a sign-in page on the network."""
    network = network_of(fact)
    if network is not None:
        portals.remember(fact, network, view, memory)


def _known(host: Host) -> tuple[KnownNetwork, ...]:
    try:
        return host.known_networks()
    except Failed:
        return ()


def _vouched_for(fact: WifiFact, network: Network, known: tuple[KnownNetwork, ...]) -> WifiFact:
    named = [each for each in known if each.same_name(network)]
    for each in named:
        if _is_the_same(each, network):
            return replace(fact, trusted=each.place)
    if any(each.same_router(network) is False for each in named):
        fact = replace(fact, other_router=True)
    return _with_remembered(fact, network, known)


def _is_the_same(each: KnownNetwork, network: Network) -> bool:
    """A name without a key proves nothing: there the router has to be the same one."""
    same_router = each.same_router(network)
    if same_router is None:
        return network.ssid is not None and network.security not in PASSWORDLESS
    return same_router


def _with_remembered(fact: WifiFact, network: Network, known: tuple[KnownNetwork, ...]) -> WifiFact:
    """A name that the user vouched for with a key, and that now lets in everybody."""
    link = fact.link
    if link is None or link.remembered is not None or network.ssid is None:
        return fact
    for each in known:
        security: Security = next((kind for kind in KINDS if kind == each.security), "unknown")
        if each.ssid == network.ssid and differ(link.security, security):
            return replace(fact, link=replace(link, remembered=security))
    return fact
