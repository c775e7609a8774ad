"""What `diag history` shows, writes and removes."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click
import msgspec

from diag import history, registry
from diag.cli.exit_codes import ExitCode
from diag.cli.output import Worded, deliver, target_of
from diag.cli.reading import unread
from diag.cli.words import Words, complain, not_written
from diag.cli.wrong import Wrong
from diag.config import ConfigError, language_of, load_config
from diag.database import Damaged
from diag.files import NotWritten, write_whole
from diag.history import HistoryError, PastRun, Recurrence, default_path
from diag.model import Args, Language
from diag.pipeline import NoReport, header_of, read_report
from diag.render.safe import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeVar

    T = TypeVar("T")

STRIP = 60
"""How many runs the strip shows."""

SIGNS = {"problem": ("x", "red"), "unknown": ("?", "yellow"), "warning": ("!", "yellow")}
FINE = (".", "green")


def _of_history(read: Callable[[], T]) -> T:
    try:
        return read()
    except Damaged as error:
        raise Wrong("history_damaged", reason=str(error)) from error
    except HistoryError as error:
        raise Wrong("history_unreadable", reason=str(error)) from error


# --- the list -----------------------------------------------------------------------------------


def listed(app: str | None, limit: int, keep_private: bool, lang: str | None) -> str:
    """A strip of past runs for each app, a table of the newest, and how problems came and went.

    Titles may hold private values: off the terminal codes stand in for them.
    """
    path = default_path()
    runs = _of_history(lambda: history.past_runs(path, app, max(limit, STRIP)))
    found = _of_history(lambda: history.recurrences(path, app))
    say = Words("history", lang)
    if not runs:
        return say("empty")
    with_titles = keep_private or sys.stdout.isatty()
    lines = [say("legend"), ""]
    lines += _strips(runs)
    lines += ["", *_table(runs[:limit], say)]
    if found:
        lines += ["", say("causes")]
        for each in found:
            lines += _recurrence(each, say, with_titles)
    return "\n".join(lines)


def listed_as_json(app: str | None, limit: int, keep_private: bool) -> str:
    path = default_path()
    runs = _of_history(lambda: history.past_runs(path, app, limit))
    found = _of_history(lambda: history.recurrences(path, app))
    data = {
        "runs": [
            {**msgspec.to_builtins(run), "said": _said(path, run.report_id, keep_private)}
            for run in runs
        ],
        "causes": [_without_title(each, keep_private) for each in found],
    }
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode()


def _said(path: Path, report_id: str, keep_private: bool) -> list[dict[str, object]]:
    said = _of_history(lambda: history.sayings(path, report_id))
    return [
        {
            "at": each.at,
            "channel": each.channel,
            "failure": each.failure,
            **({"text": each.text} if keep_private else {}),
        }
        for each in said
    ]


def _without_title(each: Recurrence, keep_private: bool) -> dict[str, object]:
    data: dict[str, object] = msgspec.to_builtins(each)
    if not keep_private:
        del data["title"]
    return data


def _strips(runs: list[PastRun]) -> list[str]:
    """A sign for each run, the newest at the right end."""
    apps = dict.fromkeys(run.app for run in runs)
    width = max(map(len, apps))
    lines = []
    for app in apps:
        newest_first = [run for run in runs if run.app == app][:STRIP]
        signs = "".join(
            click.style(sign, colour) for sign, colour in map(_sign, newest_first[::-1])
        )
        lines.append(f"  {safe(app):{width}}  {signs}")
    return lines


def _sign(run: PastRun) -> tuple[str, str]:
    if run.severity == "problem":
        return SIGNS["problem"]
    if run.verdict == "unknown":
        return SIGNS["unknown"]
    return SIGNS.get(run.severity or "", FINE)


def _table(runs: list[PastRun], say: Words) -> list[str]:
    rows = [
        (
            say.instant(run.created_at),
            run.report_id,
            safe(run.app),
            say.where(run.verdict),
            ", ".join(map(safe, run.codes)),
        )
        for run in runs
    ]
    widths = [max(_cells(row[column]) for row in rows) for column in range(4)]
    return [
        "  ".join(
            [
                *(
                    cell + " " * (width - _cells(cell))
                    for cell, width in zip(row, widths, strict=False)
                ),
                row[4],
            ]
        ).rstrip()
        for row in rows
    ]


def _cells(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def _recurrence(each: Recurrence, say: Words, with_titles: bool) -> list[str]:
    what = f"{safe(each.app)}: {safe(each.title if with_titles else each.code)}"
    args: Args = {
        "first": each.first_seen.isoformat(),
        "last": each.last_seen.isoformat(),
        "n": each.times,
    }
    sign, colour = SIGNS.get(each.severity, FINE)
    key = "present" if each.present else "gone"
    return [f"{click.style(sign, colour)} {what}", f"    {say(key, args)}"]


# --- one run, all runs --------------------------------------------------------------------------


def shown(
    name: str, form: str | None, output: str | None, lang: str | None, keep_private: bool
) -> int:
    """Hand a past run's report over; in text, with what was said about it."""
    path = default_path()
    target = target_of(form, output, keep_private)
    run = _of_history(lambda: history.find(path, name))
    if run is None:
        raise Wrong("no_run", run=name)
    installed = registry.load()
    try:
        report = read_report(run.report, installed)
    except NoReport as error:
        raise unread(error, name) from error
    language = cast("Language", lang or report.language)
    worded = Worded(report.snapshot, installed, language, header_of(report), report.redaction)
    code = deliver(worded, target, ExitCode.NO_PROBLEM)
    if target.path is None and target.form == "text":
        say = Words("history", language)
        for each in _of_history(lambda: history.sayings(path, run.report_id)):
            key = "not_said" if each.failure else "said"
            text = each.text if target.on_terminal or keep_private else ""
            args: Args = {"at": each.at.isoformat(), "channel": each.channel}
            click.echo(say(key, {**args, "text": text, "failure": each.failure}))
    return code


def exported(output: str | None, keep_private: bool) -> int:
    """All runs as JSON lines; without private values unless they are asked for."""
    data = b"".join(_of_history(lambda: list(_lines(keep_private))))
    if output is None or output == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return ExitCode.NO_PROBLEM
    try:
        write_whole(Path(output), data)
    except NotWritten as error:
        complain("history", reason=not_written(error))
        return ExitCode.NOT_WRITTEN
    return ExitCode.NO_PROBLEM


def _lines(keep_private: bool) -> Iterator[bytes]:
    installed = registry.load()
    for run in history.all_runs(default_path()):
        try:
            report = read_report(run.report, installed)
        except NoReport as error:
            args: Args = {"file": run.report_id, **error.args_of_text}
            complain("run_left_out", reason=Words("usage")(f"no_report_{error.key}", args))
            continue
        if not keep_private:
            header = header_of(report)
            worded = Worded(report.snapshot, installed, report.language, header, report.redaction)
            report = worded.redacted()
        yield msgspec.json.encode(report) + b"\n"


def pruned(older_than: int | None, keep: int | None) -> str:
    """Remove runs for good; a line that says how many."""
    try:
        config = load_config()
    except ConfigError as error:
        raise click.UsageError(error.render(language_of(None, None, os.environ))) from error
    days = config.history.keep_days if older_than is None and keep is None else older_than
    before = None if days is None else datetime.now(UTC) - timedelta(days=days)
    removed = _of_history(lambda: history.prune(default_path(), older_than=before, keep=keep))
    return Words("history")("removed", {"n": removed})
