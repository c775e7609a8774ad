"""The firewall's state, and its rules where an endpoint could not be connected to."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from checks.endpoint.facts import EndpointFact, EndpointProbe
from checks.firewall import linux, macos, windows
from checks.firewall.facts import FirewallFact, Hit
from checks.firewall.linux import Targets
from checks.firewall.packet import Packet
from checks.gateway import GatewayFact
from checks.security.windows import security_center, switched_on
from diag.app_profile import AppProfile
from diag.host import Host
from diag.model import Context, Failed, Failure

HAND_IN_S = 0.2
MOST_TARGETS = 64


def collect(host: Host, ctx: Context) -> FirewallFact:
    """Raises Failed where neither state nor rules can be told."""
    if host.family == "windows":
        return _windows(host, ctx)
    fact = FirewallFact(on=_state(host))
    targets = _targets(ctx)
    if not targets:
        return fact
    try:
        return replace(fact, looked=True, hits=_hits(host, targets, ctx))
    except Failed as error:
        return replace(fact, looked=True, rules=error.failure)


def _state(host: Host) -> bool | None:
    if host.family == "linux":
        return linux.state(host)
    return macos.state(host) if host.family == "macos" else None


def _hits(host: Host, targets: Targets, ctx: Context) -> tuple[Hit, ...]:
    deadline = ctx.deadline.sooner(HAND_IN_S)
    if host.family == "linux":
        return linux.hits(host, targets, deadline)
    if host.family == "macos":
        return macos.hits(host, targets, deadline)
    raise Failed("unsupported", "read the packet filter")


def _targets(ctx: Context) -> Targets:
    """What a connection was not had to, by the way on which it would leave."""
    endpoints, gateway = ctx.find(EndpointFact), ctx.find(GatewayFact)
    leaves_by: dict[str, str] = {}
    for route in reversed(gateway.routes) if gateway else ():
        leaves_by[route.family] = route.interface
    found = []
    for endpoint in endpoints.endpoints if endpoints else ():
        for address in sorted(unconnected(endpoint)):
            packet = Packet(address=address, port=endpoint.port)
            interface = leaves_by.get(packet.family)
            found.append((endpoint.id, replace(packet, interface=interface)))
    return found[:MOST_TARGETS]


def unconnected(endpoint: EndpointProbe) -> set[str]:
    """Addresses that took no connection, if none did: a proxy's own connections tell nothing."""
    probes = [each for each in endpoint.probes() if each.address]
    if endpoint.proxied or any(each.tcp == "ok" for each in probes):
        return set()
    return {each.address for each in probes if each.scope != "loopback"}


# --- Windows ---


def _windows(host: Host, ctx: Context) -> FirewallFact:
    state = windows.state(host)
    off = tuple(profile for profile, on in state.items() if not on)
    fact = FirewallFact(on=not off, off=off, others=_others(host, ctx) if off else ())
    targets = _targets(ctx)
    names = _program_names(ctx.profile)
    if not targets and not names:
        return fact
    try:
        rules = windows.outbound_blocks(host)
    except Failed as error:
        return _unseen(fact, error.failure, bool(targets), bool(names))
    hits = [
        Hit(
            endpoint=endpoint,
            address=packet.address,
            port=packet.port,
            maker="windows",
            rule=rule.one("Name"),
        )
        for endpoint, packet in targets
        for rule in rules
        if windows.stops(rule, packet) is True
    ]
    against = windows.against_program(rules, names)
    return replace(
        fact,
        looked=bool(targets),
        hits=tuple(hits),
        app_rule=against.rule if against else None,
        app_itself=against is not None and against.exact,
    )


def _unseen(fact: FirewallFact, why: Failure, wanted: bool, app: bool) -> FirewallFact:
    return replace(
        fact, looked=wanted, rules=why if wanted else None, app_unseen=why if app else None
    )


def _program_names(profile: AppProfile) -> list[str]:
    installed: Any = profile.install.windows if profile.install else None
    return [installed.uninstall_name] if installed and installed.uninstall_name else []


def _others(host: Host, ctx: Context) -> tuple[str, ...]:
    """Firewall programs of other makers that say that they are on; empty if that is not known."""
    try:
        center = security_center(host, ctx.deadline.sooner(HAND_IN_S))
    except Failed:
        return ()
    return tuple(each.name for each in center.firewalls if switched_on(each.state))
