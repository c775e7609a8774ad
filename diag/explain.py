"""Explain: the causes behind the findings, what to do about them, and where the fault is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec import Struct

from diag.blame import BlameGraph, acquitted
from diag.judge import Judged, facts_of, judge, view_of
from diag.model import (
    CONFIDENCES,
    DEVICE,
    PATH,
    PHONE,
    SERVICE,
    SEVERITIES,
    Alternative,
    AnyCheck,
    Cause,
    ChosenRemedy,
    Confidence,
    Diagnosis,
    Explained,
    FailureCode,
    Finding,
    Problem,
    RemedyContext,
    Result,
    Severity,
    Snapshot,
    Status,
    Verdict,
    View,
    endpoint_subject,
)

OWN_REASONS = frozenset(
    {"denied", "needs_admin", "needs_user", "tool_missing", "unsupported", "crash"}
)
"""Why a check saw nothing, where that lies in this device or in diag: no other cause is behind it.
"""

NO_ANSWER = frozenset({"timeout", "refused", "unreachable", "needs_missing", "denied"})
"""Why a check saw nothing, where that may lie in the way that it had to go."""

ROLES = ("login", "api", "reset", "web")
"""From what the user came for to what is beside it."""


def diagnose(snapshot: Snapshot, checks: Mapping[str, AnyCheck]) -> Diagnosis:
    """Judge a snapshot and explain what was found; the whole pure half of a run."""
    judged = judge(snapshot, checks)
    return _Explanation(snapshot, checks, judged).diagnosis()


class _Root(Struct, frozen=True):
    finding: Finding
    problem: Problem
    explains: tuple[Explained, ...]


class _Explanation:
    def __init__(self, snapshot: Snapshot, checks: Mapping[str, AnyCheck], judged: Judged) -> None:
        self.snapshot = snapshot
        self.checks = checks
        self.judged = judged
        self.problems = {
            problem.code: problem for check in checks.values() for problem in check.problems
        }
        self.on_phone = snapshot.answers.device == "phone"
        self.login_subjects = _login_subjects(snapshot)
        self.ranks = {
            endpoint_subject(each.id): ROLES.index(each.role) for each in snapshot.profile.endpoint
        }
        standing = [
            finding
            for finding in judged.all_findings()
            if finding.code in self.problems
            and not acquitted(finding, self.problems[finding.code], judged.crossed)
        ]
        self.findings = self._without_idle_last_resorts(standing)
        self.graph = BlameGraph(checks, judged, self.findings)

    def diagnosis(self) -> Diagnosis:
        causes = self._causes()
        results = self._results(causes)
        return Diagnosis(
            verdict=self._verdict(causes, results),
            causes=causes,
            remedies=self._remedies(causes),
            results=results,
            path=self.judged.path,
            device=self.judged.device,
            time=self.judged.time,
        )

    # --- findings ---

    def severity(self, finding: Finding) -> Severity:
        """How grave a finding is; with the trouble on a phone, this PC's own faults are notes."""
        problem = self.problems[finding.code]
        if self._beside_the_phone(finding):
            return "info"
        return finding.severity or problem.severity

    def _beside_the_phone(self, finding: Finding) -> bool:
        """Whether this is a fault of this PC while the trouble is on the phone."""
        where = finding.where or self.problems[finding.code].where
        return self.on_phone and where == "device" and finding.subject != PHONE

    def _without_idle_last_resorts(self, findings: Sequence[Finding]) -> list[Finding]:
        """Last resorts stand only where nothing else explains the symptom; of them, the first."""
        ordinary = [each for each in findings if not self.problems[each.code].last_resort]
        if any(self.severity(each) == "problem" for each in ordinary) or self._suspects(ordinary):
            return ordinary
        ranks = [rank for each in findings if (rank := self.problems[each.code].last_resort)]
        first = min(ranks, default=0)
        return [each for each in findings if self.problems[each.code].last_resort in (0, first)]

    def _suspects(self, findings: Iterable[Finding]) -> list[Finding]:
        if self.snapshot.answers.symptom is None:
            return []
        return [
            each
            for each in findings
            if self.problems[each.code].suspect and self.severity(each) == "warning"
        ]

    # --- causes ---

    def _causes(self) -> tuple[Cause, ...]:
        """Roots of one code are one cause; what another finding explains is listed under that."""
        explainers = [(each, self.graph.explainers(each)) for each in self.findings]
        roots = [each for each, found in explainers if not found]
        explained: dict[int, list[Explained]] = {id(root): [] for root in roots}
        for _effect, found in explainers:
            blamed = [(cause, item) for cause, item in found if id(cause) in explained]
            for cause, item in self._first_or_tied(blamed):
                explained[id(cause)].append(item)
        by_code: dict[str, list[_Root]] = {}
        for root in roots:
            items = tuple(sorted(explained[id(root)], key=self._explained_order))
            by_code.setdefault(root.code, []).append(_Root(root, self.problems[root.code], items))
        return tuple(sorted(map(self._cause, by_code.values()), key=self._cause_order))

    def _first_or_tied(
        self, blamed: list[tuple[Finding, Explained]]
    ) -> list[tuple[Finding, Explained]]:
        """Of several roots that explain a finding, the lowest, with the rivals it is tied with."""
        if not blamed:
            return []
        blamed.sort(key=lambda pair: self._root_order(pair[0]))
        first = blamed[0][0]
        rivals = self.problems[first.code].rivals
        return [(cause, item) for cause, item in blamed if cause is first or cause.code in rivals]

    def _root_order(self, finding: Finding) -> tuple[int, int, str, str]:
        problem = self.problems[finding.code]
        sureness = -CONFIDENCES.index(finding.confidence)
        return (sureness, int(problem.layer), finding.code, finding.subject)

    def _explained_order(self, item: Explained) -> tuple[int, str, int, str]:
        finding = item.finding
        layer = int(self.problems[finding.code].layer)
        return (layer, finding.code, self._rank(finding), finding.subject)

    def _cause(self, roots: list[_Root]) -> Cause:
        """A cause is as grave as the gravest thing it explains, as sure as its surest finding."""
        roots.sort(key=lambda root: (self._rank(root.finding), root.finding.subject))
        problem = roots[0].problem
        where = roots[0].finding.where or problem.where
        findings = tuple(root.finding for root in roots)
        explains: dict[tuple[str, str], Explained] = {}
        for root in roots:
            for item in root.explains:
                explains.setdefault((item.finding.code, item.finding.subject), item)
        weights = [self.severity(each) for each in findings]
        if not self._beside_the_phone(roots[0].finding):
            weights += [self.severity(item.finding) for item in explains.values()]
        confidence = max((each.confidence for each in findings), key=CONFIDENCES.index)
        if self.on_phone and where == "account":
            confidence = "possible"
        return Cause(
            problem=problem,
            findings=findings,
            severity=max(weights, key=SEVERITIES.index),
            confidence=confidence,
            explains=tuple(explains.values()),
        )

    def _cause_order(self, cause: Cause) -> tuple[int, bool, int, int, str]:
        return (
            -SEVERITIES.index(cause.severity),
            not self._touches_login(cause),
            int(cause.problem.layer),
            -CONFIDENCES.index(cause.confidence),
            cause.problem.code,
        )

    def _is_login(self, finding: Finding) -> bool:
        return finding.subject.partition("/")[0] in self.login_subjects

    def _rank(self, finding: Finding) -> int:
        """The login page before what else login needs, before the rest."""
        return self.ranks.get(finding.subject.partition("/")[0], len(ROLES))

    def _touches_login(self, cause: Cause) -> bool:
        if cause.where == "account":
            return True
        effects = (*cause.findings, *(item.finding for item in cause.explains))
        return any(self._is_login(each) for each in effects)

    # --- results ---

    def _results(self, causes: tuple[Cause, ...]) -> tuple[Result, ...]:
        known = [self._result(check, causes) for check in self.checks.values()]
        by_check = {result.check: result for result in known}
        missing = (name for name in self.snapshot.chosen if name not in self.checks)
        return (
            *(self._with_cause_below(result, by_check, causes) for result in known),
            *map(self._not_installed, missing),
        )

    def _not_installed(self, name: str) -> Result:
        """A check that the report speaks of but that is not here, or did not load."""
        observation = self.snapshot.observations.get(name)
        failure = observation.failure if observation else None
        reason = failure.code if failure else "not_installed"
        return Result(check=name, status="unknown", reason=reason)

    def _result(self, check: AnyCheck, causes: tuple[Cause, ...]) -> Result:
        name = check.name
        observation = self.snapshot.observations.get(name)
        took_s = observation.took_s if observation else 0.0
        if name not in self.snapshot.chosen:
            left_out = self.snapshot.left_out.get(name, "not_in_report")
            blocking = any(problem.blocking for problem in check.problems)
            return Result(check=name, status="not_applicable", reason=left_out, matters=blocking)
        failure = self.judged.open_checks.get(name)
        findings = self._seen_by(name)
        status, reason, lacks = self._status(check, findings)
        if failure == "not_configured" or (failure and self._failure_of(lacks) == "not_configured"):
            return Result(
                check=name, status="not_applicable", reason="not_configured", took_s=took_s
            )
        unknown = status == "unknown"
        return Result(
            check=name,
            status=status,
            findings=findings,
            reason=reason,
            lacks=lacks,
            broke=self.judged.broken.get(name, ""),
            because=self._because(check, reason, causes) if unknown else None,
            matters=unknown and self._matters(check),
            took_s=took_s,
        )

    def _failure_of(self, name: str) -> FailureCode | None:
        """Why a check learnt nothing, whether it was chosen or only needed by another."""
        observation = self.snapshot.observations.get(name)
        return observation.failure.code if observation and observation.failure else None

    def _seen_by(self, name: str) -> tuple[Finding, ...]:
        standing = {id(each) for each in self.findings}
        seen = self.judged.findings.get(name, ())
        return tuple(each for each in seen if id(each) in standing)

    def _status(self, check: AnyCheck, findings: Sequence[Finding]) -> tuple[Status, str, str]:
        """How it ended, why if that is unknown, and what it lacked if that is known."""
        failure = self.judged.open_checks.get(check.name)
        if failure is not None:
            return "unknown", failure, self._lacked(check)
        severities = {self.severity(each) for each in findings}
        if "problem" in severities:
            return "problem", "", ""
        if "warning" in severities:
            return "warning", "", ""
        codes = {problem.code for problem in check.problems}
        for each in self.judged.unmeasured:
            if each.code in codes and self.problems[each.code].severity != "info":
                return "unknown", each.reason, each.lacks
        return "ok", "", ""

    def _lacked(self, check: AnyCheck) -> str:
        """The check whose fact a collector asked for in vain (`Facts.need` names its class)."""
        observation = self.snapshot.observations.get(check.name)
        failure = observation.failure if observation else None
        if failure is None or failure.code != "needs_missing":
            return ""
        providers = {each.fact.__name__: each.name for each in self.checks.values()}
        return providers.get(failure.operation, "")

    def _because(self, check: AnyCheck, reason: str, causes: tuple[Cause, ...]) -> str | None:
        """The first cause that would explain what this check could not see."""
        if reason in OWN_REASONS and not (reason == "denied" and check.uses_network):
            return None
        codes = {
            cause.code
            for problem in check.problems
            for cause, _ in self.graph.explainers(Finding(code=problem.code, subject=check.name))
        }
        return next(
            (
                cause.problem.code
                for cause in causes
                if cause.problem.code in codes or self._blinds(cause, check, reason)
            ),
            None,
        )

    def _blinds(self, cause: Cause, check: AnyCheck, reason: str) -> bool:
        """Whether this cause stops everything on a way that this check has to go itself."""
        return (
            check.uses_network
            and reason in NO_ANSWER
            and self._stops_all(cause)
            and any(problem.layer >= cause.problem.layer for problem in check.problems)
        )

    def _stops_all(self, cause: Cause) -> bool:
        """Whether nothing gets past this from here; from this PC, if the trouble is on a phone."""
        return (
            cause.problem.blocking
            and (cause.severity == "problem" or self._beside_the_phone(cause.findings[0]))
            and any(each.subject in (DEVICE, PATH) for each in cause.findings)
        )

    def _hides(self, cause: Cause) -> bool:
        """Whether this, itself no fault that stops the user, keeps diag from looking."""
        return cause.problem.blinds or (self.on_phone and self._stops_all(cause))

    def _with_cause_below(
        self, result: Result, results: Mapping[str, Result], causes: tuple[Cause, ...]
    ) -> Result:
        """What a check builds on has a cause of its own: then that is behind this one, too."""
        seen = {result.check}
        below = result
        while result.because is None and below.lacks in results and below.lacks not in seen:
            below = results[below.lacks]
            seen.add(below.check)
            because = below.because or self._cause_of(below, causes)
            if because is not None:
                return msgspec.structs.replace(result, because=because)
        return result

    def _cause_of(self, result: Result, causes: tuple[Cause, ...]) -> str | None:
        """The first cause among what a check has seen, or behind it."""
        seen = {id(each) for each in result.findings}
        for cause in causes:
            effects = (*cause.findings, *(item.finding for item in cause.explains))
            grave = cause.severity == "problem" or self._stops_all(cause)
            if grave and any(id(each) in seen for each in effects):
                return cause.problem.code
        return None

    def _matters(self, check: AnyCheck) -> bool:
        """Whether it could hide something that nothing gets past, and no probe got past it."""
        return any(
            problem.blocking
            and not acquitted(
                Finding(code=problem.code, subject=PATH), problem, self.judged.crossed
            )
            for problem in check.problems
        )

    # --- verdict ---

    def _verdict(self, causes: tuple[Cause, ...], results: tuple[Result, ...]) -> Verdict:
        first = causes[0] if causes and causes[0].severity == "problem" else None
        if first is not None:
            return self._blamed(first, causes)
        blind = next((cause for cause in causes if self._hides(cause)), None)
        if self.snapshot.answers.symptom is not None:
            suspects = [
                cause for cause in causes if cause.problem.suspect and cause.severity == "warning"
            ]
            if suspects:
                where = suspects[0].where
                return Verdict(where=where, confidence="possible", cause=suspects[0])
            return Verdict(where="unknown", confidence="possible", cause=blind)
        untold = (result for result in results if result.status == "unknown")
        if blind is not None or any(result.matters for result in untold):
            return Verdict(where="unknown", confidence="possible", cause=blind)
        return Verdict(where="none", confidence="certain")

    def _blamed(self, first: Cause, causes: tuple[Cause, ...]) -> Verdict:
        subjects = {each.subject for each in first.findings}
        rivals = [
            cause
            for cause in causes[1:]
            if cause.problem.code in first.problem.rivals
            and cause.confidence == first.confidence
            and subjects & {each.subject for each in cause.findings}
        ]
        if rivals:
            tied = (first, *rivals)
            alternatives = tuple(
                Alternative(where=cause.where, code=cause.problem.code) for cause in tied
            )
            places = {cause.where for cause in tied}
            where = first.where if len(places) == 1 else "unknown"
            return Verdict(
                where=where, confidence="possible", cause=first, alternatives=alternatives
            )
        return Verdict(where=first.where, confidence=self._sureness(first), cause=first)

    def _sureness(self, cause: Cause) -> Confidence:
        """No surer than the way from the cause to what login lacks."""
        reached = [item for item in cause.explains if self._is_login(item.finding)]
        if reached and all(item.confidence == "likely" for item in reached):
            return min(cause.confidence, "likely", key=CONFIDENCES.index)
        return cause.confidence

    # --- remedies ---

    def _remedies(self, causes: tuple[Cause, ...]) -> tuple[ChosenRemedy, ...]:
        """Cause by cause, each remedy once, in the order that its author gives."""
        view = view_of(self.snapshot, facts_of(self.snapshot, self.checks))
        chosen: dict[str, ChosenRemedy] = {}
        for cause in causes:
            if cause.severity == "info" and not self._hides(cause):
                continue
            for each in self._applicable(cause, view):
                chosen.setdefault(each.remedy.code, each)
        return tuple(chosen.values())

    def _applicable(self, cause: Cause, view: View) -> Iterable[ChosenRemedy]:
        managed = self.judged.device.managed
        context = RemedyContext(cause.findings[0], view, managed, self.judged.path.network)
        on_this = cause.where == "device" and cause.findings[0].subject != PHONE
        to_admin = managed is True and on_this
        for remedy in cause.problem.remedies:
            if remedy.applies(context):
                who = "admin" if to_admin and remedy.who == "user" else remedy.who
                yield ChosenRemedy(remedy=remedy, cause=cause, who=who)


def _login_subjects(snapshot: Snapshot) -> frozenset[str]:
    """Subjects whose failing means that login fails."""
    needed = snapshot.profile.login_endpoints()
    return frozenset({SERVICE, *(endpoint_subject(each.id) for each in needed)})
