"""The confusion table: situation by top cause, with the time that it took."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from tests.lab.situation import Result

KINDS = {"fault": "single faults", "pair": "pairs", "healthy": "healthy variants"}


def table(results: Sequence[Result]) -> str:
    """One line per situation, complaints below it, and the counts at the end."""
    lines: list[str] = []
    for kind, title in KINDS.items():
        chosen = [each for each in results if each.situation.kind == kind]
        if chosen:
            lines += [f"{title}:", *(line for each in chosen for line in _lines(each)), ""]
    return "\n".join([*lines, *_counts(results)])


def _lines(result: Result) -> Iterable[str]:
    situation, outcome = result.situation, result.outcome
    expected = " | ".join(situation.expect) or "(no problem)"
    if outcome is None:
        seen, took = "(no report)", ""
    else:
        problems = outcome.causes("problem") or outcome.causes("warning")[:1]
        seen = problems[0] if problems else "(no problem)"
        took = f"{outcome.took_s:5.2f} s"
    mark = "ok   " if not result.complaints else "later" if situation.later else "WRONG"
    yield f"  {mark} {situation.name:34} {expected:34} -> {seen:30} {took}"
    for complaint in () if situation.later else result.complaints:
        for line in complaint.strip().splitlines()[-12:]:
            yield f"          {line}"


def _counts(results: Sequence[Result]) -> Iterable[str]:
    for kind, title in KINDS.items():
        chosen = [each for each in results if each.situation.kind == kind]
        right = [each for each in chosen if not each.complaints]
        later = [each for each in chosen if each.complaints and each.situation.later]
        if chosen:
            rest = f", {len(later)} left for later" if later else ""
            yield f"{len(right)} of {len(chosen)} {title} right{rest}"
    times = [each.outcome.took_s for each in results if each.outcome]
    if times:
        yield f"time: median {median(times):.2f} s, longest {max(times):.2f} s"
