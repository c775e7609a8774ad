"""A run that nobody watches: one at a time, light, silent unless something changed."""

from __future__ import annotations

from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from diag import history, word
from diag.background import lower_priority, reason_to_spare
from diag.catalog import Catalog
from diag.channels import Channel, NotSaid, Word, channels
from diag.cli.exit_codes import ExitCode
from diag.cli.output import Worded, deliver, exit_code, target_of, write
from diag.cli.running import Prepared, RunRequest, prepare, take
from diag.cli.saving import save
from diag.cli.words import Words, complain, not_written
from diag.config import Config
from diag.files import NotWritten
from diag.history import HistoryError, Saying, Seen, Told
from diag.host.real import real_host
from diag.judge import judge
from diag.lock import Busy, holding
from diag.model import Snapshot
from diag.pipeline import new_report_id, report_on
from diag.registry import Registry
from diag.render import RENDERERS, SUFFIXES
from diag.report import Header, Report

LOCK = "unattended.lock"
WAIT_S = 30.0
"""A run takes seconds: what lasts longer is worth its own message."""

BY_HAND = "unattended"
"""What stands for the schedule where the administrator's own scheduler runs diag."""


def run_unattended(request: RunRequest, schedule: str = BY_HAND) -> int:
    """Observe, diagnose, save, write what the settings ask for, tell what changed."""
    prepared = prepare(request)
    path = history.default_path().with_name(LOCK)
    try:
        with holding(path, WAIT_S):
            return _run(prepared, schedule)
    except Busy as busy:
        complain("busy", prepared.language, pid=busy.pid, age=busy.age_s)
        return ExitCode.COULD_NOT_TELL


def _run(prepared: Prepared, schedule: str) -> int:
    lower_priority()
    prepared = _spared(prepared)
    taken = take(prepared)
    if taken.interrupted:
        return ExitCode.INTERRUPTED
    header = Header(
        report_id=new_report_id(),
        profile_sha256=prepared.loaded.sha256,
        ticket=prepared.request.ticket,
    )
    report = report_on(taken.snapshot, prepared.installed, prepared.language, header)
    request = prepared.request
    code = exit_code(report, request.fail_on)
    worded = Worded(taken.snapshot, prepared.installed, prepared.language, header)
    if request.form is not None or request.output is not None:
        code = deliver(worded, target_of(request.form, request.output, request.keep_private), code)
    if not _write_all(worded, prepared.config):
        code = ExitCode.NOT_WRITTEN
    number = save(report, prepared.config, schedule)
    if number is None:
        return ExitCode.NOT_WRITTEN
    _tell(report, number, prepared)
    return code


def _spared(prepared: Prepared) -> Prepared:
    """Without the heavy checks where power or data cost; the report says so."""
    reason = reason_to_spare(real_host())
    if reason is None:
        return prepared
    patterns = prepared.config.unattended.heavy
    heavy = [
        name
        for name in prepared.selection.chosen
        if any(fnmatchcase(name, pattern) for pattern in patterns)
    ]
    selection = msgspec.structs.replace(
        prepared.selection,
        chosen=tuple(name for name in prepared.selection.chosen if name not in heavy),
        left_out={**prepared.selection.left_out, **dict.fromkeys(heavy, reason)},
    )
    return msgspec.structs.replace(prepared, selection=selection)


def _write_all(worded: Worded, config: Config) -> bool:
    """Every file of `unattended.write`; whether all were written."""
    if not config.unattended.write:
        return True
    report = worded.redacted()
    whole = True
    for name in config.unattended.write:
        path = Path(name)
        form = SUFFIXES.get(path.suffix.lower())
        try:
            if form is None:
                say = Words("usage", worded.language)
                reason = say("suffix_alone", {"file": name, "known": list(SUFFIXES)})
                complain("report", worded.language, reason=reason)
                whole = False
                continue
            write(path, form, _rendered(report, form, config))
        except NotWritten as error:
            complain("report", worded.language, reason=not_written(error))
            whole = False
    return whole


def _rendered(report: Report, form: str, config: Config) -> bytes:
    if form == "prometheus":
        from diag.render import prometheus

        return prometheus.render(report, name_app=config.name_app).encode()
    return RENDERERS[form](report)


# --- word ---------------------------------------------------------------------------------------


def _tell(report: Report, number: int, prepared: Prepared) -> None:
    """Tell each channel what it has not been told yet. Whatever fails costs no more than a line."""
    settings = prepared.config.word
    if word.is_quiet(settings, datetime.now(ZoneInfo(real_host().zone()))):
        return
    try:
        for name, channel in channels(settings, real_host()).items():
            _tell_one(report, number, prepared, name, channel)
    except HistoryError as error:
        complain("changes", prepared.language, reason=str(error))


def _tell_one(report: Report, number: int, prepared: Prepared, name: str, channel: Channel) -> None:
    path = history.default_path()
    told = history.told(path, report.app.id, name)
    unsettled = word.unsettled(report, told, _checks_of_codes(prepared.installed))
    present = word.Present(
        seen=tuple(
            Seen(
                code=cause.code,
                severity=cause.severity,
                confidence=cause.confidence,
                title=cause.title,
            )
            for cause in report.causes
        ),
        before=history.seen_before(path, number),
        unsettled=unsettled | _unmeasured(report.snapshot, prepared.installed),
    )
    now = datetime.now(UTC)
    found = word.changes(present, told, prepared.config.word, now)
    if not found:
        return
    catalog = Catalog.load(prepared.language, family=report.snapshot.os.family)
    lines = word.lines(found, catalog, report, name_app=prepared.config.name_app)
    said = Word(
        title=word.heading(catalog, report),
        lines=lines,
        more=word.more(catalog, report),
        report_id=report.report_id,
        changes=tuple(
            {"kind": each.kind, "code": each.code, "severity": each.severity} for each in found
        ),
    )
    failure = ""
    try:
        channel(said)
    except NotSaid as error:
        failure = str(error)
        if failure == history.last_failure(path, name):
            return  # tried again in every run, told once
        complain("word", prepared.language, channel=name, reason=str(error))
    tellings = [
        Told(code=each.code, kind=each.kind, severity=each.severity, title=each.title, at=now)
        for each in found
    ]
    saying = Saying(at=now, channel=name, text="\n".join(lines), failure=failure)
    history.note_word(path, number, report.app.id, saying, () if failure else tellings)


def _checks_of_codes(installed: Registry) -> dict[str, str]:
    return {
        problem.code: name for name, check in installed.checks.items() for problem in check.problems
    }


def _unmeasured(snapshot: Snapshot, installed: Registry) -> set[str]:
    return {each.code for each in judge(snapshot, installed.checks).unmeasured}
