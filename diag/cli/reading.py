"""Reads a saved report back, for the commands that take one."""

from __future__ import annotations

import sys
from pathlib import Path

from diag.cli.wrong import Wrong
from diag.history import HistoryError, default_path, latest
from diag.pipeline import REPORT_LIMIT, NoReport, read_report
from diag.registry import Registry
from diag.report import Report


def saved_report(source: str | None, registry: Registry) -> Report:
    """The report in a file, on stdin (`-`), or the latest of this device.

    Raises click's UsageError with one clear line.
    """
    try:
        return read_report(_bytes_of(source), registry)
    except NoReport as error:
        raise unread(error, source or "diag") from error


def unread(error: NoReport, name: str) -> Wrong:
    """The same as a call that cannot be served."""
    return Wrong(f"no_report_{error.key}", file=name, **error.args_of_text)


def _bytes_of(source: str | None) -> bytes:
    if source is None:
        return _latest()
    try:
        if source == "-":
            data = sys.stdin.buffer.read(REPORT_LIMIT + 1)
        else:
            path = Path(source)
            if not path.is_file():
                why = "is_directory" if path.is_dir() else "not_regular"
                raise Wrong(why if path.exists() else "no_file", file=source)
            with path.open("rb") as stream:
                data = stream.read(REPORT_LIMIT + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Wrong("unreadable", file=source, reason=reason) from error
    if len(data) > REPORT_LIMIT:
        raise Wrong("too_large", file=source)
    return data


def _latest() -> bytes:
    try:
        run = latest(default_path())
    except HistoryError as error:
        raise Wrong("history_unreadable", reason=str(error)) from error
    if run is None:
        raise Wrong("no_report_yet")
    return run.report
