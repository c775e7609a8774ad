"""A whole device, diagnosed from end to end with every registered check."""

from __future__ import annotations

from diag import registry
from diag.model import Answers, Language, Snapshot, Symptom
from diag.pipeline import redacted_report_on, report_on, take_snapshot
from diag.render.terminal import render
from diag.report import Header, Report
from diag.selection import select
from tests.whole.machine import WholeHost
from tests.whole.parts import PROFILE

REGISTRY = registry.load()
HEADER = Header(report_id="AAAA-BBBB", profile_sha256="0" * 64)
WIDTH = 80
LANGUAGES: tuple[Language, ...] = ("en", "ja")


def taken(host: WholeHost, symptom: Symptom | None = "login", seconds: float = 10.0) -> Snapshot:
    answers = Answers(symptom=symptom)
    selection = select(REGISTRY.checks)
    return take_snapshot(host, REGISTRY, selection, PROFILE, answers, seconds).snapshot


def report(snapshot: Snapshot, language: Language) -> Report:
    return report_on(snapshot, REGISTRY, language, HEADER)


def redacted(snapshot: Snapshot, language: Language = "en") -> Report:
    return redacted_report_on(snapshot, REGISTRY, language, HEADER)


def page(snapshot: Snapshot, language: Language) -> str:
    return render(report(snapshot, language), width=WIDTH)


def crashes(snapshot: Snapshot) -> list[str]:
    return [
        f"{name}: {observation.failure.detail}"
        for name, observation in snapshot.observations.items()
        if observation.failure is not None and observation.failure.code == "crash"
    ]
