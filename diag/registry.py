"""The checks there are: found through the entry-point group `diag.checks`, built-in ones too.

A plug-in that does not import, or that clashes with what is there, is left out and reported; it
never takes a run down.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points

from msgspec import Struct

from diag.blame import parents_of
from diag.model import AnyCheck, Check

GROUP = "diag.checks"

ORDER = (
    "link",
    "address",
    "gateway",
    "dns",
    "internet",
    "proxy",
    "endpoint",
    "clock",
    "status",
    "app",
    "os",
    "device",
    "wifi",
    "account",
)
"""The built-in checks in the order in which reports list them; others follow by name."""


class Broken(Struct, frozen=True):
    """A plug-in that was left out, and why."""

    name: str
    reason: str


class Registry(Struct, frozen=True):
    """The checks by name, in report order, and the plug-ins that were left out."""

    checks: dict[str, AnyCheck]
    broken: tuple[Broken, ...] = ()

    def providers(self, names: Iterable[str]) -> list[AnyCheck]:
        """The named checks and the providers of all facts that they need, in report order."""
        by_fact = {check.fact: check.name for check in self.checks.values()}
        wanted: set[str] = set()
        stack = list(names)
        while stack:
            name = stack.pop()
            if name not in wanted:
                wanted.add(name)
                stack.extend(by_fact[need] for need in self.checks[name].needs if need in by_fact)
        return [check for name, check in self.checks.items() if name in wanted]


def load() -> Registry:
    """Import every installed check."""
    found: list[AnyCheck] = []
    broken: list[Broken] = []
    for entry in sorted(entry_points(group=GROUP), key=_is_foreign):
        try:
            found.append(_imported(entry))
        except Exception as error:  # whatever a plug-in's import raises is the plug-in's
            broken.append(Broken(entry.name, f"{type(error).__name__}: {error}"))
    return assemble(found, broken)


def _is_foreign(entry: EntryPoint) -> tuple[bool, str]:
    """Built-in checks first, so that it is the newcomer that a clash leaves out."""
    return (entry.dist is None or entry.dist.name != "diag", entry.name)


def _imported(entry: EntryPoint) -> AnyCheck:
    check = entry.load()
    if not isinstance(check, Check):
        raise TypeError(f"{entry.value} is no diag.model.Check")
    if check.name != entry.name:
        raise ValueError(f"the check calls itself {check.name}")
    return check


def assemble(found: Iterable[AnyCheck], broken: Iterable[Broken] = ()) -> Registry:
    """A registry of these checks without those that clash, leave a gap or close a circle."""
    kept: list[AnyCheck] = []
    refused = list(broken)
    for check in found:
        reason = _clash(check, kept)
        if reason is None:
            kept.append(check)
        else:
            refused.append(Broken(check.name, reason))
    for check in list(kept):
        gaps = [need for need in check.needs if need not in {each.fact for each in kept}]
        if gaps:
            kept.remove(check)
            names = ", ".join(need.__name__ for need in gaps)
            refused.append(Broken(check.name, f"no check provides {names}"))
    kept.sort(key=_report_order)
    return Registry({check.name: check for check in kept}, tuple(refused))


def _report_order(check: AnyCheck) -> tuple[int, str]:
    family = check.name.partition(".")[0]
    return (ORDER.index(family) if family in ORDER else len(ORDER), check.name)


def _clash(check: AnyCheck, kept: list[AnyCheck]) -> str | None:
    """Why a check cannot join these, or None."""
    if any(check.name == other.name for other in kept):
        return "another check has this name"
    if any(check.fact is other.fact for other in kept):
        return "another check provides this fact"
    taken = {problem.code for other in kept for problem in other.problems}
    codes = [problem.code for problem in check.problems]
    twice = sorted(taken.intersection(codes) | {code for code in codes if codes.count(code) > 1})
    if twice:
        return f"declared already: {', '.join(twice)}"
    circle = _circle([*kept, check])
    return f"goes round in a circle: {' > '.join(circle)}" if circle else None


def _circle(checks: list[AnyCheck]) -> list[str]:
    """A circle in the needs or in the blame of these checks, or nothing."""
    by_fact = {check.fact: check.name for check in checks}
    needs = {
        check.name: [by_fact[need] for need in check.needs if need in by_fact] for check in checks
    }
    blame = {
        code: [edge.code for edge in edges]
        for code, edges in parents_of(
            problem for check in checks for problem in check.problems
        ).items()
    }
    return _circle_in(needs) or _circle_in(blame)


def _circle_in(graph: dict[str, list[str]]) -> list[str]:
    clear: set[str] = set()

    def walk(node: str, way: list[str]) -> list[str]:
        if node in way:
            return [*way[way.index(node) :], node]
        if node in clear:
            return []
        for following in graph.get(node, []):
            circle = walk(following, [*way, node])
            if circle:
                return circle
        clear.add(node)
        return []

    return next((circle for node in graph if (circle := walk(node, []))), [])
