"""Checks made up for tests of the machinery: facts, problems and edges as a test wants them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from diag.explain import diagnose
from diag.host import Host
from diag.model import (
    Answers,
    AnyCheck,
    Check,
    Context,
    Diagnosis,
    Fact,
    Failure,
    Finding,
    Judgement,
    Layer,
    LeftOut,
    Problem,
    Public,
    Remedy,
    Snapshot,
    View,
)
from tests.support import profile_from, snapshot

ENDPOINTS = [
    {"id": "login", "url": "https://login.app.test/", "role": "login"},
    {"id": "news", "url": "https://news.app.test/", "role": "web"},
]
REMEDY = Remedy(code="toy.remedy", minutes=1)


class ToyFact(Fact, frozen=True, kw_only=True):
    note: Public = ""


def toy_problem(code: str, **fields: Any) -> Problem:
    """A blocking-free path problem; any field can be set."""
    defaults: dict[str, Any] = {
        "severity": "problem",
        "where": "network",
        "layer": Layer.LINK,
        "remedies": (REMEDY,),
    }
    return Problem(code=code, **{**defaults, **fields})


def toy_check(
    name: str,
    *problems: Problem,
    says: Iterable[Judgement] | Callable[[Any, View], Iterable[Judgement]] = (),
    collect: Callable[[Host, Context], Any] | None = None,
    **fields: Any,
) -> AnyCheck:
    """A check with a fact class of its own whose rules say just this."""
    fact: Any = fields.pop("fact", None) or msgspec.defstruct(
        f"{name.title()}Fact", [("note", Public, "")], bases=(Fact,), frozen=True, kw_only=True
    )
    said = says if callable(says) else (lambda *_: says)
    return Check(
        name=name,
        fact=fact,
        collect=collect or (lambda *_: fact()),
        judge=said,
        problems=problems,
        **fields,
    )


def snapshot_of(
    checks: Iterable[AnyCheck],
    failures: Mapping[str, Failure] | None = None,
    answers: Answers | None = None,
    left_out: Mapping[str, LeftOut] | None = None,
    **profile: Any,
) -> Snapshot:
    """A snapshot in which every check has its fact, but for the failures given."""
    failures = failures or {}
    left_out = dict(left_out or {})
    checks = list(checks)
    return snapshot(
        {
            check.name: failures.get(check.name) or check.fact()
            for check in checks
            if check.name not in left_out
        },
        profile=profile_from(profile),
        answers=answers,
        left_out=left_out,
    )


def diagnosis_of(checks: Iterable[AnyCheck], **circumstances: Any) -> Diagnosis:
    checks = list(checks)
    return diagnose(snapshot_of(checks, **circumstances), {check.name: check for check in checks})


def found(code: str, subject: str = "path", **fields: Any) -> Finding:
    return Finding(code=code, subject=subject, **fields)


def codes(diagnosis: Diagnosis) -> list[str]:
    return [cause.problem.code for cause in diagnosis.causes]


def under(diagnosis: Diagnosis, code: str) -> list[str]:
    """What is listed under a cause, as `code subject`."""
    cause = next(each for each in diagnosis.causes if each.problem.code == code)
    return [f"{item.finding.code} {item.finding.subject}" for item in cause.explains]


def failure(code: Any = "timeout") -> Failure:
    return Failure(code=code, operation="toy")
