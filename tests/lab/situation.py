"""Situations: one function each arranges the world, and says what `diag` has to conclude.

    @fault(expect="dns.unreachable", under=["endpoint.unresolved"], never=["account.credentials"])
    def resolver_dead(world: World) -> None:
        world.router_dns.mode = "dead"

`fault` is one thing broken, `pair` two at once, `healthy` a world that is unusual but fine.
"""

from __future__ import annotations

import importlib
import pkgutil
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

from tests.lab.lab import PORTAL_NAME, Lab, Outcome, World, conclusions, replay

Kind = Literal["fault", "pair", "healthy"]
Arrange = Callable[[World], object]

DEADLINE_S = 10.0
OVERRUN_S = 0.5
"""A run ends by its deadline and half a second, after start-up."""
START_UP_S = 1.5
"""Room for the interpreter and imports on a machine that runs several worlds at once."""
HEALTHY_COST = 1.5
HEALTHY_ADDED_S = 0.1 + 0.3
"""A healthy run costs this much of its slowest check and 0.1 s; the rest as with `START_UP_S`."""
LOGIN = ("--symptom", "login")
REQUESTS_PER_HOST = 20
MEASURED = ("link", "address", "gateway", "dns", "internet", "endpoint", "clock", "status", "app")
"""What a run in a healthy world has to have looked at with success."""


@dataclass(frozen=True)
class Situation:
    """A world and what has to be concluded in it."""

    name: str
    kind: Kind
    arrange: Arrange
    expect: tuple[str, ...]
    """The cause on top; several: a tie between these. None: no problem at all."""
    also: tuple[str, ...]
    """Further problems that stand beside the first one. No others may."""
    under: tuple[str, ...]
    """What has to be listed under the first cause."""
    never: tuple[str, ...]
    """What must not be a cause, of whatever severity."""
    severity: str
    """What the first cause is to the user: problem, or warning where work goes on; any, where
    chance decides whether something still gets through.
    """
    where: str | None
    args: tuple[str, ...]
    hides: tuple[str, ...]
    """Checks that the first cause keeps from seeing anything."""
    open_checks: tuple[str, ...]
    """Checks that may end unknown in a healthy world."""
    later: str
    """Why diag does not get this right yet; the test fails on the day that it does."""

    def complaints(self, outcome: Outcome) -> list[str]:
        """What is wrong with the outcome; empty if all is right."""
        return [
            *self._about_causes(outcome),
            *self._about_verdict(outcome),
            *self._about_results(outcome),
            *_about_manners(outcome),
        ]

    def _about_causes(self, outcome: Outcome) -> Iterable[str]:
        problems, all_causes = outcome.causes("problem"), outcome.causes()
        if not self.expect:
            if problems:
                yield f"healthy, but blamed: {', '.join(problems)}"
        elif self.severity == "problem":
            allowed = {*self.expect, *self.also}
            if not problems or problems[0] not in self.expect:
                yield f"top cause is {problems[0] if problems else 'none'}"
            if extra := [code for code in problems if code not in allowed]:
                yield f"beside it: {', '.join(extra)}"
        elif self.severity == "any":
            if extra := [code for code in problems if code not in self.expect]:
                yield f"another problem: {', '.join(extra)}"
            if not set(self.expect) & set(all_causes):
                yield f"not seen: {', '.join(self.expect)}"
        else:
            if problems:
                yield f"a problem, not a {self.severity}: {', '.join(problems)}"
            if not set(self.expect) & set(outcome.causes(self.severity)):
                yield f"not seen as {self.severity}: {', '.join(self.expect)}"
        if missing := [code for code in self.also if code not in all_causes]:
            yield f"missed: {', '.join(missing)}"
        if wrong := [code for code in self.never if code in all_causes]:
            yield f"must not appear: {', '.join(wrong)}"
        listed = {code for top in self.expect for code in outcome.under(top)}
        if left_out := [code for code in self.under if code not in listed]:
            yield f"not under it: {', '.join(left_out)} (there: {', '.join(sorted(listed))})"

    def _about_verdict(self, outcome: Outcome) -> Iterable[str]:
        verdict = outcome.report["verdict"]
        if len(self.expect) > 1:
            tied = {each["code"] for each in verdict["alternatives"]}
            if tied != set(self.expect):
                yield f"no tie of these: {', '.join(sorted(tied)) or 'nothing'}"
            if verdict["confidence"] == "certain":
                yield "a tie that is called certain"
        elif verdict["alternatives"]:
            yield f"a tie: {', '.join(each['code'] for each in verdict['alternatives'])}"
        if self.where and verdict["where"] != self.where:
            yield f"where is {verdict['where']}, not {self.where}"
        due = 1 if outcome.causes("problem") else 3 if verdict["where"] == "unknown" else 0
        if outcome.code != due:
            yield f"exit code {outcome.code}, not {due}"
        if outcome.took_s > DEADLINE_S + OVERRUN_S + START_UP_S:
            yield f"took {outcome.took_s:.1f} s"

    def _about_results(self, outcome: Outcome) -> Iterable[str]:
        """Health has to be measured: nothing is fine because nothing was seen."""
        results = {each["check"]: each for each in outcome.report["results"]}
        for name in self.hides:
            if results[name]["because"] not in self.expect:
                yield f"{name} is {results[name]['status']} because of {results[name]['because']}"
        for name in MEASURED if self.kind == "healthy" else ():
            if name not in results:
                yield f"no such check: {name}"
            elif results[name]["status"] == "unknown" and name not in self.open_checks:
                yield f"could not tell: {name} ({results[name]['reason']})"
        # What is worth a warning may be worth a second look.
        if self.kind == "healthy" and not outcome.causes("warning"):
            slowest = max(each["took_s"] or 0.0 for each in results.values())
            took = outcome.report["duration_s"]
            if took > HEALTHY_COST * slowest + HEALTHY_ADDED_S:
                yield f"costs {took:.2f} s, its slowest check {slowest:.2f} s"


def _about_manners(outcome: Outcome) -> Iterable[str]:
    """No probe floods, sends anything, or goes further into a portal."""
    by_host = Counter(each["host"] for each in outcome.requests)
    for host, count in by_host.items():
        if count > REQUESTS_PER_HOST:
            yield f"{count} requests to {host}"
    for each in outcome.requests:
        what = f"{each['method']} {each['scheme']}://{each['host']}{each['path']}"
        dns = each["path"].split("?")[0] == "/dns-query"
        if each["method"] not in ("GET", "HEAD") and not dns:
            yield f"it sent something: {what}"
        if each["host"] == PORTAL_NAME:
            yield f"it went into the portal: {what}"


def _about_replay(report: dict[str, Any], again: dict[str, Any]) -> Iterable[str]:
    """A replay of the redacted report comes to the same conclusions."""
    first, second = conclusions(report), conclusions(again)
    for key, value in first.items():
        if second[key] != value:
            yield f"replay differs in {key}: {value} -> {second[key]}"


@dataclass(frozen=True)
class Result:
    """How `diag` did in one situation."""

    situation: Situation
    outcome: Outcome | None
    complaints: tuple[str, ...]
    took_s: float
    """Of the whole situation, with setting the world up."""


SITUATIONS: dict[str, Situation] = {}


def fault(
    *,
    expect: str | Sequence[str],
    also: Sequence[str] = (),
    under: Sequence[str] = (),
    never: Sequence[str] = (),
    severity: str = "problem",
    where: str | None = None,
    args: Sequence[str] = LOGIN,
    hides: Sequence[str] = (),
    open_checks: Sequence[str] = (),
    later: str = "",
    kind: Kind = "fault",
) -> Callable[[Arrange], Arrange]:
    """Declare a world with one thing broken, and the cause (or the tie) that has to be named."""
    tops = (expect,) if isinstance(expect, str) else tuple(expect)

    def declare(arrange: Arrange) -> Arrange:
        name = getattr(arrange, "__name__", "")
        if name in SITUATIONS:
            raise ValueError(f"two situations are called {name}")
        SITUATIONS[name] = Situation(
            name=name,
            kind=kind,
            arrange=arrange,
            expect=tops,
            also=tuple(also),
            under=tuple(under),
            never=tuple(never),
            severity=severity,
            where=where,
            args=tuple(args),
            hides=tuple(hides),
            open_checks=tuple(open_checks),
            later=later,
        )
        return arrange

    return declare


def pair(
    *,
    expect: str | Sequence[str],
    also: Sequence[str] = (),
    under: Sequence[str] = (),
    never: Sequence[str] = (),
    where: str | None = None,
    args: Sequence[str] = LOGIN,
) -> Callable[[Arrange], Arrange]:
    """Declare a world with two things broken: which is the cause, which stands beside it."""
    return fault(
        expect=expect, also=also, under=under, never=never, where=where, args=args, kind="pair"
    )


def healthy(
    *, open_checks: Sequence[str] = (), never: Sequence[str] = ()
) -> Callable[[Arrange], Arrange]:
    """Declare a world that may look unusual, but in which nothing is wrong."""
    return fault(
        expect=(), args=(), where="none", open_checks=open_checks, never=never, kind="healthy"
    )


def collect() -> dict[str, Situation]:
    """Every situation of the modules in `tests.lab.situations`, by name."""
    import tests.lab.situations as package

    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(SITUATIONS)


def play(situation: Situation) -> Result:
    """Set the world up, run diag in it, replay the report, compare."""
    started = time.monotonic()
    outcome: Outcome | None = None
    try:
        with Lab(situation.arrange) as lab:
            outcome = lab.run(*situation.args)
            again = replay(outcome, lab.world.net.dir)
        complaints = [*situation.complaints(outcome), *_about_replay(outcome.report, again)]
    except Exception:
        complaints = [traceback.format_exc()]
    return Result(situation, outcome, tuple(complaints), time.monotonic() - started)


def play_all(situations: Iterable[Situation], workers: int) -> dict[str, Future[Result]]:
    """Play them side by side; gives a future for each at once."""
    pool = ThreadPoolExecutor(max_workers=workers)
    futures = {each.name: pool.submit(play, each) for each in situations}
    pool.shutdown(wait=False)
    return futures
