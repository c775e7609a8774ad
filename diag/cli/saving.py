"""Puts a run into the history, and says so when that does not work."""

from __future__ import annotations

import click
import msgspec

from diag import history
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
        click.echo(f"diag: this run was not saved: {error}", err=True)
        return None
    if done.damaged is not None:
        click.echo(
            f"diag: the history was damaged. It is now {done.damaged}; a new one has begun, and "
            "this run is in it.",
            err=True,
        )
    return done.number


def _place(report: Report) -> str:
    """Where the fault is; a phone's is not this device's."""
    subjects = (cause.subjects for cause in report.causes if cause.code == report.verdict.cause)
    return place_of(report.verdict.where, next(subjects, ()))
