"""Judge: findings from facts alone. Pure: no clock, no network, no environment.

What was not measured stays *unknown*: a check without a fact leaves all its problems open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from diag.breakage import where_it_broke
from diag.model import (
    AnyCheck,
    Crossed,
    DeviceInfo,
    Fact,
    Facts,
    FailureCode,
    Finding,
    Judgement,
    Observation,
    PathInfo,
    Snapshot,
    TimeInfo,
    Unmeasured,
    View,
    subject_covers,
)

Info = TypeVar("Info", PathInfo, DeviceInfo, TimeInfo)


class Judged(Struct, frozen=True, kw_only=True):
    """What the rules said of a snapshot, before anyone is blamed."""

    findings: dict[str, tuple[Finding, ...]]
    """By the check that saw them."""
    unmeasured: tuple[Unmeasured, ...]
    crossed: tuple[Crossed, ...]
    open_checks: dict[str, FailureCode]
    """Chosen checks that learnt nothing, and why."""
    broken: dict[str, str]
    """Checks whose rules broke, and where."""
    path: PathInfo
    device: DeviceInfo
    time: TimeInfo

    def all_findings(self) -> tuple[Finding, ...]:
        return tuple(finding for findings in self.findings.values() for finding in findings)

    def left_open(self, code: str, subject: str) -> bool:
        """Whether a problem that was measured elsewhere stays open for this subject."""
        return any(
            each.code == code and subject_covers(each.subject, subject) for each in self.unmeasured
        )


def facts_of(snapshot: Snapshot, checks: Mapping[str, AnyCheck]) -> dict[str, Fact]:
    """The snapshot's facts by check, as their classes. What does not fit is left out."""
    facts = {}
    for name, observation in snapshot.observations.items():
        check = checks.get(name)
        if check is None or observation.fact is None:
            continue
        fact = _typed(observation, check)
        if fact is not None:
            facts[name] = fact
    return facts


def _typed(observation: Observation, check: AnyCheck) -> Fact | None:
    fact: Any = observation.fact
    try:
        converted = fact if isinstance(fact, check.fact) else msgspec.convert(fact, check.fact)
    except (msgspec.ValidationError, TypeError):
        return None
    return converted if isinstance(converted, Fact) else None


def view_of(snapshot: Snapshot, facts: Mapping[str, Fact]) -> View:
    return View(
        snapshot.taken_at,
        snapshot.zone,
        snapshot.os,
        snapshot.profile,
        snapshot.answers,
        Facts(facts.values()),
    )


def judge(snapshot: Snapshot, checks: Mapping[str, AnyCheck]) -> Judged:
    """Apply every chosen check's rules. A rule that breaks leaves its check's problems open."""
    facts = facts_of(snapshot, checks)
    view = view_of(snapshot, facts)
    findings: dict[str, tuple[Finding, ...]] = {}
    unmeasured: list[Unmeasured] = []
    crossed: list[Crossed] = []
    open_checks: dict[str, FailureCode] = {}
    broken: dict[str, str] = {}
    path, device, time = PathInfo(), DeviceInfo(), TimeInfo()
    declared = {problem.code for check in checks.values() for problem in check.problems}
    for name in snapshot.chosen:
        check = checks.get(name)
        if check is None:
            continue
        fact = facts.get(name)
        if fact is None:
            observation = snapshot.observations.get(name)
            failure = observation.failure if observation else None
            open_checks[name] = failure.code if failure else "unparsable"
            continue
        try:
            judgements = list(check.judge(fact, view))
            if strange := _codes_of(judgements) - declared:  # else it would count as fine
                raise LookupError(f"no problem is declared as {', '.join(sorted(strange))}")
        except Exception as error:  # a rule of a third party must not cost the others their say
            open_checks[name] = "crash"
            broken[name] = where_it_broke(error)
            continue
        findings[name] = tuple(each for each in judgements if isinstance(each, Finding))
        unmeasured.extend(each for each in judgements if isinstance(each, Unmeasured))
        crossed.extend(each for each in judgements if isinstance(each, Crossed))
        for each in judgements:
            if isinstance(each, PathInfo):
                path = _merged(path, each)
            elif isinstance(each, DeviceInfo):
                device = _merged(device, each)
            elif isinstance(each, TimeInfo):
                time = _merged(time, each)
    return Judged(
        findings=findings,
        unmeasured=tuple(unmeasured),
        crossed=tuple(crossed),
        open_checks=open_checks,
        broken=broken,
        path=path,
        device=device,
        time=time,
    )


def _codes_of(judgements: Iterable[Judgement]) -> set[str]:
    return {each.code for each in judgements if isinstance(each, Finding)}


def _merged(known: Info, piece: Info) -> Info:
    """What is known already stays; the piece fills the gaps."""
    gaps = {
        field: getattr(piece, field)
        for field in known.__struct_fields__
        if getattr(known, field) is None
    }
    return msgspec.structs.replace(known, **gaps)
