"""Hands a report over: to the terminal, a pipe or a file, and says with which exit code to end."""

from __future__ import annotations

import getpass
import os
import socket
import sys
from pathlib import Path

from msgspec import Struct

from diag import render
from diag.cli.exit_codes import ExitCode
from diag.cli.words import Words, complain, not_written
from diag.cli.wrong import Wrong
from diag.files import PRIVATE, PUBLIC, NotWritten, add_line, write_whole
from diag.model import Language, Snapshot
from diag.pipeline import redacted_report_on, report_on
from diag.registry import Registry
from diag.render import RENDERERS, SUFFIXES
from diag.report import Header, Report

COMMON_WORDS = frozenset({"root", "user", "admin", "administrator", "home", "localhost", "pc"})
"""Names so common that replacing them would garble a report and hide nothing."""


class Target(Struct, frozen=True):
    """Where a report goes: `path` None is stdout."""

    form: str
    path: Path | None
    keep_private: bool

    @property
    def on_terminal(self) -> bool:
        return self.path is None and self.form == "text" and sys.stdout.isatty()


def target_of(form: str | None, output: str | None, keep_private: bool) -> Target:
    """What `--format` and `-o` ask for. Raises UsageError for a suffix that says nothing."""
    if output is None or output == "-":
        return Target(form or "text", None, keep_private)
    path = Path(output)
    if form is None:
        form = SUFFIXES.get(path.suffix.lower())
        if form is None:
            raise Wrong("suffix", file=output, known=list(SUFFIXES))
    return Target(form, path, keep_private)


def private_words() -> tuple[str, ...]:
    """This device's and this user's names, private wherever they appear in free text."""
    words = {socket.gethostname(), socket.gethostname().partition(".")[0]}
    try:
        words.add(getpass.getuser())
    except (KeyError, OSError, ImportError):
        words.add(os.environ.get("USER", ""))
    return tuple(sorted(word for word in words if word.casefold() not in COMMON_WORDS))


class Worded(Struct, frozen=True):
    """What can be said of a snapshot: as it is here, or without private data."""

    snapshot: Snapshot
    registry: Registry
    language: Language
    header: Header
    earlier_counts: dict[str, int] = {}
    saved: bool = False
    """Whether the run is in this device's history."""

    def unredacted(self) -> Report:
        return report_on(self.snapshot, self.registry, self.language, self.header)

    def redacted(self) -> Report:
        return redacted_report_on(
            self.snapshot,
            self.registry,
            self.language,
            self.header,
            private_words(),
            self.earlier_counts,
        )


def deliver(worded: Worded, target: Target, code: int) -> int:
    """Write the report where it is wanted; the code to end with, 4 if the file was not written."""
    open_here = target.on_terminal or target.keep_private
    report = worded.unredacted() if open_here else worded.redacted()
    if target.form == "nagios":
        from diag.render import nagios

        code = nagios.exit_code(report)
    if target.path is None:
        return code if _to_stdout(worded, report, target) else ExitCode.NOT_WRITTEN
    try:
        write(target.path, target.form, RENDERERS[target.form](report))
    except NotWritten as error:
        reason = not_written(error, worded.language)
        complain("report", worded.language, reason=reason)
        _to_stdout(worded, report, target)
        return ExitCode.NOT_WRITTEN
    return code


def write(path: Path, form: str, data: bytes) -> None:
    """A file as its format has it: private or for all, anew or one line more. Raises NotWritten."""
    if form in render.ADDED:
        add_line(path, data)
    else:
        write_whole(path, data, PUBLIC if form in render.PUBLIC else PRIVATE)


def _to_stdout(worded: Worded, report: Report, target: Target) -> bool:
    """Whether it went out. A closed pipe is no error: whoever reads has what they wanted."""
    try:
        if target.form != "text":
            sys.stdout.buffer.write(RENDERERS[target.form](report))
            sys.stdout.buffer.flush()
        else:
            from diag.render.terminal import write as write_text

            write_text(report, sys.stdout, saved=worded.saved)
            sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
    except OSError as error:
        say = Words("trouble", worded.language)
        why = say("stdout", {"reason": say.os_error((error.strerror or str(error)).lower())})
        complain("report", worded.language, reason=why)
        _forget_stdout()
        return False
    return True


def _forget_stdout() -> None:
    """Point stdout at nothing, so that flushing it on the way out does not complain."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)


def exit_code(report: Report, fail_on: str) -> int:
    severities = {cause.severity for cause in report.causes}
    if "problem" in severities or (fail_on == "warning" and "warning" in severities):
        return ExitCode.PROBLEM
    if report.verdict.where == "unknown":
        return ExitCode.COULD_NOT_TELL
    return ExitCode.NO_PROBLEM
