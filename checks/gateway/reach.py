"""Is a gateway there? Poke it once, harmlessly, and see whether it answers or at least exists.

The poke (one ping, one TCP connection to its name service port) makes the kernel look for the
gateway's hardware address (ARP, neighbour discovery). Any answer, even a refusal, proves that it
is there; so does an address that the kernel has just confirmed. No address after all the kernel's
attempts proves that it is not. Between the two lies a gateway that keeps silent and whose address
is an old one: that is not known.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from checks.gateway.fact import DefaultRoute, Neighbour
from diag.deadline import Deadline
from diag.host import Host
from diag.model import Failed

PATIENCE_S = 3.5
"""The kernel asks three times, a second apart, before it gives a neighbour up."""
SILENCE_S = 1.2
"""How long a gateway whose address is known but old may take to answer the poke; also how long the
gateway of one family is waited for when the other one's is there."""
TOOL_TIMEOUT_S = 2.0
FIRST_PAUSE_S = 0.02
LONGEST_PAUSE_S = 0.25
NAME_SERVICE_PORT = 53

STATES: dict[str, Neighbour] = {
    "REACHABLE": "reachable",
    "STALE": "unconfirmed",
    "DELAY": "unconfirmed",
    "PROBE": "unconfirmed",
    "PERMANENT": "unconfirmed",
    "INCOMPLETE": "pending",
    "FAILED": "failed",
    "NOARP": "unknown",
    "NONE": "absent",
}
"""ip-neighbour(8)."""

ATF_COM = 0x02
"""Flag of /proc/net/arp: the entry is complete (<linux/if_arp.h>)."""


class Reach(Struct, frozen=True):
    reachable: bool | None
    neighbour: Neighbour


class _Target:
    """One gateway while it is being looked at."""

    def __init__(self, route: DefaultRoute, gateway: str) -> None:
        self.route = route
        self.gateway = gateway
        self.pending = 0
        self.answered = False
        self.reach = Reach(None, "unknown")
        self.settled = False

    @property
    def literal(self) -> str:
        """With its interface where the address means nothing without one (RFC 4007)."""
        scoped = self.gateway.startswith("fe80:")
        return f"{self.gateway}%{self.route.interface}" if scoped else self.gateway


def reach(host: Host, routes: Sequence[DefaultRoute], deadline: Deadline) -> list[Reach]:
    """For each route, whether its gateway is there; not known for routes without a gateway."""
    targets = [_Target(route, route.gateway) if route.gateway else None for route in routes]
    _watch(host, [target for target in targets if target], deadline)
    return [target.reach if target else Reach(None, "unknown") for target in targets]


def _watch(host: Host, targets: Sequence[_Target], deadline: Deadline) -> None:
    patience = Deadline.after(PATIENCE_S)
    silence = deadline.within(SILENCE_S)
    answers: queue.SimpleQueue[tuple[_Target, bool | BaseException]] = queue.SimpleQueue()
    for target in targets:
        for poke in (_ping, _connect):
            target.pending += 1
            _start(answers, target, poke, host, deadline.within(PATIENCE_S).remaining())
    pause_s = FIRST_PAUSE_S
    while waiting := [target for target in targets if not target.settled]:
        try:
            target, answer = answers.get(timeout=min(pause_s, deadline.remaining()))
        except queue.Empty:
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        else:
            if isinstance(answer, BaseException):
                raise answer
            target.pending -= 1
            target.answered = target.answered or answer
        for target in waiting:
            _look(host, target, patience, silence)
        one_is_there = any(target.reach.reachable for target in targets)
        if deadline.expired or (silence.expired and one_is_there):
            return


def _look(host: Host, target: _Target, patience: Deadline, silence: Deadline) -> None:
    """Settle a target if what is known by now suffices."""
    if target.answered:
        target.reach, target.settled = Reach(True, "reachable"), True
        return
    state = neighbour(host, target.gateway, target.route.interface)
    target.reach = Reach(None, state)
    tried = target.pending == 0
    if state == "reachable":
        target.reach, target.settled = Reach(True, state), True
    elif state in ("failed", "pending"):
        if patience.expired or (state == "failed" and tried):
            target.reach, target.settled = Reach(False, state), True
    elif tried or silence.expired:
        target.settled = True


def _start(
    answers: queue.SimpleQueue[tuple[_Target, bool | BaseException]],
    target: _Target,
    poke: Callable[[Host, _Target, float], bool],
    host: Host,
    timeout_s: float,
) -> None:
    def work() -> None:
        try:
            answers.put((target, poke(host, target, timeout_s)))
        except BaseException as error:  # raised again by the thread that waits
            answers.put((target, error))

    threading.Thread(target=work, name="gateway", daemon=True).start()


def _ping(host: Host, target: _Target, timeout_s: float) -> bool:
    bound_s = min(timeout_s, TOOL_TIMEOUT_S)
    try:
        done = host.run("ping", "-n", "-c", "1", "-W", "1", target.literal, timeout_s=bound_s)
    except Failed:
        return False
    return done.returncode == 0


def _connect(host: Host, target: _Target, timeout_s: float) -> bool:
    try:
        host.connect(target.literal, NAME_SERVICE_PORT, timeout_s).close()
    except (ConnectionRefusedError, ConnectionResetError):
        return True
    except OSError:
        return False
    return True


def neighbour(host: Host, gateway: str, interface: str) -> Neighbour:
    """What the kernel knows of a neighbour, from `ip neighbour`, else from /proc/net/arp."""
    try:
        done = host.run(
            "ip", "-j", "neigh", "show", "to", gateway, "dev", interface, timeout_s=TOOL_TIMEOUT_S
        )
        entries = msgspec.json.decode(done.stdout or b"[]", type=list[dict[str, Any]])
    except (Failed, msgspec.DecodeError):
        return _arp(host, gateway, interface)
    if done.returncode != 0:
        return _arp(host, gateway, interface)
    states = [state for entry in entries for state in entry.get("state", ())]
    return STATES.get(str(states[0]), "unknown") if states else "absent"


def _arp(host: Host, gateway: str, interface: str) -> Neighbour:
    """IPv4 alone; it does not say how old a complete entry is."""
    if ":" in gateway:
        return "unknown"
    try:
        lines = host.read("/proc/net/arp").decode("ascii", "replace").splitlines()
    except Failed:
        return "unknown"
    for line in lines[1:]:
        fields = line.split()
        if len(fields) >= 6 and (fields[0], fields[5]) == (gateway, interface):
            return "unconfirmed" if int(fields[2], 16) & ATF_COM else "pending"
    return "absent"
