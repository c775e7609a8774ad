"""Is a gateway there? Poke it once, harmlessly, and see whether it answers or at least exists.

The poke (one ping, one TCP connection to its name service port) makes the kernel look for the
gateway's hardware address (ARP, neighbour discovery). Any answer, even a refusal, proves that it
is there; so does an address that the kernel has just confirmed. No address after all the kernel's
attempts proves that it is not. Between the two lies a gateway that keeps silent and whose address
is an old one: that is not known. Nor is it known where the system keeps this program off the local
network.
"""

from __future__ import annotations

import errno
import queue
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

from msgspec import Struct

from checks.gateway.fact import DefaultRoute, Neighbour
from checks.gateway.system import System
from diag.deadline import Deadline
from diag.host import Host

PATIENCE_S = 3.5
"""The kernel asks three times, a second apart, before it gives a neighbour up."""
SILENCE_S = 1.2
"""How long a gateway whose address is known but old may take to answer the poke; also how long the
gateway of one family is waited for when the other one's is there."""
PING_TIMEOUT_S = 2.0
FIRST_PAUSE_S = 0.02
LONGEST_PAUSE_S = 0.25
NAME_SERVICE_PORT = 53
AT_ONCE_S = 0.2
"""Since version 15, macOS refuses programs without leave the local network as if there were no
route, and at once (Apple's TN3179); where there is none, the kernel has first asked in vain.
"""


Poked = Literal["answered", "silent", "denied"]


class Reach(Struct, frozen=True):
    reachable: bool | None
    neighbour: Neighbour
    denied: bool = False


class _Target:
    """One gateway while it is being looked at."""

    def __init__(self, route: DefaultRoute, gateway: str, literal: str) -> None:
        self.route = route
        self.gateway = gateway
        self.literal = literal
        self.pending = 0
        self.answered = False
        self.denied = False
        self.reach = Reach(None, "unknown")
        self.settled = False

    @classmethod
    def of(cls, host: Host, system: System, route: DefaultRoute) -> _Target | None:
        """The address is followed by its interface where it means nothing without one."""
        if route.gateway is None:
            return None
        scoped = route.gateway.startswith("fe80:")
        suffix = f"%{system.scope_id(host, route.interface)}" if scoped else ""
        return cls(route, route.gateway, route.gateway + suffix)


def reach(
    host: Host, system: System, routes: Sequence[DefaultRoute], deadline: Deadline
) -> list[Reach]:
    """For each route, whether its gateway is there; not known for routes without a gateway."""
    targets = [_Target.of(host, system, route) for route in routes]
    _watch(host, system, [target for target in targets if target], deadline)
    return [target.reach if target else Reach(None, "unknown") for target in targets]


def _watch(host: Host, system: System, targets: Sequence[_Target], deadline: Deadline) -> None:
    patience = Deadline.after(PATIENCE_S)
    silence = deadline.within(SILENCE_S)
    answers: queue.SimpleQueue[tuple[_Target, Poked | BaseException]] = queue.SimpleQueue()
    for target in targets:
        left_s = deadline.within(PATIENCE_S).remaining()
        pokes = (
            partial(_ping, host, system, target.literal, min(left_s, PING_TIMEOUT_S)),
            partial(_connect, host, target.literal, left_s),
        )
        for poke in pokes:
            target.pending += 1
            _start(answers, target, poke)
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
            target.answered = target.answered or answer == "answered"
            target.denied = target.denied or answer == "denied"
        for target in waiting:
            _look(host, system, target, patience, silence)
        one_is_there = any(target.reach.reachable for target in targets)
        if deadline.expired or (silence.expired and one_is_there):
            return


def _look(
    host: Host, system: System, target: _Target, patience: Deadline, silence: Deadline
) -> None:
    """Settle a target if what is known by now suffices."""
    if target.answered:
        target.reach, target.settled = Reach(True, "reachable"), True
        return
    state = system.neighbour(host, target.gateway, target.route.interface)
    target.reach = Reach(None, state)
    tried = target.pending == 0
    if state == "reachable":
        target.reach, target.settled = Reach(True, state), True
    elif target.denied:
        if tried:
            target.reach, target.settled = Reach(None, state, denied=True), True
    elif state in ("failed", "pending"):
        if patience.expired or (state == "failed" and tried):
            target.reach, target.settled = Reach(False, state), True
    elif tried or silence.expired:
        target.settled = True


def _start(
    answers: queue.SimpleQueue[tuple[_Target, Poked | BaseException]],
    target: _Target,
    poke: Callable[[], Poked],
) -> None:
    def work() -> None:
        try:
            answers.put((target, poke()))
        except BaseException as error:  # raised again by the thread that waits
            answers.put((target, error))

    threading.Thread(target=work, name="gateway", daemon=True).start()


def _ping(host: Host, system: System, address: str, timeout_s: float) -> Poked:
    return "answered" if system.ping(host, address, timeout_s) else "silent"


def _connect(host: Host, address: str, timeout_s: float) -> Poked:
    started = time.monotonic()
    try:
        host.connect(address, NAME_SERVICE_PORT, timeout_s).close()
    except (ConnectionRefusedError, ConnectionResetError):
        return "answered"
    except OSError as error:
        at_once = time.monotonic() - started < AT_ONCE_S
        refused = host.family == "macos" and error.errno == errno.EHOSTUNREACH
        return "denied" if refused and at_once else "silent"
    return "answered"
