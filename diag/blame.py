"""Who is to blame for what: the graph of problems, walked over the findings of one judgement.

Blame is transitive: it passes through a problem that was found, or through one that could not be
measured (then it is `likely` at most), never through one that was measured and found absent. It
has scope (`subject_covers`), may be guarded, and stops at what a successful probe has acquitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from diag.judge import Judged
from diag.model import AnyCheck, Blame, Crossed, Explained, Finding, Problem, subject_covers

Parents = dict[str, tuple[Blame, ...]]


def _unguarded(_cause: Finding, _effect: Finding) -> bool:
    return True


def _edge(target: str | Blame) -> Blame:
    return target if isinstance(target, Blame) else Blame(target, _unguarded)


def parents_of(problems: Iterable[Problem]) -> Parents:
    """For each code, the codes that can cause it, from both ends' declarations."""
    parents: dict[str, dict[str, Blame]] = {}
    for problem in problems:
        for target in problem.explained_by:
            edge = _edge(target)
            parents.setdefault(problem.code, {})[edge.code] = edge
        for target in problem.explains:
            edge = _edge(target)
            parents.setdefault(edge.code, {})[problem.code] = Blame(problem.code, edge.guard)
    return {code: tuple(edges.values()) for code, edges in parents.items()}


def acquitted(finding: Finding, problem: Problem, crossed: Iterable[Crossed]) -> bool:
    """Whether a probe got past what this finding says nothing gets past."""
    return problem.blocking and any(
        each.layer >= problem.layer and subject_covers(finding.subject, each.subject)
        for each in crossed
    )


class BlameGraph:
    """The findings of one judgement over the declared graph."""

    def __init__(
        self,
        checks: Mapping[str, AnyCheck],
        judged: Judged,
        findings: Iterable[Finding],
    ) -> None:
        self._declared_by = {
            problem.code: check.name for check in checks.values() for problem in check.problems
        }
        self._judged = judged
        self._parents = parents_of(
            problem for check in checks.values() for problem in check.problems
        )
        self._found: dict[str, list[Finding]] = {}
        for finding in findings:
            self._found.setdefault(finding.code, []).append(finding)

    def explainers(self, effect: Finding) -> list[tuple[Finding, Explained]]:
        """Every finding that explains this one, directly or through others, and how surely."""
        explained: dict[int, tuple[Finding, bool]] = {}
        stack: list[tuple[str, Finding | None, bool]] = [(effect.code, effect, False)]
        seen: set[tuple[str, int, bool]] = set()
        while stack:
            code, at, hazy = stack.pop()
            for edge in self._parents.get(code, ()):
                hits = [
                    cause
                    for cause in self._found.get(edge.code, ())
                    if subject_covers(cause.subject, effect.subject)
                    and (edge.guard is _unguarded or (at is not None and edge.guard(cause, at)))
                ]
                for cause in hits:
                    known = explained.get(id(cause))
                    explained[id(cause)] = (cause, hazy if known is None else known[1] and hazy)
                    step = (edge.code, id(cause), hazy)
                    if step not in seen:
                        seen.add(step)
                        stack.append((edge.code, cause, hazy))
                if not hits and self.unknown(edge.code, effect.subject):
                    step = (edge.code, 0, True)
                    if step not in seen:
                        seen.add(step)
                        stack.append((edge.code, None, True))
        return [
            (cause, Explained(finding=effect, confidence="likely" if hazy else "certain"))
            for cause, hazy in explained.values()
        ]

    def unknown(self, code: str, subject: str) -> bool:
        """Whether a problem could be told neither present nor absent for this subject."""
        check = self._declared_by.get(code)
        if check is None:
            return False
        return check not in self._judged.findings or self._judged.left_open(code, subject)
