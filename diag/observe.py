"""Observe: the only step that touches the device or the network.

Every collector runs in its own daemon thread, all at once, each as soon as the checks that provide
the facts it needs are settled. One deadline bounds the run: what is not in by then is a `timeout`,
its thread is left behind, and the run goes on without it.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence

import msgspec
from msgspec import Struct

from diag.app_profile import AppProfile
from diag.breakage import where_it_broke
from diag.deadline import Deadline
from diag.host import Host
from diag.model import (
    NO_MEMORY,
    Answers,
    AnyCheck,
    Context,
    Fact,
    Facts,
    Failed,
    Failure,
    Memory,
    Observation,
)

LONGEST_WAIT_S = 0.5
"""On Windows a wait is deaf to Ctrl-C, so no single one is long."""

OnEvent = Callable[[str, str], None]
"""Told `(check, "started" | "settled")` as the run goes on."""


class Observed(Struct, frozen=True, kw_only=True):
    """What a run brought in: an observation for every check, and whether Ctrl-C cut it short."""

    observations: dict[str, Observation]
    interrupted: bool = False


def observe(
    host: Host,
    checks: Sequence[AnyCheck],
    profile: AppProfile,
    answers: Answers,
    deadline: Deadline,
    on_event: OnEvent | None = None,
    memory: Memory = NO_MEMORY,
    ask_public_resolvers: bool = True,
) -> Observed:
    """Collect every check's fact or failure; never later than the deadline, whatever they do.

    `checks` holds the providers of all facts that any of them needs, if there are such.
    """
    context = Context(profile, answers, Facts(()), deadline, memory, ask_public_resolvers)
    run = _Run(host, checks, context, on_event or (lambda *_: None))
    try:
        run.to_the_end()
    except KeyboardInterrupt:
        run.give_up("interrupted")
        return Observed(observations=run.in_order(), interrupted=True)
    return Observed(observations=run.in_order())


class _Started(Struct, frozen=True):
    at: float
    deadline: Deadline


class _Run:
    def __init__(
        self,
        host: Host,
        checks: Sequence[AnyCheck],
        context: Context,
        on_event: OnEvent,
    ) -> None:
        self.host = host
        self.checks = {check.name: check for check in checks}
        self.provider = {check.fact: check.name for check in checks}
        self.context = context
        self.deadline = context.deadline
        self.on_event = on_event
        self.waiting = dict(self.checks)
        self.running: dict[str, _Started] = {}
        self.done: dict[str, Observation] = {}
        self.inbox: queue.SimpleQueue[tuple[str, Observation]] = queue.SimpleQueue()

    def to_the_end(self) -> None:
        self._start_ready()
        while self.running:
            soonest = min(started.deadline.at for started in self.running.values())
            wait = min(Deadline(soonest).remaining(), LONGEST_WAIT_S)
            try:
                name, observation = self.inbox.get(timeout=wait)
            except queue.Empty:
                self._time_out()
            else:
                if name in self.running:
                    self._settle(name, observation)
            self._start_ready()
        self.give_up("not started")

    def give_up(self, why: str) -> None:
        """Whatever is still open becomes a failure, so that no check vanishes."""
        for name, started in list(self.running.items()):
            self._settle(name, _timed_out(name, started, why))
        for name in list(self.waiting):
            del self.waiting[name]
            failure = Failure(code="needs_missing", operation=name, detail=why)
            self.done[name] = Observation(failure=failure, took_s=0.0)

    def in_order(self) -> dict[str, Observation]:
        return {name: self.done[name] for name in self.checks if name in self.done}

    def _start_ready(self) -> None:
        if self.deadline.expired:
            return
        for name, check in list(self.waiting.items()):
            providers = [self.provider[need] for need in check.needs if need in self.provider]
            if all(provider in self.done for provider in providers):
                del self.waiting[name]
                self._start(check)

    def _start(self, check: AnyCheck) -> None:
        deadline = self.deadline.within(check.timeout_s)
        facts = Facts(self._facts_for(check.needs))
        context = msgspec.structs.replace(self.context, facts=facts, deadline=deadline)
        self.running[check.name] = _Started(time.monotonic(), deadline)
        self.on_event(check.name, "started")
        threading.Thread(
            target=_collect,
            args=(check, self.host, context, self.inbox),
            name=f"collect-{check.name}",
            daemon=True,
        ).start()

    def _facts_for(self, needs: Iterable[type[Fact]]) -> Iterable[Fact]:
        for need in needs:
            observation = self.done.get(self.provider.get(need, ""))
            if observation is not None and observation.fact is not None:
                yield observation.fact

    def _settle(self, name: str, observation: Observation) -> None:
        del self.running[name]
        self.done[name] = observation
        self.on_event(name, "settled")

    def _time_out(self) -> None:
        for name, started in list(self.running.items()):
            if started.deadline.expired:
                self._settle(name, _timed_out(name, started, "left behind"))


def _timed_out(name: str, started: _Started, detail: str) -> Observation:
    took = time.monotonic() - started.at
    failure = Failure(code="timeout", operation=name, took_s=took, detail=detail)
    return Observation(failure=failure, took_s=took)


def _collect(
    check: AnyCheck,
    host: Host,
    context: Context,
    inbox: queue.SimpleQueue[tuple[str, Observation]],
) -> None:
    started = time.monotonic()
    fact: Fact | None = None
    failure: Failure | None = None
    try:
        fact = check.collect(host, context)
        if not isinstance(fact, check.fact):
            kind = type(fact).__name__
            fact = None
            raise Failed("crash", check.name, f"gave {kind}, not {check.fact.__name__}")
    except Failed as failed:
        failure = failed.failure
    except BaseException as error:  # even SystemExit in a check must not take the run down
        failure = Failure(code="crash", operation=check.name, detail=where_it_broke(error))
    took = time.monotonic() - started
    if failure is not None:
        failure = msgspec.structs.replace(failure, took_s=took)
    inbox.put((check.name, Observation(fact=fact, failure=failure, took_s=took)))
