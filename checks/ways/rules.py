"""The wrong way out, a VPN that carries nothing, and a device that lets nothing out."""

from __future__ import annotations

from collections.abc import Iterator

from checks.remedies import ASK_NETWORK_OWNER, TRY_ON_PHONE, USE_MOBILE_LINE, on_unmanaged_device
from checks.ways.facts import Way, WaysFact
from diag.model import DEVICE, Finding, Judgement, Layer, Problem, Remedy, Unmeasured, View

SWITCH_LINE_OFF = Remedy(code="route.switch_line_off", minutes=2, risk="low")
CONNECT_VPN_AGAIN = Remedy(code="vpn.connect_again", minutes=3)
PAUSE_VPN = Remedy(code="vpn.pause", minutes=2, risk="low", applies=on_unmanaged_device)
LET_PAST = Remedy(code="vpn.let_past", minutes=3, risk="low", applies=on_unmanaged_device)
LOOK_AT_FIREWALL = Remedy(
    code="firewall.end_block_all", minutes=5, risk="low", applies=on_unmanaged_device
)

NOTHING_COMES_BACK = (
    "gateway.unreachable",
    "internet.down",
    "ipv4.broken",
    "ipv6.broken",
    "dns.unreachable",
    "dns.failing",
    "proxy.unreachable",
    "endpoint.unresolved",
    "endpoint.unreachable",
    "firewall.port_blocked",
    "firewall.host_blocked",
    "service.unresponsive",
    "status_page.unavailable",
    "store.unavailable",
)
"""What a way that leads nowhere looks like from above."""

WRONG_INTERFACE = Problem(
    code="route.wrong_interface",
    severity="problem",
    where="device",
    layer=Layer.ROUTE,
    explained_by=("link.down", "address.missing"),
    explains=NOTHING_COMES_BACK,
    remedies=(SWITCH_LINE_OFF, TRY_ON_PHONE, ASK_NETWORK_OWNER),
)

KILL_SWITCH = Problem(
    code="vpn.kill_switch",
    severity="problem",
    where="device",
    layer=Layer.VPN,
    explained_by=("link.down", "address.missing"),
    explains=("route.missing", *NOTHING_COMES_BACK),
    remedies=(CONNECT_VPN_AGAIN, LET_PAST, TRY_ON_PHONE, ASK_NETWORK_OWNER),
)

VPN_SILENT = Problem(
    code="vpn.silent",
    severity="problem",
    where="device",
    layer=Layer.VPN,
    explained_by=("link.down", "address.missing"),
    explains=NOTHING_COMES_BACK,
    remedies=(CONNECT_VPN_AGAIN, PAUSE_VPN, TRY_ON_PHONE, ASK_NETWORK_OWNER),
)

OUTBOUND_BLOCKED = Problem(
    code="firewall.outbound_blocked",
    severity="problem",
    where="device",
    layer=Layer.FIREWALL,
    explained_by=("link.down", "address.missing"),
    explains=NOTHING_COMES_BACK,
    remedies=(LOOK_AT_FIREWALL, TRY_ON_PHONE, USE_MOBILE_LINE, ASK_NETWORK_OWNER),
)

PROBLEMS = (WRONG_INTERFACE, KILL_SWITCH, VPN_SILENT, OUTBOUND_BLOCKED)


def judge(fact: WaysFact, _: View) -> Iterator[Judgement]:
    """Nothing was measured where the internet answers, and nothing of this is wrong there."""
    lines = [way for way in fact.ways if not way.tunnel]
    tunnel = next((way for way in fact.ways if way.tunnel and way.in_use), None)
    if lines and all(way.answer == "refused_here" for way in lines):
        yield _shut(fact, lines[0], tunnel)
        return
    if fact.barred and not lines and fact.vpn_clients:
        yield Finding(
            code=KILL_SWITCH.code,
            subject=DEVICE,
            args={
                "line": None,
                "tunnel": None,
                "vpn": list(fact.vpn_clients),
                "held_back": "route",
            },
            confidence="likely",
        )
        return
    better = [way for way in lines if way.answer == "answered"]
    if better:
        yield _better_way(fact, better[0], tunnel)
    for way in fact.ways:
        if way.failed and not better:
            yield Unmeasured(code=WRONG_INTERFACE.code, subject=DEVICE, reason=way.failed)


def _shut(fact: WaysFact, line: Way, tunnel: Way | None) -> Finding:
    """Whose rule it is can be read by administrators alone: hence likely, not certain."""
    if tunnel is None and not fact.vpn_clients:
        return Finding(
            code=OUTBOUND_BLOCKED.code,
            subject=DEVICE,
            args={"line": line.interface},
            confidence="likely",
        )
    return Finding(
        code=KILL_SWITCH.code,
        subject=DEVICE,
        args={
            "line": line.interface,
            "tunnel": tunnel.interface if tunnel else None,
            "vpn": list(fact.vpn_clients) or None,
            "held_back": None,
        },
        confidence="likely",
    )


def _better_way(fact: WaysFact, better: Way, tunnel: Way | None) -> Finding:
    if tunnel is not None:
        return Finding(
            code=VPN_SILENT.code,
            subject=DEVICE,
            args={"tunnel": tunnel.interface, "line": better.interface},
            confidence="likely",
        )
    used = next(way for way in fact.ways if way.in_use)
    return Finding(
        code=WRONG_INTERFACE.code,
        subject=DEVICE,
        args={
            "used": used.interface,
            "used_kind": used.kind,
            "better": better.interface,
            "better_kind": better.kind,
        },
    )
