"""The checks there are: found through the entry-point group `diag.checks`, built-in ones too.

A plug-in that does not import, or that clashes with what is there, is left out and reported; it
never takes a run down.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from importlib.metadata import Distribution, EntryPoint, entry_points
from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints

from msgspec import Struct

from diag.blame import parents_of
from diag.isolated import isolated
from diag.model import AnyCheck, Check, Problem, Remedy

UNTRUSTED = "not run as root: others than root can change its files or a folder above"
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

    def left_out(self, pattern: str) -> Broken | None:
        """The plug-in that somebody asks for who does not know that it was left out."""
        return next((each for each in self.broken if fnmatchcase(each.name, pattern)), None)

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
    for entry in sorted(entry_points(group=GROUP), key=_built_in_first):
        foreign = _is_foreign(entry)
        if foreign and not _trusted(entry):
            broken.append(
                Broken(
                    entry.name,
                    "not run as root: others than root can change its files or a folder above",
                )
            )
            continue
        try:
            check = _imported(entry)
        except Exception as error:  # whatever a plug-in's import raises is the plug-in's
            broken.append(Broken(entry.name, f"{type(error).__name__}: {error}"))
        else:
            found.append(isolated(check) if foreign else check)
    return assemble(found, broken)


def load_one(name: str) -> AnyCheck:
    """One check by its entry point, as it is: what a child process of `diag.isolated` collects."""
    (entry,) = entry_points(group=GROUP, name=name)
    return _imported(entry)


def _is_foreign(entry: EntryPoint) -> bool:
    return entry.dist is None or _name_of(entry.dist) != "diag"


@cache
def _name_of(distribution: Distribution) -> str:
    """Its name; asked once, since each asking reads and parses the whole METADATA file."""
    return distribution.name


def _built_in_first(entry: EntryPoint) -> tuple[bool, str]:
    """So that it is the newcomer that a clash leaves out."""
    return (_is_foreign(entry), entry.name)


def _trusted(entry: EntryPoint) -> bool:
    """As root, nobody but root may be able to change what a plug-in runs (its files' modes too)."""
    from diag.host.system import current_system

    system = current_system()
    if not system.is_root():
        return True
    if entry.dist is None:
        return False
    place = Path(str(entry.dist.locate_file(entry.module.partition(".")[0])))
    code = place if place.is_dir() else place.with_suffix(".py")
    return system.trusted(str(code))


def _imported(entry: EntryPoint) -> AnyCheck:
    check = entry.load()
    if not isinstance(check, Check):
        raise TypeError(f"{entry.value} is no diag.model.Check")
    if check.name != entry.name:
        raise ValueError(f"the check calls itself {check.name}")
    if _is_foreign(entry):
        for problem in check.problems:
            _possible(problem)
            for remedy in problem.remedies:
                _possible(remedy)
    return check


def _possible(declared: Problem | Remedy) -> None:
    """What is not possible in one problem would break every report; msgspec does not look."""
    hints = get_type_hints(type(declared))
    for name, hint in hints.items():
        value = getattr(declared, name)
        if get_origin(hint) is Literal and value not in get_args(hint):
            allowed = ", ".join(map(str, get_args(hint)))
            raise ValueError(f"{declared.code}: {name}={value!r} is none of {allowed}")
        if isinstance(hint, type) and not isinstance(value, hint):
            raise ValueError(f"{declared.code}: {name}={value!r} is no {hint.__name__}")


def assemble(found: Iterable[AnyCheck], broken: Iterable[Broken] = ()) -> Registry:
    """A registry of these checks without those that clash, leave a gap or close a circle."""
    candidates = list(found)
    kept, clashing = _joined(candidates, circles=False)
    if _circle(kept):  # dear to look for check by check, and there is hardly ever one
        kept, clashing = _joined(candidates, circles=True)
    refused = [*broken, *clashing]
    while gap := _gap(kept):  # again: what is left out may have been needed itself
        check, names = gap
        kept.remove(check)
        refused.append(Broken(check.name, f"no check provides {names}"))
    kept.sort(key=_report_order)
    return Registry({check.name: check for check in kept}, tuple(refused))


def _joined(found: list[AnyCheck], *, circles: bool) -> tuple[list[AnyCheck], list[Broken]]:
    """One after the other: those that fit to the ones before them, and the others."""
    kept: list[AnyCheck] = []
    refused: list[Broken] = []
    for check in found:
        reason = _clash(check, kept) or (_closed_circle(check, kept) if circles else None)
        if reason is None:
            kept.append(check)
        else:
            refused.append(Broken(check.name, reason))
    return kept, refused


def _gap(kept: list[AnyCheck]) -> tuple[AnyCheck, str] | None:
    """The first check that needs facts which none of these provides, and which those are."""
    provided = {check.fact for check in kept}
    for check in kept:
        names = [need.__name__ for need in check.needs if need not in provided]
        if names:
            return check, ", ".join(names)
    return None


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
    return None


def _closed_circle(check: AnyCheck, kept: list[AnyCheck]) -> str | None:
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
