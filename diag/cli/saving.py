"""Puts a run into the history, and says so when that does not work."""

from __future__ import annotations

import msgspec

from diag import history
from diag.cli.words import complain
from diag.config import Config
from diag.history import HistoryError, SavedRun, Seen
from diag.model import place_of
from diag.report import Report


def save(report: Report, config: Config, schedule: str | None = None) -> int | None:
    """The run's number in the history; None, and a line on stderr, if it is not in there."""
    run = SavedRun(
        report.report_id,
        report.created_at,
        report.app.id,
        _place(report),
        msgspec.json.encode(report),
        schedule,
        report.duration_s,
        tuple(
            Seen(
                code=cause.code,
                severity=cause.severity,
                confidence=cause.confidence,
                title=cause.title,
            )
            for cause in report.causes
        ),
    )
    try:
        done = history.append(history.default_path(), run, config.history)
    except (HistoryError, OSError) as error:
        complain("run", report.language, reason=str(error))
        return None
    if done.damaged is not None:
        complain("set_aside", report.language, file=str(done.damaged))
    return done.number


def _place(report: Report) -> str:
    """Where the fault is; a phone's is not this device's."""
    subjects = (cause.subjects for cause in report.causes if cause.code == report.verdict.cause)
    return place_of(report.verdict.where, next(subjects, ()))
