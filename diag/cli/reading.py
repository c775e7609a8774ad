"""Reads a saved report back, for the commands that take one."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from diag.history import HistoryError, default_path, latest
from diag.pipeline import REPORT_LIMIT, NoReport, read_report
from diag.registry import Registry
from diag.report import Report


def saved_report(source: str | None, registry: Registry) -> Report:
    """The report in a file, on stdin (`-`), or the latest of this device.

    Raises click's UsageError with one clear line.
    """
    name = source or "the latest report"
    try:
        return read_report(_bytes_of(source), registry)
    except NoReport as error:
        raise click.UsageError(f"{name}: {error}") from error


def _bytes_of(source: str | None) -> bytes:
    if source is None:
        return _latest()
    try:
        if source == "-":
            data = sys.stdin.buffer.read(REPORT_LIMIT + 1)
        else:
            path = Path(source)
            if not path.is_file():
                why = (
                    "is a directory"
                    if path.is_dir()
                    else "is no regular file"
                    if path.exists()
                    else "there is no such file"
                )
                raise click.UsageError(f"{source}: {why}.")
            with path.open("rb") as stream:
                data = stream.read(REPORT_LIMIT + 1)
    except OSError as error:
        raise click.UsageError(f"{source}: {(error.strerror or str(error)).lower()}.") from error
    if len(data) > REPORT_LIMIT:
        raise click.UsageError(f"{source}: larger than any diag report.")
    return data


def _latest() -> bytes:
    try:
        run = latest(default_path())
    except HistoryError as error:
        raise click.UsageError(f"the history cannot be read: {error}") from error
    if run is None:
        raise click.UsageError("there is no saved report yet; start with: diag run")
    return run.report
